//! One peer's connection: ICE check, DTLS handshake, SRTP, and the few things that recur while it lives.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use rtc::crypto::RTCCryptoProvider;
use rtc::dtls::config::HandshakeConfig;
use rtc::dtls::endpoint::{Endpoint, EndpointEvent};
use rtc::dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc::shared::TransportProtocol;
use rtc::srtp::config::{Config, LABEL_EXTRACTOR_DTLS_SRTP};
use rtc::srtp::context::Context;
use rtc::srtp::option::{srtcp_no_replay_protection, srtp_no_replay_protection};
use rtc::srtp::protection_profile::ProtectionProfile;
use tokio::sync::oneshot;

use super::feedback::{Arrivals, Block, receiver_report, sender_report};
use super::rtp::{self, Track};
use super::socket::Socket;
use super::stun::{self, Heard};
use super::tally::{Stream, Window};

/// The one profile that is offered.
pub const PROFILE_OFFERED: SrtpProtectionProfile = SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm;
const PROFILE: ProtectionProfile = ProtectionProfile::AeadAes128Gcm;
/// An unanswered check is repeated after this.
const CHECK_AGAIN: Duration = Duration::from_millis(100);
/// Consent is refreshed this often (RFC 7675 §5.1 allows up to 6 s).
const CONSENT: Duration = Duration::from_millis(2500);
/// One packet in this many is decrypted.
const SAMPLE: u16 = 16;

/// What signalling agreed on for one peer connection.
pub struct Terms {
    /// The number of the peer, which gives its address: one for each connection.
    pub peer: u32,
    /// The room, counted from zero.
    pub room: u32,
    /// How many connections each packet it sends should reach.
    pub audience: u32,
    /// Where the server receives.
    pub remote: SocketAddr,
    /// `remote ufrag:own ufrag`.
    pub names: String,
    /// The server's password: checks are sealed with it.
    pub remote_password: String,
    /// Our own: checks of the server's are answered with it.
    pub password: String,
    /// What it sends.
    pub sends: Option<Sends>,
    /// Payload types that count as media.
    pub media: Vec<u8>,
}

/// The streams of a publisher, with the mids of their sections.
#[derive(Clone, Copy, Debug)]
pub struct Sends {
    /// SSRC and one-digit mid of the microphone.
    pub sound: (u32, u8),
    /// SSRC and one-digit mid of the camera.
    pub picture: (u32, u8),
}

/// What an open link encrypts and decrypts with.
struct Keys {
    out: Context,
    incoming: Context,
}

pub struct Link {
    terms: Terms,
    local: Ipv4Addr,
    endpoint: Endpoint,
    /// The server answered a check.
    reachable: bool,
    keys: Option<Keys>,
    pub tracks: Vec<Track>,
    transport: u16,
    streams: Vec<Stream>,
    arrivals: Arrivals,
    /// Names us in feedback.
    own: u32,
    done: Option<oneshot::Sender<()>>,
    next_check: Instant,
    scratch: Vec<u8>,
}

/// What a link needs of its surroundings.
pub struct Around<'a> {
    pub socket: &'a Socket,
    pub provider: &'a dyn RTCCryptoProvider,
    pub handshake: &'a Arc<HandshakeConfig>,
    pub window: &'a mut Window,
}

impl Link {
    pub fn new(terms: Terms, local: Ipv4Addr, port: u16, done: oneshot::Sender<()>, now: Instant) -> Self {
        let tracks = terms.sends.map_or_else(Vec::new, |sends| {
            vec![
                Track::new(sends.sound.0, false, sends.sound.1),
                Track::new(sends.picture.0, true, sends.picture.1),
            ]
        });
        Self {
            endpoint: Endpoint::new(SocketAddr::from((local, port)), TransportProtocol::UDP, None),
            own: tracks.first().map_or(terms.peer + 1, |track| track.ssrc),
            terms,
            local,
            reachable: false,
            keys: None,
            tracks,
            transport: 0,
            streams: Vec::new(),
            arrivals: Arrivals::default(),
            done: Some(done),
            next_check: now,
            scratch: Vec::with_capacity(1500),
        }
    }

    pub fn room(&self) -> u32 {
        self.terms.room
    }

    pub fn is_open(&self) -> bool {
        self.keys.is_some()
    }

    /// Handles one datagram from the server.
    pub fn receive(
        &mut self,
        now: Instant,
        source: SocketAddr,
        at: Duration,
        datagram: &[u8],
        around: &mut Around<'_>,
    ) {
        match datagram.first() {
            Some(0..=3) => self.stun(now, source, datagram, around),
            Some(20..=63) => self.shake(now, datagram, around),
            Some(128..=191) if !matches!(datagram.get(1), Some(192..=223)) => {
                self.media(at, datagram, around);
            }
            // RTCP: what a browser would do upon it (keyframes, encoder rates) this client does anyhow.
            _ => {}
        }
    }

    fn stun(&mut self, now: Instant, source: SocketAddr, datagram: &[u8], around: &mut Around<'_>) {
        match stun::hear(datagram, source, &self.terms.password, around.provider.crypto()) {
            Heard::Answer if !self.reachable => {
                self.reachable = true;
                self.next_check = now + CONSENT;
                let handshake = Arc::clone(around.handshake);
                if let Err(error) = self.endpoint.connect(now, self.terms.remote, handshake, None) {
                    tracing::warn!(%error, peer = self.terms.peer, "DTLS did not begin");
                }
                self.flush(around);
            }
            Heard::Asked(answer) => around.socket.send(self.local, source, &answer),
            Heard::Answer | Heard::Other => {}
        }
    }

    fn shake(&mut self, now: Instant, datagram: &[u8], around: &mut Around<'_>) {
        let remote = self.terms.remote;
        match self.endpoint.read(now, remote, None, BytesMut::from(datagram)) {
            Ok(events) if events.iter().any(|event| matches!(event, EndpointEvent::HandshakeComplete)) => {
                match self.export(around.provider) {
                    Ok(keys) => {
                        self.keys = Some(keys);
                        if let Some(done) = self.done.take() {
                            let _ = done.send(());
                        }
                    }
                    Err(error) => tracing::warn!(%error, peer = self.terms.peer, "no SRTP keys"),
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, peer = self.terms.peer, "DTLS"),
        }
        self.flush(around);
    }

    fn flush(&mut self, around: &Around<'_>) {
        while let Some(datagram) = self.endpoint.poll_transmit() {
            around.socket.send(self.local, self.terms.remote, &datagram.message);
        }
    }

    /// Keys from the handshake (RFC 5764 §4.2); this side is the DTLS client.
    fn export(&self, provider: &dyn RTCCryptoProvider) -> anyhow::Result<Keys> {
        let state = self
            .endpoint
            .get_connection_state(self.terms.remote)
            .ok_or_else(|| anyhow::anyhow!("no DTLS association"))?;
        let mut config = Config { profile: PROFILE, ..Config::default() };
        let material =
            state.export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], config.keying_material_len())?;
        config.set_session_keys_from_keying_material(material.as_ref(), state.is_client())?;
        let context = |key: &[u8], salt: &[u8]| {
            Context::new(
                key,
                salt,
                PROFILE,
                Some(srtp_no_replay_protection()),
                Some(srtcp_no_replay_protection()),
                provider.crypto(),
            )
        };
        let keys = config.keys;
        Ok(Keys {
            out: context(&keys.local_master_key, &keys.local_master_salt)?,
            incoming: context(&keys.remote_master_key, &keys.remote_master_salt)?,
        })
    }

    fn media(&mut self, at: Duration, datagram: &[u8], around: &mut Around<'_>) {
        let (Some(head), Some(keys)) = (rtp::read(datagram), self.keys.as_mut()) else { return };
        if let Some(transport) = head.transport {
            self.arrivals.note(transport, at);
        }
        if !self.terms.media.contains(&head.payload_type) {
            return;
        }
        match self.streams.iter_mut().find(|stream| stream.ssrc == head.ssrc) {
            Some(stream) => stream.note(head.sequence),
            None => self.streams.push(Stream::new(head.ssrc, head.sequence)),
        }
        if head.sequence.is_multiple_of(SAMPLE) {
            match keys.incoming.decrypt_rtp(datagram) {
                Ok(packet) => {
                    if let Some(made) = rtp::stamp(&packet) {
                        let delay = u64::try_from(at.saturating_sub(made).as_micros()).unwrap_or(u64::MAX);
                        around.window.delay.saturating_record(delay.max(1));
                    }
                }
                Err(_) => around.window.unreadable += 1,
            }
        }
    }

    /// A check, or a handshake message again. Answers when to come back.
    pub fn upkeep(&mut self, now: Instant, around: &mut Around<'_>) -> Instant {
        if now >= self.next_check {
            let check = stun::check(&self.terms.names, &self.terms.remote_password, around.provider.crypto());
            if let Ok(check) = check {
                around.socket.send(self.local, self.terms.remote, &check);
            }
            self.next_check = now + if self.reachable { CONSENT } else { CHECK_AGAIN };
        }
        let remote = self.terms.remote;
        if let Some(due) = self.endpoint.poll_timeout(&remote)
            && !self.is_open()
        {
            if now >= due {
                if let Err(error) = self.endpoint.handle_timeout(remote, now) {
                    tracing::warn!(%error, peer = self.terms.peer, "DTLS");
                }
                self.flush(around);
            }
            return self.next_check.min(now + CHECK_AGAIN);
        }
        self.next_check
    }

    /// Sends the next frame of a track.
    pub fn play(&mut self, track: usize, made: Duration, around: &mut Around<'_>) {
        let (Some(keys), Some(track)) = (self.keys.as_mut(), self.tracks.get_mut(track)) else { return };
        track.advance();
        let parts = if track.video { super::PICTURE_PACKETS } else { 1 };
        for part in 0..parts {
            track.write(part, parts, self.transport, made, &mut self.scratch);
            self.transport = self.transport.wrapping_add(1);
            if let Ok(packet) = keys.out.encrypt_rtp(&self.scratch) {
                around.socket.send(self.local, self.terms.remote, &packet);
            }
        }
        around.window.sent += u64::from(parts);
        around.window.due += u64::from(parts * self.terms.audience);
    }

    /// Transport-wide feedback about what came since the last one.
    pub fn feedback(&mut self, around: &mut Around<'_>) {
        let media = self.streams.first().map_or(0, |stream| stream.ssrc);
        if let Some(packet) = self.arrivals.feedback(self.own, media) {
            self.control(&packet, around);
        }
    }

    /// Receiver and sender reports.
    pub fn report(&mut self, now: Duration, around: &mut Around<'_>) {
        let blocks: Vec<Block> = self
            .streams
            .iter()
            .map(|stream| {
                let (highest, lost) = stream.report();
                Block { ssrc: stream.ssrc, lost, highest }
            })
            .collect();
        if !blocks.is_empty() {
            self.control(&receiver_report(self.own, &blocks), around);
        }
        let reports: Vec<Vec<u8>> = self
            .tracks
            .iter()
            .filter(|track| track.packets > 0)
            .map(|track| sender_report(track, now))
            .collect();
        for report in reports {
            self.control(&report, around);
        }
    }

    fn control(&mut self, packet: &[u8], around: &Around<'_>) {
        let Some(keys) = self.keys.as_mut() else { return };
        if let Ok(packet) = keys.out.encrypt_rtcp(packet) {
            around.socket.send(self.local, self.terms.remote, &packet);
        }
    }

    /// Adds this link's share to a window that ends, and begins the next.
    pub fn close_window(&mut self, window: &mut Window) {
        for stream in &mut self.streams {
            let (received, lost) = stream.close();
            window.received += received;
            window.lost += lost;
            window.streams += u64::from(received > 0);
        }
    }
}
