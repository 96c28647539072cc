//! The media threads: each with a UDP socket, a mailbox, and the rooms pinned to it. Their sockets share one port;
//! what came to the wrong one is handed over. One more thread takes TCP connections and hands each to its peer's
//! worker.

mod candidates;
mod cpu;
mod directory;
mod intake;
mod link;
mod names;
mod outbox;
mod parcel;
mod place;
mod report;
mod run;
mod socket;
mod tcp;
mod timers;

use std::io;
use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;

use mio::{Interest, Poll, Token, Waker};

pub(crate) use self::candidates::Candidates;
use self::directory::Directory;
pub(crate) use self::link::Link;
use self::link::Mailbox;
pub(crate) use self::names::Names;
pub(crate) use self::outbox::Outbox;
pub(crate) use self::parcel::Parcel;
use self::parcel::Parcels;
pub(crate) use self::place::{Place, Places};
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

/// Binds the ports and starts one thread for each worker, and the one that takes TCP connections.
pub(crate) fn start_all(config: &Config) -> io::Result<(Arc<[Link]>, Option<Acceptor>)> {
    let setup = Setup::new()?;
    let directory = Arc::new(Directory::default());
    let listener = config.tcp.map(tcp::Listener::bind).transpose()?;
    let tcp = listener.as_ref().map(tcp::Listener::local_addr);
    let count = match config.workers {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        count => count,
    };
    let (links, ends): (Vec<_>, Vec<_>) = Socket::bind_all(config.udp, config.gso, count)?
        .into_iter()
        .map(prepare)
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    let links: Arc<[Link]> = links.into();
    for (index, (poll, socket, mailbox)) in ends.into_iter().enumerate() {
        let candidates = Candidates::new(&config.advertised, links[index].local_addr(), tcp);
        let names = Names::new(Arc::clone(&directory), index, links.len() > 1);
        let others = Parcels::new(Arc::clone(&links));
        let load = Arc::clone(links[index].load());
        let worker = Worker::new(socket, mailbox, setup.clone(), candidates, names, others, load);
        std::thread::Builder::new().name(format!("media-{index}")).spawn(move || worker.run(poll))?;
    }
    let acceptor =
        listener.map(|listener| Acceptor::start(listener, Arc::clone(&links), directory)).transpose()?;
    Ok((links, acceptor))
}

/// What a worker is reached by, and what it waits on.
fn prepare(mut socket: Socket) -> io::Result<(Link, (Poll, Socket, Mailbox))> {
    let local = socket.local_addr()?;
    let poll = Poll::new()?;
    poll.registry().register(socket.source(), SOCKET, Interest::READABLE | Interest::WRITABLE)?;
    let (link, mailbox) = Link::new(Waker::new(poll.registry(), MAILBOX)?, local);
    Ok((link, (poll, socket, mailbox)))
}
