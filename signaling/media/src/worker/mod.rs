//! The media threads: each with a UDP socket of its own, a mailbox, and the rooms pinned to it.

mod cpu;
mod link;
mod names;
mod outbox;
mod run;
mod socket;
mod timers;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::channel;

use mio::{Interest, Poll, Token, Waker};

pub(crate) use self::link::Link;
pub(crate) use self::names::Names;
pub(crate) use self::outbox::Outbox;
use self::run::Worker;
use self::socket::Socket;
pub(crate) use self::timers::Timers;
use crate::Config;
use crate::peer::Setup;

const MAILBOX: Token = Token(0);
const SOCKET: Token = Token(1);

/// Binds one socket and starts one thread for each worker.
pub(crate) fn start_all(config: &Config) -> io::Result<Vec<Link>> {
    let setup = Setup::new()?;
    (0..config.workers.max(1)).map(|index| start(config, index, &setup)).collect()
}

fn start(config: &Config, index: usize, setup: &Setup) -> io::Result<Link> {
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
    let worker = Worker::new(socket, commands, setup.clone(), candidates(config, local));
    std::thread::Builder::new().name(format!("media-{index}")).spawn(move || worker.run(poll))?;
    Ok(Link::new(mailbox, waker, local))
}

/// The addresses clients are told.
fn candidates(config: &Config, local: SocketAddr) -> Vec<SocketAddr> {
    let mut ips = config.advertised.clone();
    if ips.is_empty() && !local.ip().is_unspecified() {
        ips.push(local.ip());
    }
    if ips.is_empty() {
        ips.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    ips.dedup();
    ips.into_iter().map(|ip| SocketAddr::new(ip, local.port())).collect()
}
