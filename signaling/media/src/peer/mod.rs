//! One connection: ICE-lite, DTLS, SRTP, RTCP and SCTP of one client. The library's types stay in this folder.
//!
//! ```text
//!  datagram ─▶ receive ─▶ drain ─▶ Output (packet, keyframe wish, data, state)  ─▶ room
//!  room ─▶ write / request_keyframe / send_data ─▶ settle ─▶ drain ─▶ Outbox
//!  wire ─▶ accept (offer) ─▶ bind ─▶ assign ─▶ answer
//!  wire ─▶ make_offer ─▶ take_answer, where the server offers (the older wire, which has an uplink as well)
//! ```
//! Whatever the client sends cannot bring down more than its own connection: calls into the library that
//! take its bytes are guarded against panics here.

mod consent;
mod copies;
mod data;
mod events;
mod health;
mod keyframe;
mod negotiate;
mod packet;
mod red;
mod rewrite;
mod sdp;
mod server_offer;
mod setup;
mod share;
mod slot;
mod tapped;
mod turn;
mod uplink;

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use str0m::media::KeyframeRequestKind;
use str0m::net::TcpType;
use str0m::rtp::Ssrc;
use str0m::{Candidate, Rtc};
use tokio::sync::mpsc;

use self::consent::Consent;
use self::copies::Heard;
use self::data::Channels;
pub(crate) use self::health::Health;
use self::health::Observer;
pub(crate) use self::packet::Packet;
use self::packet::{Publication, Source};
use self::red::Losses;
use self::server_offer::Offering;
pub(crate) use self::setup::Setup;
use self::slot::Slot;
pub(crate) use self::slot::Wanted;
use self::uplink::Uplink;
use crate::forward::TrackKey;
use crate::worker::{Candidates, Transport};
use crate::{Channel, CloseReason, Kind, PeerEvent, PeerId, Quality, Wish};

/// What came out of a connection.
#[expect(
    clippy::large_enum_variant,
    reason = "packets are most of it, and are not to be allocated one by one"
)]
pub(crate) enum Output {
    /// A packet of a bound track.
    Media(Packet),
    /// The client lost the picture of a track it receives.
    KeyframeWanted(TrackKey),
    /// ICE and DTLS are up (again).
    Connected,
    /// ICE consent was lost.
    Disconnected,
    /// The client is reached at another address than before, or was silent for a while: it missed something.
    Moved,
    /// How it fares, now and then.
    Health(Health),
    /// A data channel message.
    Data(Channel, Bytes),
    /// The connection is over.
    Closed(CloseReason),
}

/// One connection.
pub(crate) struct Peer {
    id: PeerId,
    label: String,
    events: mpsc::Sender<PeerEvent>,
    rtc: Rtc,
    consent: Consent,
    over: Option<CloseReason>,
    sources: Vec<Source>,
    publications: Vec<Publication>,
    /// Sound that comes with copies, by stream.
    heard: Vec<(Ssrc, Heard)>,
    slots: Vec<Slot>,
    channels: Channels,
    /// Offers of ours, where the server makes them.
    offering: Offering,
    uplink: Option<Box<Uplink>>,
    observer: Observer,
    /// What the way to the client loses, for the copies of its sound.
    losses: Losses,
    /// The rate probing aims at, in bits a second.
    desired: u64,
    paced: bool,
    /// Packets written since it was settled.
    written: u32,
    /// Input was given that has not been polled for output.
    pub(crate) unsettled: bool,
    /// When its timer will fire.
    pub(crate) scheduled: Option<Instant>,
    /// When the latest turn asked for the next one: an earlier timer is of no use any more.
    pub(crate) due: Instant,
    /// Where it is sent to, and whether it was there all the time.
    reached_at: Option<SocketAddr>,
    missed: bool,
}

impl Peer {
    pub(crate) fn new(
        id: PeerId,
        label: String,
        events: mpsc::Sender<PeerEvent>,
        setup: &Setup,
        candidates: &Candidates,
        now: Instant,
    ) -> Self {
        let mut rtc = setup.rtc(now);
        for (over, address) in candidates.iter() {
            let candidate = match over {
                Transport::Udp => Candidate::builder().udp().host(address).build(),
                Transport::Tcp => Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build(),
            };
            match candidate {
                Ok(candidate) => drop(rtc.add_local_candidate(candidate)),
                Err(error) => tracing::warn!(%address, %error, "address cannot be offered"),
            }
        }
        Self {
            id,
            label,
            events,
            rtc,
            consent: Consent::default(),
            over: None,
            sources: Vec::new(),
            publications: Vec::new(),
            heard: Vec::new(),
            slots: Vec::new(),
            channels: Channels::default(),
            offering: Offering::default(),
            uplink: None,
            observer: Observer::default(),
            losses: Losses::default(),
            desired: 0,
            paced: false,
            written: 0,
            unsettled: false,
            scheduled: None,
            due: now,
            reached_at: None,
            missed: false,
        }
    }

    /// The participant sid.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Tells the wire. False when nobody listens any more.
    pub(crate) fn tell(&self, event: PeerEvent) -> bool {
        // The last place is kept for the word that it is over.
        let closing = matches!(event, PeerEvent::Closed { .. });
        (closing || self.events.capacity() > 1) && self.events.try_send(event).is_ok()
    }

    /// Nobody listens to its events any more.
    pub(crate) fn is_deserted(&self) -> bool {
        self.events.is_closed()
    }

    /// Whoever listens lags a channel's length behind, so that events are lost.
    pub(crate) fn is_overrun(&self) -> bool {
        self.events.capacity() <= 1
    }

    /// ICE and DTLS are up.
    pub(crate) fn is_connected(&self) -> bool {
        self.consent.is_given() && self.over.is_none()
    }

    /// Local ICE name fragment, by which first datagrams are told apart. A remote ICE restart changes it.
    pub(crate) fn ice_name(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Queues a packet for the slot that carries its track. `should` tells the layer for a wished quality.
    pub(crate) fn write(
        &mut self,
        packet: &Packet,
        should: impl FnOnce(Quality) -> Quality,
        now: Instant,
    ) -> bool {
        let Some(carried) = self
            .slots
            .iter_mut()
            .filter_map(|slot| slot.carried.as_mut())
            .find(|carried| carried.wanted.key == packet.source.key)
        else {
            return false;
        };
        let Some(limit) = carried.limit() else { return false };
        let written = carried.write(&mut self.rtc, packet, should(limit), self.losses.copies(), now);
        self.written += u32::from(written);
        written
    }

    /// The layer of a track whose slot should carry it and waits for its keyframe.
    pub(crate) fn waits_for(
        &self,
        key: TrackKey,
        should: impl FnOnce(Quality) -> Option<Quality>,
    ) -> Option<Quality> {
        let carried = self
            .slots
            .iter()
            .filter_map(|slot| slot.carried.as_ref())
            .find(|carried| carried.wanted.key == key)?;
        should(carried.limit()?).filter(|&layer| carried.waits_for(layer))
    }

    /// Ends the present run of a track: it was muted or its layers changed.
    pub(crate) fn pause(&mut self, key: TrackKey) {
        for carried in self.slots.iter_mut().filter_map(|slot| slot.carried.as_mut()) {
            if carried.wanted.key == key {
                carried.pause();
            }
        }
    }

    /// Ends the present run of every track: the client was away.
    pub(crate) fn pause_all(&mut self) {
        self.slots.iter_mut().filter_map(|slot| slot.carried.as_mut()).for_each(slot::Carried::pause);
    }

    /// How the client wants a track that it may already be receiving.
    pub(crate) fn set_wish(&mut self, key: TrackKey, wish: Wish) {
        for carried in self.slots.iter_mut().filter_map(|slot| slot.carried.as_mut()) {
            if carried.wanted.key == key {
                if carried.wanted.wish.disabled != wish.disabled {
                    carried.pause();
                }
                carried.wanted.wish = wish;
            }
        }
    }

    /// Asks the client for a keyframe of one layer of a track it publishes.
    pub(crate) fn request_keyframe(&mut self, key: TrackKey, layer: Quality) -> bool {
        let Some(publication) = self
            .publications
            .iter()
            .find(|publication| publication.bound.is_some_and(|bound| bound.key == key))
        else {
            return false;
        };
        let (mid, rid) = (publication.mid, publication.rid(layer));
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_rx_by_mid(mid, rid) else { return false };
        stream.request_keyframe(KeyframeRequestKind::Pli);
        true
    }

    /// Sends a data message, or holds it until the channel is open.
    pub(crate) fn send_data(&mut self, from: Option<PeerId>, channel: Channel, bytes: Bytes) {
        self.speaker().guarded(|peer| peer.channels.send(&mut peer.rtc, from, channel, bytes));
    }

    /// Drops held messages of senders that may not be heard any more.
    pub(crate) fn forget_data_unless(&mut self, keep: impl Fn(PeerId) -> bool) {
        self.speaker().channels.forget_unless(keep);
    }
}

/// A bound track's kind and layers, as its publisher's section states them.
pub(crate) struct Bound {
    pub mid: String,
    pub codec: crate::Codec,
    pub rids: Vec<String>,
    pub kind: Kind,
}
