//! The media threads: each with a UDP socket of its own, a mailbox, and the rooms pinned to it. One more thread
//! takes TCP connections and hands each to its peer's worker.

mod candidates;
mod cpu;
mod directory;
mod link;
mod names;
mod outbox;
mod run;
mod socket;
mod tcp;
mod timers;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::channel;

use mio::{Interest, Poll, Token, Waker};

pub(crate) use self::candidates::Candidates;
use self::directory::Directory;
pub(crate) use self::link::Link;
pub(crate) use self::names::Names;
pub(crate) use self::outbox::Outbox;
use self::run::Worker;
use self::socket::Socket;
pub(crate) use self::tcp::{Acceptor, Stream};
pub(crate) use self::timers::Timers;
use crate::Config;
use crate::peer::Setup;

const MAILBOX: Token = Token(0);
const SOCKET: Token = Token(1);
/// TCP connections have this token and those above.
const STREAMS: Token = Token(2);

/// What a datagram travels on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Transport {
    Udp,
    /// Framed by RFC 4571.
    Tcp,
}

/// How a datagram came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    pub over: Transport,
    /// The client's address.
    pub source: SocketAddr,
    /// Which of the addresses we offer it came to.
    pub destination: SocketAddr,
    /// It is a connectivity check whose integrity is still to be verified.
    pub check: bool,
}

/// Binds one UDP socket and starts one thread for each worker, and the thread that takes TCP connections.
pub(crate) fn start_all(config: &Config) -> io::Result<(Arc<[Link]>, Option<Acceptor>)> {
    let setup = Setup::new()?;
    let directory = Arc::new(Directory::default());
    let listener = config.tcp.map(tcp::Listener::bind).transpose()?;
    let tcp = listener.as_ref().map(tcp::Listener::local_addr);
    let workers: Arc<[Link]> = (0..config.workers.max(1))
        .map(|index| start(config, index, tcp, &setup, &directory))
        .collect::<io::Result<_>>()?;
    let acceptor =
        listener.map(|listener| Acceptor::start(listener, Arc::clone(&workers), directory)).transpose()?;
    Ok((workers, acceptor))
}

fn start(
    config: &Config,
    index: usize,
    tcp: Option<SocketAddr>,
    setup: &Setup,
    directory: &Arc<Directory>,
) -> io::Result<Link> {
    let mut udp = config.udp;
    if udp.port() != 0 {
        let port = u16::try_from(index).ok().and_then(|index| udp.port().checked_add(index));
        udp.set_port(port.ok_or_else(|| io::Error::other("no port left for a media worker"))?);
    }
    let mut socket = Socket::bind(udp, config.gso)?;
    let local = socket.local_addr()?;
    let poll = Poll::new()?;
    poll.registry().register(socket.source(), SOCKET, Interest::READABLE | Interest::WRITABLE)?;
    let waker = Arc::new(Waker::new(poll.registry(), MAILBOX)?);
    let (mailbox, commands) = channel();
    let candidates = Candidates::new(&config.advertised, local, tcp);
    let names = Names::new(Arc::clone(directory), index);
    let worker = Worker::new(socket, commands, setup.clone(), candidates, names);
    std::thread::Builder::new().name(format!("media-{index}")).spawn(move || worker.run(poll))?;
    Ok(Link::new(mailbox, waker, local))
}
