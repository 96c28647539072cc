//! How a far end reaches the server: a UDP socket, or a TCP connection framed by RFC 4571.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use str0m::Candidate;
use str0m::net::{Protocol, TcpType};

/// The client's socket; clones are the same one.
#[derive(Clone)]
pub enum Link {
    Udp(Arc<UdpSocket>),
    Tcp(Arc<TcpStream>, Arc<Mutex<Vec<u8>>>),
}

impl Link {
    pub fn udp() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a timeout");
        Self::Udp(Arc::new(socket))
    }

    pub fn tcp(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("the server takes TCP");
        stream.set_nodelay(true).expect("no delay");
        stream.set_read_timeout(Some(Duration::from_millis(1))).expect("a timeout");
        Self::Tcp(Arc::new(stream), Arc::default())
    }

    pub fn local(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr(),
            Self::Tcp(stream, _) => stream.local_addr(),
        }
        .expect("an address")
    }

    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Udp(_) => Protocol::Udp,
            Self::Tcp(..) => Protocol::Tcp,
        }
    }

    pub fn is_tcp(&self) -> bool {
        matches!(self, Self::Tcp(..))
    }

    pub fn candidate(&self) -> Candidate {
        match self {
            Self::Udp(_) => Candidate::builder().udp().host(self.local()).build(),
            Self::Tcp(..) => Candidate::builder().tcp().host(self.local()).tcptype(TcpType::Active).build(),
        }
        .expect("a candidate")
    }

    pub fn send(&self, bytes: &[u8], to: SocketAddr) {
        match self {
            Self::Udp(socket) => drop(socket.send_to(bytes, to)),
            Self::Tcp(stream, _) => {
                let mut frame = u16::try_from(bytes.len()).expect("short").to_be_bytes().to_vec();
                frame.extend(bytes);
                let _ = (&**stream).write_all(&frame);
            }
        }
    }

    /// The next datagram and where it is from, unless a millisecond passes.
    pub fn receive(&self) -> Option<(Vec<u8>, SocketAddr)> {
        match self {
            Self::Udp(socket) => {
                let mut buffer = vec![0; 2000];
                let (length, source) = socket.recv_from(&mut buffer).ok()?;
                buffer.truncate(length);
                Some((buffer, source))
            }
            Self::Tcp(stream, held) => {
                let mut held = held.lock().expect("unpoisoned");
                let source = stream.peer_addr().ok()?;
                if let Some(frame) = take_frame(&mut held) {
                    return Some((frame, source));
                }
                let mut buffer = [0; 4096];
                match (&**stream).read(&mut buffer) {
                    Ok(0) => std::thread::sleep(Duration::from_millis(1)),
                    Ok(length) => held.extend(&buffer[..length]),
                    Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                    Err(_) => std::thread::sleep(Duration::from_millis(1)),
                }
                take_frame(&mut held).map(|frame| (frame, source))
            }
        }
    }
}

fn take_frame(held: &mut Vec<u8>) -> Option<Vec<u8>> {
    let length = usize::from(u16::from_be_bytes([*held.first()?, *held.get(1)?]));
    let frame = held.get(2..2 + length)?.to_vec();
    held.drain(..2 + length);
    Some(frame)
}
