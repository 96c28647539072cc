//! A lean far end for loads: hundreds of WebRTC peers on one thread and one UDP socket.
//!
//! Built on the sans-I/O parts under `webrtc` (`rtc-stun`, `rtc-dtls`, `rtc-srtp`), not on its peer connections, which
//! would be busier than the server they measure. Each peer does real ICE checks, a real DTLS handshake and real SRTP;
//! after that only what a load needs is done: everything sent is encrypted, everything received is counted, and one
//! packet in sixteen is decrypted for the time stamp inside. Receivers answer as browsers do, with transport-wide
//! feedback ten times and a report once a second, so that the server's congestion control has its full work.
//!
//! ```text
//!  signalling (tokio) ──Terms──▶ Fleet ──▶ engine thread: socket ▸ links ▸ tally
//! ```
//!
//! Every peer has an address of its own (see [`super::ground`]) on the one socket: the server sees hundreds of clients, the
//! load client needs one system call for what many of them received.

mod engine;
mod feedback;
mod link;
pub(super) mod rtp;
mod socket;
mod stun;
mod tally;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use anyhow::Context as _;
use rtc::dtls::crypto::Certificate;
use rtc::{crypto, dtls};
use tokio::sync::oneshot;

pub use self::link::{Sends, Terms};
pub use self::tally::{Window, float};

use self::engine::{Command, Engine};

/// How much each publisher sends.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Pictures a second, of [`PICTURE_PACKETS`] packets each.
    pub pictures: f64,
    /// Sound packets a second.
    pub sounds: f64,
}

/// Packets a picture is cut into.
pub const PICTURE_PACKETS: u32 = 4;

impl Pace {
    /// Fifty sound packets and 27.5 pictures a second: 160 packets, 1 Mbit/s.
    pub const PERSON: Self = Self { pictures: 27.5, sounds: 50.0 };

    /// The same mix, `factor` times as much of it.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { pictures: self.pictures * factor, sounds: self.sounds * factor }
    }

    /// Packets a second.
    pub fn packets(self) -> f64 {
        self.pictures * f64::from(PICTURE_PACKETS) + self.sounds
    }
}

/// The peers of one load, all on one thread, which ends with this.
pub struct Fleet {
    commands: Sender<Command>,
    thread: Option<std::thread::JoinHandle<()>>,
    network: [u8; 2],
    port: u16,
    fingerprint: String,
}

impl Fleet {
    /// Opens the socket, makes the certificate and starts the thread.
    pub fn start() -> anyhow::Result<Self> {
        let provider = crypto::default_provider().context("a crypto provider")?;
        let certificate = Certificate::generate_self_signed(vec!["load".to_owned()], provider.crypto())?;
        let der = certificate.certificate.first().context("a certificate")?;
        let digest = provider.crypto().hash(crypto::HashAlgorithm::Sha256, der.as_ref())?;
        let fingerprint = digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        let handshake = dtls::config::ConfigBuilder::default()
            .with_crypto_provider(Arc::clone(&provider))
            .with_certificates(vec![certificate])
            // The profile the server prefers, and the only one offered: both servers of a comparison use the same.
            .with_srtp_protection_profiles(vec![link::PROFILE_OFFERED])
            .with_extended_master_secret(dtls::config::ExtendedMasterSecretType::Require)
            // A server whose DTLS begins a moment after its ICE drops the first flight.
            .with_flight_interval(Duration::from_millis(100))
            .with_insecure_skip_verify(true)
            .build(true, None)?;
        let socket = socket::Socket::open()?;
        let port = socket.port();
        let (commands, orders) = channel();
        let network = super::ground::network();
        let engine = Engine::new(socket, network, provider, Arc::new(handshake), orders);
        let thread = std::thread::Builder::new()
            .name("load".to_owned())
            .spawn(move || engine.run())
            .context("a thread")?;
        Ok(Self { commands, thread: Some(thread), network, port, fingerprint })
    }

    /// The port all peers send from; their addresses differ.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// SHA-256 of the certificate, as SDP writes it (RFC 8122 §5).
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The address of a peer.
    pub fn address(&self, peer: u32) -> Ipv4Addr {
        address(self.network, peer)
    }

    /// Connects a peer; answers when its DTLS handshake has ended.
    pub async fn connect(&self, terms: Terms) -> anyhow::Result<()> {
        let (done, connected) = oneshot::channel();
        self.order(Command::Connect(Box::new(terms), done))?;
        tokio::time::timeout(Duration::from_secs(30), connected)
            .await
            .context("no DTLS handshake within 30 s")??;
        Ok(())
    }

    /// From now on publishers of rooms below `rooms` send at this pace, all others are silent.
    pub fn play(&self, rooms: u32, pace: Pace) -> anyhow::Result<()> {
        self.order(Command::Play(rooms, pace))
    }

    /// What was sent and received since the last call; begins a new window.
    pub async fn window(&self) -> anyhow::Result<Window> {
        let (reply, window) = oneshot::channel();
        self.order(Command::Window(reply))?;
        Ok(window.await?)
    }

    fn order(&self, command: Command) -> anyhow::Result<()> {
        self.commands.send(command).ok().context("the load thread has ended")
    }
}

/// Peers begin beyond the first 256 addresses, which are the server's.
fn address([first, second]: [u8; 2], peer: u32) -> Ipv4Addr {
    let [_, _, high, low] = (peer + 256).to_be_bytes();
    Ipv4Addr::new(first, second, high, low)
}

/// The other way around.
fn peer(address: Ipv4Addr) -> Option<usize> {
    let [.., high, low] = address.octets();
    usize::from(u16::from_be_bytes([high, low])).checked_sub(256)
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let _ = self.commands.send(Command::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
