//! A far end for the tests: a client on real UDP over loopback, driven by a thread of its own.
//!
//! Every packet it publishes carries who made it and when, so that a receiver can tell what was created after
//! a flip. `lose` drops datagrams at its socket, as a bad link would.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use media::{Answer, Kind, Media, PeerEvent, PeerId, Room, Source, TrackId, TrackSpec};
use str0m::change::SdpAnswer;
use str0m::media::{Direction, MediaKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::{Rtc, RtcConfig};
use tokio::sync::mpsc::{Receiver, channel};

pub mod link;
mod state;

use link::Link;
use state::Stream;
pub use state::{Heard, State};

/// How long a test waits for what must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A media plane on a free port.
pub fn media() -> Media {
    let config = media::Config {
        udp: "127.0.0.1:0".parse().expect("an address"),
        tcp: Some("127.0.0.1:0".parse().expect("an address")),
        advertised: Vec::new(),
        workers: 1,
        gso: true,
    };
    Media::start(&config).expect("the media plane starts")
}

fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

/// Who made a packet and when, as its payload says.
pub fn maker(payload: &[u8]) -> Option<(char, Instant)> {
    state::stamp(payload).map(|(from, _, created, _)| (from, created))
}

/// A client in a room.
pub struct FarEnd {
    pub id: PeerId,
    pub room: Room,
    pub events: Receiver<PeerEvent>,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    frozen: Arc<AtomicBool>,
    unread: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for FarEnd {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl FarEnd {
    /// Joins a room with three receiving sections of each kind and the data channels, as the wire's clients do.
    pub async fn join(room: &Room, name: char) -> Self {
        Self::join_over(room, name, Link::udp()).await
    }

    /// The same, over the given link.
    pub async fn join_over(room: &Room, name: char, link: Link) -> Self {
        let mut far = Self::enter_over(room, name, link).await;
        far.first_offer().await;
        far.wait("connected", |state| state.connected.then_some(())).await;
        far
    }

    /// Becomes a peer without offering anything yet.
    pub async fn enter(room: &Room, name: char) -> Self {
        Self::enter_over(room, name, Link::udp()).await
    }

    pub async fn enter_over(room: &Room, name: char, link: Link) -> Self {
        epoch();
        let (sender, events) = channel(media::EVENTS);
        let id = room.add_peer(format!("PA_{name}"), sender).await.expect("the room takes a peer");
        let local = link.local();
        let now = Instant::now();
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(Arc::new(str0m::crypto::from_feature_flags()))
            .set_rtp_mode(true)
            .enable_raw_packets(true)
            .build(now);
        rtc.add_local_candidate(link.candidate());
        let reading = link.clone();
        let state = State {
            rtc,
            name,
            link,
            local,
            streams: Vec::new(),
            slots: Vec::new(),
            heard: Vec::new(),
            keyframe_requests: Vec::new(),
            data: Vec::new(),
            labels: Vec::new(),
            twcc_reports: 0,
            connected: false,
            lose_out: 0,
            lose_in: 0,
            counter: 0,
            held: None,
            limit_in: None,
            allowance: (None, 0.0),
            raw: Vec::new(),
            lost: 0,
            record: None,
            tamper: None,
            server_ice_name: String::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let stop = Arc::new(AtomicBool::new(false));
        let frozen = Arc::new(AtomicBool::new(false));
        let unread = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&unread);
        let (shared, ended, still) = (Arc::clone(&state), Arc::clone(&stop), Arc::clone(&frozen));
        let thread = std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                if still.load(Ordering::Relaxed) && reading.is_tcp() {
                    std::thread::sleep(Duration::from_millis(1));
                    continue;
                }
                let received = reading.receive();
                if still.load(Ordering::Relaxed) {
                    counted.fetch_add(u64::from(received.is_some()), Ordering::Relaxed);
                    continue;
                }
                let mut state = shared.lock().expect("unpoisoned");
                if let Some((datagram, source)) = received {
                    state.receive(source, &datagram);
                }
                state.publish();
                state.poll();
            }
        });
        Self { id, room: room.clone(), events, state, stop, frozen, unread, thread: Some(thread) }
    }

    /// The letter its packets carry.
    pub fn name(&self) -> char {
        self.state().name
    }

    /// Makes the client neither read nor send, as a lost link does, or ends that.
    pub fn freeze(&self, frozen: bool) {
        self.frozen.store(frozen, Ordering::Relaxed);
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("unpoisoned")
    }

    /// Datagrams that came while the client was frozen.
    pub fn datagrams_while_frozen(&self) -> u64 {
        self.unread.load(Ordering::Relaxed)
    }

    /// The first offer with its text altered; the answer is not taken.
    pub async fn try_first_offer(
        &mut self,
        tamper: fn(String) -> String,
    ) -> Result<Answer, media::OfferError> {
        let offer = {
            let mut state = self.state();
            let mut changes = state.rtc.sdp_api();
            changes.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None);
            changes.apply().expect("something to offer").0
        };
        self.room.offer(self.id, tamper(offer.to_sdp_string())).await
    }

    /// Sends bytes of one's own making over the client's link.
    pub fn smuggle(&self, bytes: &[u8], server: SocketAddr) {
        self.state().link.send(bytes, server);
    }

    pub async fn first_offer(&mut self) {
        self.offer(|rtc, slots| {
            let mut changes = rtc.sdp_api();
            for kind in [MediaKind::Audio, MediaKind::Video] {
                for _ in 0..3 {
                    slots.push(changes.add_media(kind, Direction::RecvOnly, None, None, None));
                }
            }
            for label in ["_reliable", "_lossy"] {
                changes.add_channel(label.into());
            }
            changes.apply().expect("something to offer")
        })
        .await;
    }

    /// Offers what the closure changes, and takes the answer.
    pub async fn offer(
        &mut self,
        change: impl FnOnce(&mut Rtc, &mut Vec<Mid>) -> (str0m::change::SdpOffer, str0m::change::SdpPendingOffer),
    ) -> Answer {
        let (offer, pending) = {
            let mut state = self.state();
            let State { rtc, slots, .. } = &mut *state;
            change(rtc, slots)
        };
        let tamper = self.state().tamper;
        let text = offer.to_sdp_string();
        let text = tamper.map_or(text.clone(), |tamper| tamper(text));
        let answer = self.room.offer(self.id, text).await.expect("an answer");
        let parsed = SdpAnswer::from_sdp_string(&answer.sdp).expect("a readable answer");
        let mut state = self.state();
        state.server_ice_name = answer
            .sdp
            .lines()
            .find_map(|line| line.strip_prefix("a=ice-ufrag:"))
            .expect("an ICE name")
            .to_owned();
        state.rtc.sdp_api().accept_answer(pending, parsed).expect("an acceptable answer");
        state.poll();
        drop(state);
        answer
    }

    /// Offers again because the room asked for it: slots become receiving again, missing ones are added.
    pub async fn offer_again(&mut self) -> Answer {
        let missing = self.room.requirement(self.id).await.unwrap_or_default();
        self.offer(|rtc, slots| {
            let mut changes = rtc.sdp_api();
            for mid in slots.iter() {
                changes.set_direction(*mid, Direction::RecvOnly);
            }
            for (kind, count) in [(MediaKind::Audio, missing.audio), (MediaKind::Video, missing.video)] {
                for _ in 0..count {
                    slots.push(changes.add_media(kind, Direction::RecvOnly, None, None, None));
                }
            }
            if !changes.has_changes() {
                slots.push(changes.add_media(MediaKind::Audio, Direction::RecvOnly, None, None, None));
            }
            changes.apply().expect("something to offer")
        })
        .await
    }

    /// Announces and publishes a track; it starts at once.
    pub async fn publish(&mut self, kind: Kind, rids: &[&str]) -> TrackId {
        let name = self.state().name;
        let id = TrackId::from(format!("TR_{name}{kind:?}").as_str());
        let cid = format!("cid{name}{kind:?}");
        let spec = TrackSpec {
            id: id.clone(),
            cid: cid.clone(),
            kind,
            stream: "camera".into(),
            disable_dtx: false,
            disable_red: false,
            stereo: false,
            codec: None,
            source: if kind == Kind::Audio { Source::Microphone } else { Source::Camera },
        };
        self.room.announce_track(self.id, spec).await.expect("announced");
        let simulcast = (!rids.is_empty()).then(|| {
            let mut simulcast = Simulcast::new();
            for rid in rids {
                simulcast.add_send_layer(SimulcastLayer::new(rid));
            }
            simulcast
        });
        let mut section = None;
        self.offer(|rtc, _| {
            let media_kind = if kind == Kind::Audio { MediaKind::Audio } else { MediaKind::Video };
            let mut changes = rtc.sdp_api();
            section = Some(changes.add_media(
                media_kind,
                Direction::SendOnly,
                Some("stream".into()),
                Some(cid),
                simulcast,
            ));
            changes.apply().expect("something to offer")
        })
        .await;
        let mid = section.expect("a section");
        let mut state = self.state();
        let layers: Vec<Option<&str>> =
            if rids.is_empty() { vec![None] } else { rids.iter().copied().map(Some).collect() };
        for rid in layers {
            state.streams.push(Stream {
                mid,
                rid: rid.map(Rid::from),
                kind,
                layer: rid.and_then(|rid| rid.chars().next()).unwrap_or('-'),
                next: Instant::now(),
                every: Duration::from_millis(if kind == Kind::Audio { 20 } else { 10 }),
                // Far above 65536 is what a long call has; the subscriber must not see it.
                sequence: 60_000,
                timestamp: 1_000_000,
                picture: u16::from(rid.map_or(0, |rid| rid.as_bytes()[0])) * 100,
                keyframe: true,
                level: -20,
                running: true,
            });
        }
        id
    }

    /// Starts or stops a published stream's packets: all layers, or one.
    pub fn run(&self, kind: Kind, layer: Option<char>, running: bool) {
        for stream in &mut self.state().streams {
            if stream.kind == kind && layer.is_none_or(|layer| layer == stream.layer) {
                stream.running = running;
            }
        }
    }

    /// Sets how loud the published sound is, in dBov.
    pub fn speak(&self, level: i8) {
        for stream in &mut self.state().streams {
            stream.level = level;
        }
    }

    /// Waits until the state gives something.
    pub async fn wait<T>(&self, what: &str, mut probe: impl FnMut(&mut State) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = probe(&mut self.state()) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "{} waited in vain for: {what}", self.state().name);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits for an event of the room.
    pub async fn event<T>(&mut self, what: &str, mut probe: impl FnMut(PeerEvent) -> Option<T>) -> T {
        let name = self.state().name;
        let search = async {
            loop {
                let event = self.events.recv().await.expect("events go on");
                if let Some(found) = probe(event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, search)
            .await
            .unwrap_or_else(|_| panic!("{name} waited in vain for: {what}"))
    }

    /// Waits until a packet of somebody was heard that was created after now.
    pub async fn hears(&self, from: char, kind: Kind) -> Heard {
        let now = Instant::now();
        self.wait(&format!("{kind:?} of {from}"), |state| {
            state
                .heard
                .iter()
                .rev()
                .find(|heard| heard.from == from && heard.kind == kind && heard.created >= now)
                .cloned()
        })
        .await
    }

    /// Packets of somebody created after a moment.
    pub fn created_after(&self, from: char, moment: Instant) -> Vec<Heard> {
        self.state()
            .heard
            .iter()
            .filter(|heard| heard.from == from && heard.created > moment)
            .cloned()
            .collect()
    }

    /// Sends a message on a data channel.
    pub fn send_data(&self, label: &str, bytes: &[u8]) {
        let mut state = self.state();
        let id = state
            .labels
            .iter()
            .find(|(_, known)| known == label)
            .map(|(id, _)| *id)
            .expect("an open channel");
        state.rtc.channel(id).expect("a channel").write(true, bytes).expect("written");
        state.poll();
    }
}

impl FarEnd {
    /// The same, unless the channel is full or gone.
    pub fn try_send_data(&self, label: &str, bytes: &[u8]) {
        let mut state = self.state();
        let id = state.labels.iter().find(|(_, known)| known == label).map(|(id, _)| *id);
        if let Some(mut channel) = id.and_then(|id| state.rtc.channel(id)) {
            let _ = channel.write(true, bytes);
        }
        state.poll();
    }
}
