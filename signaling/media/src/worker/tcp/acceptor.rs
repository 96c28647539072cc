//! The thread that answers the ICE-TCP port: it waits for the first frame of each connection, finds out whose
//! check it claims to be, and hands the connection to that peer's worker. It never answers anything.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};

use super::frame::Filled;
use super::stream::Stream;
use crate::command::Command;
use crate::worker::directory::Directory;
use crate::worker::link::Link;
use crate::worker::names::checked_name;

const LISTENER: Token = Token(0);
const WAKER: Token = Token(1);
const FIRST: usize = 2;
/// How long a connection may stay without its first frame.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections without a first frame. When there are more, the oldest goes: whoever opens connections and says
/// nothing shortens the time for that, and shuts nobody out who speaks at once.
const MAX_SILENT: usize = 512;
/// No file descriptor was left: wait before the next try.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// The port, before anybody answers it.
pub(crate) struct Listener {
    inner: TcpListener,
    local: SocketAddr,
}

impl Listener {
    /// Binds it.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let inner = TcpListener::bind(address)?;
        let local = inner.local_addr()?;
        Ok(Self { inner, local })
    }

    /// Where it is.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }
}

/// The acceptor, seen from its owner.
pub(crate) struct Acceptor {
    waker: Arc<Waker>,
    stop: Arc<AtomicBool>,
    local: SocketAddr,
}

impl Acceptor {
    /// Starts the thread.
    pub(crate) fn start(
        Listener { inner: mut listener, local }: Listener,
        workers: Arc<[Link]>,
        directory: Arc<Directory>,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let stop = Arc::new(AtomicBool::new(false));
        let hall = Hall { listener, workers, directory, silent: VecDeque::new(), next: FIRST };
        let stopped = Arc::clone(&stop);
        std::thread::Builder::new().name("media-tcp".into()).spawn(move || hall.run(poll, &stopped))?;
        Ok(Self { waker, stop, local })
    }

    /// Where it listens.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Ends the thread; connections that were handed over go on.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.waker.wake();
    }
}

/// A connection that has not said whose it is.
struct Silent {
    token: Token,
    stream: Stream,
    since: Instant,
}

/// What becomes of it.
enum Outcome {
    Waits,
    Closed,
    Claims(usize),
}

struct Hall {
    listener: TcpListener,
    workers: Arc<[Link]>,
    directory: Arc<Directory>,
    /// Oldest first.
    silent: VecDeque<Silent>,
    next: usize,
}

impl Hall {
    fn run(mut self, mut poll: Poll, stop: &AtomicBool) {
        let mut events = Events::with_capacity(256);
        let mut retry = false;
        while !stop.load(Ordering::Relaxed) {
            let oldest = self
                .silent
                .front()
                .map(|silent| (silent.since + PATIENCE).saturating_duration_since(Instant::now()));
            let wait =
                if retry { Some(oldest.map_or(EXHAUSTED, |oldest| oldest.min(EXHAUSTED))) } else { oldest };
            match poll.poll(&mut events, wait) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    tracing::error!(%error, "ICE-TCP ends: the acceptor cannot poll");
                    return;
                }
            }
            for event in &events {
                match event.token() {
                    LISTENER => retry = true,
                    WAKER => {}
                    token => self.hear(token, &poll),
                }
            }
            if retry {
                retry = self.accept(&poll);
            }
            let now = Instant::now();
            while self.silent.front().is_some_and(|silent| now.duration_since(silent.since) >= PATIENCE) {
                self.silent.pop_front();
            }
        }
    }

    /// Takes waiting connections. True when it must be tried again later.
    fn accept(&mut self, poll: &Poll) -> bool {
        loop {
            match self.listener.accept() {
                Ok((io, remote)) => {
                    if self.silent.len() >= MAX_SILENT {
                        self.silent.pop_front();
                    }
                    self.greet(io, remote, poll);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    tracing::warn!(%error, "ICE-TCP connection not accepted");
                    return true;
                }
            }
        }
    }

    fn greet(&mut self, mut io: TcpStream, remote: SocketAddr, poll: &Poll) {
        let Ok(local) = io.local_addr() else { return };
        let token = Token(self.next);
        self.next = self.next.checked_add(1).unwrap_or(FIRST);
        if poll.registry().register(&mut io, token, Interest::READABLE).is_err() {
            return;
        }
        let stream = Stream::new(io, canonical(remote), canonical(local));
        self.silent.push_back(Silent { token, stream, since: Instant::now() });
        self.hear(token, poll);
    }

    /// Reads of a connection until its first frame is there.
    fn hear(&mut self, token: Token, poll: &Poll) {
        let Some(at) = self.silent.iter().position(|silent| silent.token == token) else { return };
        match self.claim(at) {
            Outcome::Waits => {}
            Outcome::Closed => drop(self.silent.remove(at)),
            Outcome::Claims(worker) => {
                let Some(Silent { mut stream, .. }) = self.silent.remove(at) else { return };
                if poll.registry().deregister(&mut stream.io).is_ok()
                    && let Some(worker) = self.workers.get(worker)
                {
                    worker.send(Command::Stream(Box::new(stream)));
                }
            }
        }
    }

    fn claim(&mut self, at: usize) -> Outcome {
        let stream = &mut self.silent[at].stream;
        loop {
            let filled = stream.fill();
            match stream.first() {
                Ok(Some(frame)) => {
                    let worker = checked_name(frame).and_then(|name| self.directory.names().worker(name));
                    return worker.map_or(Outcome::Closed, Outcome::Claims);
                }
                Ok(None) => {}
                Err(_) => return Outcome::Closed,
            }
            match filled {
                Filled::More => {}
                Filled::Dry => return Outcome::Waits,
                Filled::Closed => return Outcome::Closed,
            }
        }
    }
}

/// IPv4 clients of a dual-stack listener, as IPv4.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
