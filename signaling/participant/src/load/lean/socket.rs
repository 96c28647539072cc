//! One UDP socket for all peers: many datagrams a system call, the peer told by the local address.

use std::io::IoSliceMut;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};

/// The load client must not be where packets are lost.
const BUFFER_BYTES: usize = 64 << 20;
/// No datagram of a path with an MTU of 1500 is longer.
const SLICE_BYTES: usize = 2048;

/// The socket.
pub struct Socket {
    io: UdpSocket,
    state: UdpSocketState,
    port: u16,
}

/// Memory for one system call's datagrams.
pub struct Batch {
    memory: Vec<u8>,
    metas: Vec<RecvMeta>,
    count: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            memory: vec![0; SLICE_BYTES * BATCH_SIZE],
            metas: vec![RecvMeta::default(); BATCH_SIZE],
            count: 0,
        }
    }
}

impl Batch {
    /// Each datagram with the local address it came to and the kernel's time of arrival (since the Unix epoch).
    pub fn each(&mut self) -> impl Iterator<Item = (Ipv4Addr, SocketAddr, Duration, &mut [u8])> {
        self.memory.chunks_mut(SLICE_BYTES).zip(&self.metas).take(self.count).filter_map(|(slice, meta)| {
            let Some(IpAddr::V4(local)) = meta.dst_ip else { return None };
            Some((local, meta.addr, meta.timestamp?, slice.get_mut(..meta.len)?))
        })
    }
}

impl Socket {
    /// Binds any port of all loopback addresses, non-blocking.
    pub fn open() -> anyhow::Result<Self> {
        let io = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        io.set_nonblocking(true)?;
        // Beyond the system's limit for root, within it for others.
        if setsockopt(&io, sockopt::RcvBufForce, &BUFFER_BYTES).is_err() {
            let _ = setsockopt(&io, sockopt::RcvBuf, &BUFFER_BYTES);
        }
        let state = UdpSocketState::new((&io).into())?;
        // A sender that segments in the kernel is to pay for the segmentation, as it would on a network: with GRO on
        // this side, loopback would hand its segments over in one piece and flatter it.
        setsockopt(&io, sockopt::UdpGroSegment, &false)?;
        let port = io.local_addr()?.port();
        Ok(Self { io, state, port })
    }

    /// The port of all peers.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Takes waiting datagrams; false when there are none.
    pub fn receive(&self, batch: &mut Batch) -> bool {
        let Batch { memory, metas, count } = batch;
        let mut slices: Vec<IoSliceMut<'_>> = memory.chunks_mut(SLICE_BYTES).map(IoSliceMut::new).collect();
        *count = self.state.recv((&self.io).into(), &mut slices, metas).unwrap_or(0);
        *count > 0
    }

    /// Sends one datagram from one peer's address. A full buffer is waited for: publishers are few.
    pub fn send(&self, from: Ipv4Addr, to: SocketAddr, bytes: &[u8]) {
        let transmit = Transmit {
            destination: to,
            ecn: None,
            contents: bytes,
            segment_size: None,
            src_ip: Some(IpAddr::V4(from)),
        };
        while let Err(error) = self.state.try_send((&self.io).into(), &transmit) {
            if error.kind() != std::io::ErrorKind::WouldBlock {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// Datagrams the kernel threw away because this side did not read in time: the last column of `/proc/net/udp`.
    pub fn dropped(&self) -> u64 {
        let local = format!("00000000:{:04X}", self.port);
        let Ok(table) = std::fs::read_to_string("/proc/net/udp") else { return 0 };
        let row = table.lines().find(|row| row.split_whitespace().nth(1) == Some(local.as_str()));
        row.and_then(|row| row.split_whitespace().last()?.parse().ok()).unwrap_or(0)
    }
}
