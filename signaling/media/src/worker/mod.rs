//! The media threads.

mod link;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use mio::{Events, Poll, Token, Waker};

pub(crate) use self::link::Link;
use crate::Config;
use crate::command::Command;

/// Binds one socket and starts one thread for each worker.
pub(crate) fn start_all(config: &Config) -> io::Result<Vec<Link>> {
    (0..config.workers.max(1)).map(|index| start(config, index)).collect()
}

fn start(config: &Config, index: usize) -> io::Result<Link> {
    let mut udp = config.udp;
    if udp.port() != 0 {
        udp.set_port(udp.port().saturating_add(u16::try_from(index).unwrap_or(u16::MAX)));
    }
    let socket = std::net::UdpSocket::bind(udp)?;
    let poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), Token(0))?);
    let (mailbox, commands) = channel();
    let local = socket.local_addr()?;
    std::thread::Builder::new().name(format!("media-{index}")).spawn(move || run(poll, &commands))?;
    Ok(Link::new(mailbox, waker, local))
}

fn run(mut poll: Poll, commands: &Receiver<Command>) {
    let mut events = Events::with_capacity(16);
    loop {
        if poll.poll(&mut events, None).is_err() {
            return;
        }
        while let Ok(command) = commands.try_recv() {
            match command {
                Command::Room(..) => {}
                Command::Stats(reply) => drop(reply.send(crate::Stats::default())),
                Command::Shutdown => return,
            }
        }
    }
}
