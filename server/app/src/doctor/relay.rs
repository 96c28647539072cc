//! Whether each relay of `turn.urls` opens a path, asked as a phone would: allocation with a credential of this server
//! (RFC 8656 §7), then permission to reach the media server (§9). Over UDP, TCP and TLS.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::crypto;
use rtc::sansio::Protocol as _;
use rtc::shared::{TransportContext, TransportMessage, TransportProtocol};
use rtc::turn::client::{Client, ClientConfig, Event};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio_rustls::TlsConnector;

use super::{Finding, found, paths};
use crate::clock::{Clock as _, SystemClock};
use crate::compose::turn;
use crate::config::Config;

/// How long one relay may take for everything.
const PATIENCE: Duration = Duration::from_secs(8);
/// Bytes of a STUN header; its third and fourth give the length of what follows (RFC 8489 §5).
const HEADER: usize = 20;

/// Where a relay is and how it is spoken to (RFC 7065).
#[derive(Debug, PartialEq)]
struct Address {
    host: String,
    port: u16,
    way: Way,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Udp,
    Tcp,
    Tls,
}

/// What went wrong, by what mends it.
enum Fault {
    /// The address cannot be read.
    Address,
    /// Nothing answers there.
    Silent(String),
    /// It does not know our credential, or is full.
    Refused(String),
    /// It may not speak to the media server.
    Closed(String),
}

impl Fault {
    fn mended(&self) -> (String, &'static str) {
        match self {
            Self::Address => (
                "not an address of a relay".into(),
                "write turn:host:port?transport=udp, …=tcp, or turns:host:port?transport=tcp",
            ),
            Self::Silent(why) => (
                format!("nothing answers: {why}"),
                "start coturn, open this port in its firewall, and check its name and certificate",
            ),
            Self::Refused(why) => (
                format!("it refuses our credential: {why}"),
                "make turn.secret and coturn's static-auth-secret the same, and set both clocks right",
            ),
            Self::Closed(why) => (
                format!("it may not reach the media server: {why}"),
                "name the media server's address in coturn's allowed-peer-ip, as media.advertised tells it",
            ),
        }
    }
}

/// Tries each relay of the settings.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    let Some(turn) = turn(config) else { return Vec::new() };
    let now = u64::try_from(SystemClock.now().timestamp_millis()).unwrap_or_default();
    let credential = turn.credential("doctor", now);
    let target = paths::media_address(config);
    let mut findings = Vec::new();
    for url in &turn.urls {
        let tried = match parse(url) {
            None => Err(Fault::Address),
            Some(address) => tokio::time::timeout(PATIENCE, open(&address, &credential, target))
                .await
                .unwrap_or_else(|_| Err(Fault::Silent("no answer in time".into()))),
        };
        let mended = tried.as_ref().err().map(Fault::mended);
        let (fault, mend) = mended.map_or((Ok(()), ""), |(fault, mend)| (Err(fault), mend));
        findings.push(found(format!("relay {url}"), fault, mend));
    }
    findings
}

fn parse(url: &str) -> Option<Address> {
    let (scheme, rest) = url.split_once(':')?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let tcp = match query {
        "" => scheme == "turns",
        "transport=udp" => false,
        "transport=tcp" => true,
        _ => return None,
    };
    let (way, usual) = match (scheme, tcp) {
        ("turn", false) => (Way::Udp, 3478),
        ("turn", true) => (Way::Tcp, 3478),
        ("turns", true) => (Way::Tls, 5349),
        _ => return None,
    };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (place, usual),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| Address { host: host.to_owned(), port, way })
}

/// Opens a path and a permission, and lets it lapse.
async fn open(address: &Address, credential: &livekit::Credential, target: IpAddr) -> Result<(), Fault> {
    let silent = |error: &dyn std::fmt::Display| Fault::Silent(error.to_string());
    let server = lookup_host((address.host.as_str(), address.port))
        .await
        .map_err(|error| silent(&error))?
        .next()
        .ok_or_else(|| Fault::Silent("its name leads nowhere".into()))?;
    let mut line = Line::connect(address, server).await.map_err(|error| silent(&error))?;
    let settings = ClientConfig {
        turn_serv_addr: server.to_string(),
        local_addr: line.local,
        transport_protocol: line.protocol,
        username: credential.username.clone(),
        password: credential.password.clone(),
        ..ClientConfig::default()
    };
    let provider = crypto::default_provider().map_err(|error| silent(&error))?;
    let mut client = Client::new(settings, provider).map_err(|error| silent(&error))?;
    client.allocate(Instant::now()).map_err(|error| silent(&error))?;
    loop {
        while let Some(out) = client.poll_write() {
            line.send(&out.message).await.map_err(|error| silent(&error))?;
        }
        while let Some(event) = client.poll_event() {
            match event {
                Event::AllocateResponse(_, relayed) => {
                    let peer = SocketAddr::new(target, 9);
                    let mut relay = client.relay(relayed).map_err(|error| silent(&error))?;
                    relay.create_permission(Instant::now(), peer).map_err(|error| silent(&error))?;
                }
                Event::CreatePermissionResponse(..) => return Ok(()),
                Event::CreatePermissionError(_, error) => return Err(Fault::Closed(error.to_string())),
                Event::AllocateError(_, error) => return Err(Fault::Refused(error.to_string())),
                Event::TransactionTimeout(_) => return Err(Fault::Silent("no answer in time".into())),
                _ => {}
            }
        }
        // What an answer led to is sent before anything is waited for: over a stream nothing is sent twice.
        if let Some(out) = client.poll_write() {
            line.send(&out.message).await.map_err(|error| silent(&error))?;
            continue;
        }
        let due = client.poll_timeout().unwrap_or_else(|| Instant::now() + PATIENCE);
        tokio::select! {
            () = tokio::time::sleep_until(due.into()) => {}
            message = line.receive() => {
                let message = TransportMessage {
                    now: Instant::now(),
                    transport: TransportContext {
                        local_addr: line.local,
                        peer_addr: server,
                        transport_protocol: line.protocol,
                        ecn: None,
                    },
                    message: message.map_err(|error| silent(&error))?[..].into(),
                };
                client.handle_read(message).map_err(|error| silent(&error))?;
            }
        }
        client.handle_timeout(Instant::now()).map_err(|error| silent(&error))?;
    }
}

/// Datagrams, or a stream cut at the ends of its messages.
struct Line {
    local: SocketAddr,
    protocol: TransportProtocol,
    carrier: Carrier,
}

enum Carrier {
    Datagrams(UdpSocket),
    Stream(Box<dyn Stream>),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Line {
    async fn connect(address: &Address, server: SocketAddr) -> std::io::Result<Self> {
        if address.way == Way::Udp {
            let any: SocketAddr =
                if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
            let socket = UdpSocket::bind(any).await?;
            socket.connect(server).await?;
            let local = socket.local_addr()?;
            return Ok(Self { local, protocol: TransportProtocol::UDP, carrier: Carrier::Datagrams(socket) });
        }
        let plain = TcpStream::connect(server).await?;
        let local = plain.local_addr()?;
        let stream: Box<dyn Stream> = if address.way == Way::Tls {
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let trust = rustls::ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .and_then(rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier)
                .map_err(std::io::Error::other)?
                .with_no_client_auth();
            let name = ServerName::try_from(address.host.clone()).map_err(std::io::Error::other)?;
            Box::new(TlsConnector::from(Arc::new(trust)).connect(name, plain).await?)
        } else {
            Box::new(plain)
        };
        Ok(Self { local, protocol: TransportProtocol::TCP, carrier: Carrier::Stream(stream) })
    }

    async fn send(&mut self, message: &[u8]) -> std::io::Result<()> {
        match &mut self.carrier {
            Carrier::Datagrams(socket) => socket.send(message).await.map(drop),
            Carrier::Stream(stream) => {
                stream.write_all(message).await?;
                stream.flush().await
            }
        }
    }

    /// The next message. A stream that ends within one is an error; dropping this in the middle of one loses it, so
    /// only deadlines that end the attempt may do so.
    async fn receive(&mut self) -> std::io::Result<Vec<u8>> {
        match &mut self.carrier {
            Carrier::Datagrams(socket) => {
                let mut message = vec![0; 1500];
                let length = socket.recv(&mut message).await?;
                message.truncate(length);
                Ok(message)
            }
            Carrier::Stream(stream) => {
                let mut message = vec![0; HEADER];
                stream.read_exact(&mut message).await?;
                let more = usize::from(u16::from_be_bytes([message[2], message[3]]));
                message.resize(HEADER + more, 0);
                stream.read_exact(&mut message[HEADER..]).await?;
                Ok(message)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_relays_are_read() {
        let address = |host: &str, port, way| Some(Address { host: host.into(), port, way });
        assert_eq!(parse("turn:t.example"), address("t.example", 3478, Way::Udp));
        assert_eq!(parse("turn:t.example:80?transport=tcp"), address("t.example", 80, Way::Tcp));
        assert_eq!(parse("turns:t.example?transport=tcp"), address("t.example", 5349, Way::Tls));
        assert_eq!(parse("turns:[2001:db8::1]:443"), address("2001:db8::1", 443, Way::Tls));
        for wrong in ["t.example", "stun:t.example", "turns:t.example?transport=udp", "turn::1", "turn:h:x"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
