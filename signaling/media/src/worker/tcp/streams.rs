//! The TCP connections of one worker.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use mio::{Interest, Registry, Token};

use super::frame::{Filled, Frames};
use super::stream::{Owner, Stream};
use crate::PeerId;

/// Connections of one worker; more are refused.
const MAX_STREAMS: usize = 2048;
/// Connections of one client: one for each of its interfaces, and some of before a restart.
const MAX_OF_PEER: usize = 8;
/// A connection without a valid check for this long is closed.
const LIFETIME: Duration = Duration::from_mins(1);

/// The TCP connections of one worker, each under a token of its own.
#[derive(Default)]
pub(crate) struct Streams {
    first_token: usize,
    slots: Vec<Option<Stream>>,
    by_remote: HashMap<SocketAddr, usize>,
    /// Written to and not flushed.
    dirty: Vec<usize>,
    /// Maybe more to read.
    readable: VecDeque<usize>,
    sent: u64,
    dropped: u64,
}

impl Streams {
    /// None yet; tokens from the given one on are theirs.
    pub(crate) fn new(first_token: Token) -> Self {
        Self { first_token: first_token.0, ..Self::default() }
    }

    /// Takes over a connection; its first frame is there already.
    pub(crate) fn add(&mut self, mut stream: Stream, registry: &Registry) -> io::Result<()> {
        if self.by_remote.len() >= MAX_STREAMS || self.by_remote.contains_key(&stream.remote) {
            return Err(io::Error::other("too many connections"));
        }
        let index = self.slots.iter().position(Option::is_none).unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        let token = Token(self.first_token + index);
        registry.register(&mut stream.io, token, Interest::READABLE | Interest::WRITABLE)?;
        self.by_remote.insert(stream.remote, index);
        self.slots[index] = Some(stream);
        self.may_read(index);
        Ok(())
    }

    /// Number of connections.
    pub(crate) fn len(&self) -> usize {
        self.by_remote.len()
    }

    /// Counters: frames sent, frames dropped.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.sent, self.dropped)
    }

    /// Notes that the kernel has news of a connection.
    pub(crate) fn woken(&mut self, token: Token, readable: bool, writable: bool) {
        let Some(index) = token.0.checked_sub(self.first_token) else { return };
        let Some(Some(stream)) = self.slots.get_mut(index) else { return };
        if writable {
            stream.unblock();
            self.dirty.push(index);
        }
        if readable {
            self.may_read(index);
        }
    }

    /// Connections that may have more to read.
    pub(crate) fn readable(&self) -> usize {
        self.readable.len()
    }

    /// Takes one of them from the list.
    pub(crate) fn next_readable(&mut self) -> Option<usize> {
        self.readable.pop_front()
    }

    /// Puts a connection on that list.
    pub(crate) fn may_read(&mut self, index: usize) {
        if !self.readable.contains(&index) {
            self.readable.push_back(index);
        }
    }

    /// Where a connection comes from, which of our addresses it goes to, and what was read of it so far. What
    /// was read must be put back with [`Self::end_reading`].
    pub(crate) fn begin_reading(&mut self, index: usize) -> Option<(SocketAddr, IpAddr, Frames)> {
        let stream = self.slots.get_mut(index)?.as_mut()?;
        Some((stream.remote, stream.local.ip(), std::mem::take(&mut stream.frames)))
    }

    /// Reads once.
    pub(crate) fn fill(&mut self, index: usize, frames: &mut Frames) -> Filled {
        match self.slots.get_mut(index) {
            Some(Some(stream)) => frames.fill(&mut stream.io),
            _ => Filled::Closed,
        }
    }

    /// Puts back what was read.
    pub(crate) fn end_reading(&mut self, index: usize, frames: Frames) {
        if let Some(Some(stream)) = self.slots.get_mut(index) {
            stream.frames = frames;
        }
    }

    /// Whose connection it is.
    pub(crate) fn owner(&self, index: usize) -> Option<(usize, PeerId)> {
        let owner = self.slots.get(index)?.as_ref()?.owner?;
        Some((owner.room, owner.peer))
    }

    /// A valid check came over a connection: it is this peer's from now on.
    pub(crate) fn own(&mut self, index: usize, room: usize, peer: PeerId, now: Instant) {
        let Some(Some(stream)) = self.slots.get_mut(index) else { return };
        let is_new = stream.owner.replace(Owner { room, peer, heard: now }).is_none();
        if !is_new {
            return;
        }
        let mut of_peer: Vec<_> = self.of_peer(peer).collect();
        if of_peer.len() > MAX_OF_PEER {
            of_peer.sort_by_key(|(_, heard)| *heard);
            self.close(of_peer[0].0);
        }
    }

    fn of_peer(&self, peer: PeerId) -> impl Iterator<Item = (usize, Instant)> + '_ {
        self.slots.iter().enumerate().filter_map(move |(index, stream)| {
            let owner = stream.as_ref()?.owner?;
            (owner.peer == peer).then_some((index, owner.heard))
        })
    }

    /// Queues a datagram for the client that connects from there.
    pub(crate) fn push(&mut self, to: SocketAddr, bytes: Vec<u8>) {
        let kept = self.by_remote.get(&to).is_some_and(|&index| {
            let Some(Some(stream)) = self.slots.get_mut(index) else { return false };
            if self.dirty.last() != Some(&index) {
                self.dirty.push(index);
            }
            stream.push(bytes)
        });
        self.dropped += u64::from(!kept);
    }

    /// Drops what waits for a peer: it may be of a pair that was just closed.
    pub(crate) fn purge(&mut self, peer: PeerId) {
        if self.by_remote.is_empty() {
            return;
        }
        for stream in self.slots.iter_mut().flatten() {
            if stream.owner.is_some_and(|owner| owner.peer == peer) {
                self.dropped += stream.purge() as u64;
            }
        }
    }

    /// Writes what waits, as far as the kernel takes it.
    pub(crate) fn flush(&mut self) {
        while let Some(index) = self.dirty.pop() {
            let Some(Some(stream)) = self.slots.get_mut(index) else { continue };
            if stream.flush(&mut self.sent).is_err() {
                self.close(index);
            }
        }
    }

    /// Ends a connection.
    pub(crate) fn close(&mut self, index: usize) {
        if let Some(stream) = self.slots.get_mut(index).and_then(Option::take) {
            self.by_remote.remove(&stream.remote);
        }
    }

    /// Ends connections that went silent and those of peers that are gone.
    pub(crate) fn expire(&mut self, now: Instant, alive: &HashSet<PeerId>) {
        for index in 0..self.slots.len() {
            let over = self.slots[index].as_ref().is_some_and(|stream| {
                stream.owner.is_none_or(|owner| {
                    now.saturating_duration_since(owner.heard) >= LIFETIME || !alive.contains(&owner.peer)
                })
            });
            if over {
                self.close(index);
            }
        }
    }
}
