//! Datagrams on their way out: runs of one destination leave in one system call where the kernel can cut them
//! (UDP segmentation offload), and what it will not take yet waits in order, within bounds. Clients connected by
//! TCP have queues of their own, one each.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};

use mio::Token;

use super::Transport;
use super::socket::Socket;
use super::tcp::Streams;
use crate::PeerId;

/// Most bytes of one segmented send; the kernel's own bound is 64 kB with headers.
const MAX_RUN_BYTES: usize = 60_000;
/// Datagrams that may wait while the kernel's buffer is full.
const MAX_WAITING: usize = 4096;
/// Media packets above this size are surely video: they are dropped first.
const SURELY_VIDEO: usize = 400;

struct Datagram {
    to: SocketAddr,
    from: IpAddr,
    bytes: Vec<u8>,
}

/// Encrypted, but the RTP header is in clear: version 2, and not an RTCP packet type (RFC 5761).
pub(super) fn is_bulky_media(bytes: &[u8]) -> bool {
    bytes.len() > SURELY_VIDEO && bytes[0] & 0xc0 == 0x80 && !(64..96).contains(&(bytes[1] & 0x7f))
}

/// Datagrams of one worker on their way out.
#[derive(Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Datagram>,
    run: Vec<u8>,
    blocked: bool,
    sent: u64,
    dropped: u64,
    /// Clients connected by TCP.
    pub(super) streams: Streams,
}

impl Outbox {
    /// An empty one; TCP connections get their tokens from the given one on.
    pub(super) fn new(first_token: Token) -> Self {
        Self { streams: Streams::new(first_token), ..Self::default() }
    }

    /// Queues a datagram.
    pub(crate) fn push(&mut self, over: Transport, to: SocketAddr, from: IpAddr, bytes: Vec<u8>) {
        if over == Transport::Tcp {
            self.streams.push(to, bytes);
            return;
        }
        if self.waiting.len() >= MAX_WAITING && self.blocked {
            let at = self.waiting.iter().position(|datagram| is_bulky_media(&datagram.bytes)).unwrap_or(0);
            self.waiting.remove(at);
            self.dropped += 1;
        }
        self.waiting.push_back(Datagram { to, from, bytes });
    }

    /// Drops what waits for an address: it may be of a pair that was just closed.
    pub(crate) fn purge(&mut self, to: SocketAddr) {
        let before = self.waiting.len();
        self.waiting.retain(|datagram| datagram.to != to);
        self.dropped += (before - self.waiting.len()) as u64;
    }

    /// Drops what waits on the TCP connections of a peer, for the same reason.
    pub(crate) fn purge_streams(&mut self, peer: PeerId) {
        self.streams.purge(peer);
    }

    /// Whether the kernel must say that it takes more before anything is sent.
    pub(crate) fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// Counters: sent, dropped.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.sent, self.dropped)
    }

    /// Sends until nothing waits or the kernel's buffer is full.
    pub(crate) fn flush(&mut self, socket: &Socket) {
        self.blocked = false;
        while let Some(first) = self.waiting.front() {
            let (to, from, size) = (first.to, first.from, first.bytes.len());
            let count = self.run_length(to, from, size, socket.max_segments());
            let outcome = if count == 1 {
                socket.send(to, from, &first.bytes, None)
            } else {
                self.run.clear();
                for datagram in self.waiting.iter().take(count) {
                    self.run.extend_from_slice(&datagram.bytes);
                }
                socket.send(to, from, &self.run, Some(size))
            };
            match outcome {
                Ok(()) => {
                    self.sent += count as u64;
                    self.waiting.drain(..count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.blocked = true;
                    return;
                }
                // The segmented send was refused (a device without it): one by one, then.
                Err(_) if count > 1 => {
                    if !self.send_each(count, socket) {
                        return;
                    }
                }
                Err(error) => {
                    tracing::debug!(%to, %error, "datagram not sent");
                    self.dropped += 1;
                    self.waiting.pop_front();
                }
            }
        }
    }

    fn send_each(&mut self, count: usize, socket: &Socket) -> bool {
        for _ in 0..count {
            let Some(datagram) = self.waiting.front() else { return true };
            match socket.send(datagram.to, datagram.from, &datagram.bytes, None) {
                Ok(()) => self.sent += 1,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.blocked = true;
                    return false;
                }
                Err(_) => self.dropped += 1,
            }
            self.waiting.pop_front();
        }
        true
    }

    /// Datagrams from the front that may leave together: one destination, one size, the last may be smaller.
    fn run_length(&self, to: SocketAddr, from: IpAddr, size: usize, max_segments: usize) -> usize {
        let mut count = 1;
        let mut bytes = size;
        for datagram in self.waiting.iter().skip(1) {
            let length = datagram.bytes.len();
            if count >= max_segments
                || datagram.to != to
                || datagram.from != from
                || length > size
                || bytes + length > MAX_RUN_BYTES
            {
                break;
            }
            count += 1;
            bytes += length;
            if length < size {
                break;
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, UdpSocket};

    use super::*;

    fn here() -> IpAddr {
        Ipv4Addr::LOCALHOST.into()
    }

    #[test]
    fn a_burst_arrives_whole_and_in_order_with_and_without_segmentation() {
        for gso in [true, false] {
            let receiver = UdpSocket::bind("127.0.0.1:0").expect("a socket");
            let to = receiver.local_addr().expect("an address");
            let socket = Socket::bind("127.0.0.1:0".parse().expect("address"), gso).expect("a socket");
            let mut out = Outbox::default();
            let sizes = [1200, 1200, 1200, 700, 1200, 1100, 90, 1200];
            for (index, size) in sizes.into_iter().enumerate() {
                out.push(Transport::Udp, to, here(), vec![u8::try_from(index).expect("few"); size]);
            }
            out.flush(&socket);
            assert_eq!(out.counts(), (8, 0));
            let mut buffer = [0; 2000];
            for (index, size) in sizes.into_iter().enumerate() {
                let length = receiver.recv(&mut buffer).expect("a datagram");
                assert_eq!((length, usize::from(buffer[0])), (size, index), "gso {gso}");
            }
        }
    }

    #[test]
    fn a_full_queue_drops_the_oldest_video_first() {
        let to = "127.0.0.1:9".parse().expect("address");
        let mut out = Outbox { blocked: true, ..Outbox::default() };
        out.push(Transport::Udp, to, here(), vec![0x80, 111, 1]);
        out.push(Transport::Udp, to, here(), {
            let mut video = vec![0x80; 1000];
            video[1] = 96;
            video
        });
        for _ in 2..=MAX_WAITING {
            out.push(Transport::Udp, to, here(), vec![0x80, 111, 2]);
        }
        assert_eq!((out.waiting.len(), out.counts().1), (MAX_WAITING, 1));
        assert!(
            out.waiting.iter().all(|datagram| datagram.bytes.len() == 3),
            "the video went, the older audio stayed"
        );
    }

    #[test]
    fn purging_drops_one_destination_only() {
        let (a, b) = ("127.0.0.1:1".parse().expect("address"), "127.0.0.1:2".parse().expect("address"));
        let mut out = Outbox::default();
        for to in [a, b, a] {
            out.push(Transport::Udp, to, here(), vec![1]);
        }
        out.purge(a);
        assert_eq!(out.waiting.len(), 1);
    }
}
