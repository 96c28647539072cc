//! What a worker takes in: bursts of datagrams and reads of TCP connections, each for its room and peer.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::names::{Whose, is_check};
use super::run::Worker;
use super::socket::Batch;
use super::tcp::Filled;
use super::{Arrival, Transport};
use crate::PeerId;

/// Reads of one TCP connection before others get their turn.
const READS_PER_TURN: usize = 8;

impl Worker {
    /// Takes one batch of datagrams. False when there is no more.
    pub(super) fn burst(&mut self, batch: &mut Batch) -> bool {
        match self.socket.receive(batch) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
            // ICMP errors of earlier sends surface here; the datagrams behind them are still to come.
            Err(_) => return true,
        }
        let now = Instant::now();
        self.forwarded = 0;
        batch.each(|source, local, datagram| {
            self.stats.datagrams_in += 1;
            self.datagram(now, source, local, datagram);
        });
        self.parcels.send();
        self.pass_on(now);
        batch.is_full()
    }

    /// Reads of a TCP connection that may have something.
    pub(super) fn stream(&mut self) {
        let Some(index) = self.out.streams.next_readable() else { return };
        let Some((remote, local, mut frames)) = self.out.streams.begin_reading(index) else { return };
        let now = Instant::now();
        self.forwarded = 0;
        let mut last = Filled::More;
        for _ in 0..READS_PER_TURN {
            last = self.out.streams.fill(index, &mut frames);
            loop {
                match frames.next() {
                    Ok(Some(frame)) if self.frame(now, index, remote, local, frame) => {}
                    Ok(None) => break,
                    Ok(Some(_)) | Err(_) => {
                        last = Filled::Closed;
                        break;
                    }
                }
            }
            if last != Filled::More {
                break;
            }
        }
        match last {
            Filled::More => self.out.streams.may_read(index),
            Filled::Dry => {}
            Filled::Closed => self.out.streams.close(index),
        }
        self.out.streams.end_reading(index, frames);
        self.pass_on(now);
    }

    /// Takes a frame of a TCP connection. False when the connection is to be closed: the first check on it was
    /// not valid, or it claims to be another's now.
    fn frame(&mut self, now: Instant, index: usize, remote: SocketAddr, local: IpAddr, frame: &[u8]) -> bool {
        self.stats.datagrams_in += 1;
        let owner = self.out.streams.owner(index);
        let check = is_check(frame);
        let to = if check { self.names.of_check(frame).map(|to| (to.room, to.peer)) } else { owner };
        let Some((room, peer)) = to else {
            self.stats.datagrams_unknown += 1;
            return owner.is_some();
        };
        if owner.is_some_and(|owner| owner != (room, peer)) {
            return false;
        }
        let Some(arrived) = self.candidates.arrived(Transport::Tcp, Some(local), remote) else {
            return false;
        };
        let arrival = Arrival { over: Transport::Tcp, source: remote, destination: arrived, check };
        let accepted = self.receive(room, peer, arrival, frame, now);
        if accepted && check {
            self.out.streams.own(index, room, peer, now);
        }
        accepted || owner.is_some()
    }

    /// Sends on what a burst brought.
    pub(super) fn pass_on(&mut self, received: Instant) {
        self.settle_rooms(Instant::now());
        self.flush();
        if self.forwarded > 0 {
            self.stats.forwarding.record(received.elapsed(), self.forwarded);
        }
    }

    pub(super) fn datagram(
        &mut self,
        now: Instant,
        source: SocketAddr,
        local: Option<IpAddr>,
        datagram: &[u8],
    ) {
        let to = match self.names.destination(source, datagram, now) {
            Some(Whose::Ours(to)) => to,
            Some(Whose::Theirs(worker)) => {
                self.parcels.add(worker, now, source, local, datagram);
                return;
            }
            None => {
                self.stats.datagrams_unknown += 1;
                return;
            }
        };
        let Some(arrived) = self.candidates.arrived(Transport::Udp, local, source) else { return };
        let arrival = Arrival { over: Transport::Udp, source, destination: arrived, check: to.check };
        let accepted = self.receive(to.room, to.peer, arrival, datagram, now);
        // Checks keep an address, media does not: it goes with the consent.
        if accepted && to.check {
            self.names.learn_address(source, to.room, to.peer, now);
            if let Some(local) = local {
                self.socket.saw_local(local);
            }
        }
    }

    /// Gives a datagram to its peer. False when it was not taken: a check that was not valid.
    fn receive(
        &mut self,
        room: usize,
        peer: PeerId,
        arrival: Arrival,
        datagram: &[u8],
        now: Instant,
    ) -> bool {
        if self.touched.last() != Some(&room) {
            self.touched.push(room);
        }
        self.with_room(room, now, |room, context| room.receive(peer, arrival, datagram, context))
            .unwrap_or(false)
    }
}
