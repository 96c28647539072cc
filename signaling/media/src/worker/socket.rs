//! One UDP socket with batched receive (recvmmsg, GRO) and segmented send (GSO), through quinn-udp.

use std::cell::RefCell;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use smallvec::SmallVec;
use socket2::{Domain, Protocol, Type};

/// Kernel buffers, as far as the system allows: a keyframe to a full room is a burst of hundreds of packets.
const BUFFER_BYTES: usize = 4 * 1024 * 1024;
/// Room for one received run (the kernel joins up to 64 kB).
const SLICE_BYTES: usize = 65_536;

/// A worker's socket.
pub(crate) struct Socket {
    inner: mio::net::UdpSocket,
    state: UdpSocketState,
    gso: bool,
    v6: bool,
    /// Local addresses datagrams came to: only those may be named as the source of an answer.
    seen: RefCell<SmallVec<[IpAddr; 4]>>,
}

/// Memory for one batch of datagrams.
pub(crate) struct Batch {
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
    /// Whether there may be more: the kernel had as many as there was room for.
    pub(crate) fn is_full(&self) -> bool {
        self.count == BATCH_SIZE
    }

    /// Calls for every datagram: source, local address it came to when known, contents.
    pub(crate) fn each(&self, mut call: impl FnMut(SocketAddr, Option<IpAddr>, &[u8])) {
        for (slice, meta) in self.memory.chunks(SLICE_BYTES).zip(&self.metas).take(self.count) {
            let source = SocketAddr::new(meta.addr.ip().to_canonical(), meta.addr.port());
            let local = meta.dst_ip.map(|ip| ip.to_canonical());
            let Some(run) = slice.get(..meta.len) else { continue };
            for datagram in run.chunks(meta.stride.max(1)) {
                call(source, local, datagram);
            }
        }
    }
}

impl Socket {
    /// Binds, non-blocking, with large buffers.
    #[cfg(test)]
    pub(crate) fn bind(address: SocketAddr, gso: bool) -> io::Result<Self> {
        Self::new(bound(address, false)?, address, gso)
    }

    /// Binds so many sockets to one port, and sees to it that no other program shares or already has it.
    pub(crate) fn bind_all(mut address: SocketAddr, gso: bool, count: usize) -> io::Result<Vec<Self>> {
        let first = bound(address, false)?;
        if let Some(local) = first.local_addr()?.as_socket() {
            address.set_port(local.port());
        }
        let mut sockets = vec![first];
        #[cfg(unix)]
        if count > 1 {
            sockets[0].set_reuse_port(true)?;
            for _ in 1..count {
                sockets.push(bound(address, true)?);
            }
            for socket in &sockets {
                socket.set_reuse_port(false)?;
            }
        }
        sockets.into_iter().map(|socket| Self::new(socket, address, gso)).collect()
    }

    fn new(socket: socket2::Socket, address: SocketAddr, gso: bool) -> io::Result<Self> {
        let state = UdpSocketState::new((&socket).into())?;
        let inner = mio::net::UdpSocket::from_std(socket.into());
        Ok(Self { inner, state, gso, v6: address.is_ipv6(), seen: RefCell::default() })
    }

    /// Where it listens.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// For registering with a poll.
    pub(crate) fn source(&mut self) -> &mut mio::net::UdpSocket {
        &mut self.inner
    }

    /// Datagrams the kernel may cut out of one send; 1 without segmentation.
    pub(crate) fn max_segments(&self) -> usize {
        if self.gso { self.state.max_gso_segments() } else { 1 }
    }

    /// Receives a batch; `WouldBlock` when there is nothing.
    pub(crate) fn receive(&self, batch: &mut Batch) -> io::Result<()> {
        batch.count = 0;
        let Batch { memory, metas, count } = batch;
        let mut slices: SmallVec<[IoSliceMut<'_>; BATCH_SIZE]> =
            memory.chunks_mut(SLICE_BYTES).map(IoSliceMut::new).collect();
        *count = self.state.recv((&self.inner).into(), &mut slices, metas)?;
        Ok(())
    }

    /// Notes a local address that clients reach us by.
    pub(crate) fn saw_local(&self, ip: IpAddr) {
        let mut seen = self.seen.borrow_mut();
        if !seen.contains(&ip) {
            seen.push(ip);
        }
    }

    /// Sends one datagram, or several of `segment` bytes at once.
    pub(crate) fn send(
        &self,
        to: SocketAddr,
        from: IpAddr,
        bytes: &[u8],
        segment: Option<usize>,
    ) -> io::Result<()> {
        let known = self.seen.borrow().contains(&from);
        let transmit = Transmit {
            destination: if self.v6 { mapped(to) } else { to },
            ecn: None,
            contents: bytes,
            segment_size: segment,
            src_ip: known.then(|| if self.v6 { mapped(SocketAddr::new(from, 0)).ip() } else { from }),
        };
        self.state.try_send((&self.inner).into(), &transmit)
    }
}

/// A non-blocking socket with large buffers, bound; others may bind the port too when it is `shared`.
fn bound(address: SocketAddr, shared: bool) -> io::Result<socket2::Socket> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    #[cfg(unix)]
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    // The system may grant less; that is no reason not to start.
    let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(BUFFER_BYTES);
    socket.bind(&address.into())?;
    Ok(socket)
}

/// On a dual-stack socket IPv4 peers are written as IPv4-mapped IPv6 addresses.
fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    }
}
