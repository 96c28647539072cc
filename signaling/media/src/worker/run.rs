//! A worker's loop: commands, a burst of datagrams, timers, then one flush. It waits only in `poll`.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::TryRecvError;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Registry};

use super::link::Mailbox;
use super::parcel::Parcels;
use super::place::{Load, Place};
use super::socket::{Batch, Socket};
use super::{Candidates, MAILBOX, Names, Outbox, SOCKET, STREAMS, Timers, cpu};
use crate::CloseReason;
use crate::command::Command;
use crate::peer::Setup;
use crate::room::{Context, Room};
use crate::stats::Stats;

/// Rooms are looked after this often: keyframes asked for again, loudness told.
const TICK: Duration = Duration::from_millis(25);
/// Silent addresses are looked for this often.
const EXPIRY: Duration = Duration::from_secs(5);
/// The thread's CPU time is looked at this often.
const MEASURE: Duration = Duration::from_secs(1);
/// Batches taken before timers and commands get their turn.
const BATCHES_PER_TURN: usize = 8;
/// A turn begins no sooner than this after the one before, as a network card holds back its interrupts: what comes
/// meanwhile is handled, and leaves, together. Whoever comes after a pause is served at once.
const BREATH: Duration = Duration::from_micros(1500);
/// Timers that fire while nothing else happens are gathered for this long. Paced pictures leave in bursts of it.
const TIMERS_APART: Duration = Duration::from_millis(5);
/// Commands taken before packets get their turn.
const COMMANDS_PER_TURN: usize = 64;

/// One media thread's state.
pub(super) struct Worker {
    pub(super) socket: Socket,
    pub(super) mailbox: Mailbox,
    setup: Setup,
    pub(super) candidates: Candidates,
    /// Rooms by index, so that a datagram finds its room without hashing a name.
    pub(super) rooms: Vec<Option<(Arc<Place>, Room)>>,
    pub(super) keys: HashMap<Box<str>, usize>,
    /// Rooms that took something since they were last polled.
    pub(super) touched: Vec<usize>,
    pub(super) names: Names,
    timers: Timers,
    pub(super) out: Outbox,
    /// Datagrams for other workers.
    pub(super) parcels: Parcels,
    pub(super) load: Arc<Load>,
    pub(super) stats: Stats,
    pub(super) forwarded: u64,
    /// When timers last fired.
    fired: Instant,
}

impl Worker {
    pub(super) fn new(
        socket: Socket,
        mailbox: Mailbox,
        setup: Setup,
        candidates: Candidates,
        names: Names,
        parcels: Parcels,
        load: Arc<Load>,
    ) -> Self {
        Self {
            socket,
            mailbox,
            setup,
            candidates,
            rooms: Vec::new(),
            keys: HashMap::new(),
            touched: Vec::new(),
            names,
            timers: Timers::default(),
            out: Outbox::new(STREAMS),
            parcels,
            load,
            stats: Stats::default(),
            forwarded: 0,
            fired: Instant::now(),
        }
    }

    /// Runs until told to shut down or until every handle is gone.
    pub(super) fn run(mut self, mut poll: Poll) {
        let mut events = Events::with_capacity(16);
        let mut batch = Batch::default();
        let (mut readable, mut more_commands) = (true, true);
        let mut next_tick = Instant::now();
        let mut next_expiry = Instant::now() + EXPIRY;
        let mut measured = (Instant::now(), cpu::of_this_thread());
        let mut began = Instant::now();
        loop {
            if !readable
                && !more_commands
                && let Some(rest) = BREATH.checked_sub(began.elapsed())
            {
                std::thread::sleep(rest);
            }
            let busy = readable || more_commands || self.out.streams.readable() > 0;
            let wait = if busy { Some(Duration::ZERO) } else { self.wait(next_tick, measured.0 + MEASURE) };
            match poll.poll(&mut events, wait) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    tracing::error!(%error, "media worker cannot poll");
                    break;
                }
            }
            began = Instant::now();
            let mut writable = false;
            for event in &events {
                match event.token() {
                    SOCKET => {
                        readable |= event.is_readable();
                        writable |= event.is_writable();
                    }
                    MAILBOX => {}
                    token => self.out.streams.woken(token, event.is_readable(), event.is_writable()),
                }
            }
            more_commands = match self.commands(poll.registry()) {
                Ok(more) => more,
                Err(Ended) => break,
            };
            if self.out.is_blocked() && writable {
                self.out.flush(&self.socket);
            }
            for _ in 0..BATCHES_PER_TURN {
                if !readable {
                    break;
                }
                readable = self.burst(&mut batch);
            }
            for _ in 0..self.out.streams.readable() {
                self.stream();
            }
            let now = Instant::now();
            self.fire(now);
            if now >= next_tick {
                next_tick = now + TICK;
                self.tick(now);
            }
            if now >= measured.0 + MEASURE {
                let used = cpu::of_this_thread();
                self.load.measured(used.saturating_sub(measured.1), now - measured.0);
                measured = (now, used);
            }
            if now >= next_expiry {
                next_expiry = now + EXPIRY;
                self.names.expire(now);
                if self.out.streams.len() > 0 {
                    self.out.streams.expire(now, &self.names.peers());
                }
            }
            self.flush();
        }
        self.each_room(|room, context| room.close(CloseReason::Shutdown, context));
        self.flush();
    }

    fn wait(&self, next_tick: Instant, next_measure: Instant) -> Option<Duration> {
        let tick = (!self.keys.is_empty()).then_some(next_tick);
        let measure = (self.load.busy() > 0).then_some(next_measure);
        let timer = self.timers.next().map(|at| at.max(self.fired + TIMERS_APART));
        let at = tick.into_iter().chain(measure).chain(timer).min()?;
        Some(at.saturating_duration_since(Instant::now()))
    }

    /// Carries out waiting commands. True when some are left for the next turn.
    fn commands(&mut self, registry: &Registry) -> Result<bool, Ended> {
        for _ in 0..COMMANDS_PER_TURN {
            match self.mailbox.next() {
                Ok(Command::Room(place, command)) => {
                    let index = self.room_index(&place);
                    self.with_room(index, Instant::now(), |room, context| room.command(command, context));
                    self.forget_if_idle(index);
                    self.flush();
                }
                Ok(Command::Datagrams(parcel)) => {
                    self.forwarded = 0;
                    let now = Instant::now();
                    parcel.each(|source, local, datagram| self.datagram(now, source, local, datagram));
                    // Another's parcel may have crossed a move; it does not travel for ever.
                    self.parcels.discard();
                    self.pass_on(parcel.received);
                }
                Ok(Command::Stream(stream)) => {
                    if let Err(error) = self.out.streams.add(*stream, registry) {
                        tracing::debug!(%error, "TCP connection refused");
                    }
                }
                Ok(Command::Stats(reply)) => {
                    let _ = reply.send(self.report());
                }
                Ok(Command::Shutdown) | Err(TryRecvError::Disconnected) => return Err(Ended),
                Err(TryRecvError::Empty) => return Ok(false),
            }
        }
        Ok(true)
    }

    fn fire(&mut self, now: Instant) {
        let mut fired = false;
        while let Some((at, index, peer)) = self.timers.pop(now) {
            fired = true;
            self.with_room(index, now, |room, context| room.timeout(peer, at, context));
            self.touched.push(index);
        }
        if fired {
            self.fired = now;
            self.settle_rooms(now);
        }
    }

    fn tick(&mut self, now: Instant) {
        for index in 0..self.rooms.len() {
            self.with_room(index, now, super::super::room::Room::tick);
            self.forget_if_idle(index);
        }
    }

    pub(super) fn settle_rooms(&mut self, now: Instant) {
        while let Some(index) = self.touched.pop() {
            if self.rooms[index].as_ref().is_some_and(|(_, room)| room.is_unsettled()) {
                self.with_room(index, now, super::super::room::Room::settle);
            }
        }
    }

    pub(super) fn flush(&mut self) {
        self.out.streams.flush();
        if !self.out.is_blocked() {
            self.out.flush(&self.socket);
        }
    }

    fn each_room(&mut self, call: impl Fn(&mut Room, &mut Context<'_>)) {
        let now = Instant::now();
        for index in 0..self.rooms.len() {
            self.with_room(index, now, &call);
        }
    }

    /// Calls into a room; a panic in it closes that room and no other.
    pub(super) fn with_room<T>(
        &mut self,
        index: usize,
        now: Instant,
        call: impl FnOnce(&mut Room, &mut Context<'_>) -> T,
    ) -> Option<T> {
        let (place, room) = self.rooms.get_mut(index)?.as_mut()?;
        let mut context = Context {
            now,
            out: &mut self.out,
            stats: &mut self.stats,
            names: &mut self.names,
            timers: &mut self.timers,
            setup: &self.setup,
            candidates: &self.candidates,
            forwarded: &mut self.forwarded,
        };
        if let Ok(value) = catch_unwind(AssertUnwindSafe(|| call(room, &mut context))) {
            return Some(value);
        }
        tracing::error!(room = %place.key, "fault in a room; it is closed, other rooms go on");
        context.stats.faults += 1;
        // Its peers are told and forgotten; a governed room stays governed, with nobody seeing anybody.
        let peers = room.peer_ids();
        let closed = catch_unwind(AssertUnwindSafe(|| room.close(CloseReason::Fault, &mut context)));
        if closed.is_err() {
            tracing::error!(room = %place.key, "the room could not even be closed");
        }
        for peer in peers {
            context.names.forget(peer);
        }
        let governed = room.is_governed();
        *room = Room::new(index);
        if governed {
            room.govern_empty(now);
        }
        None
    }

    fn room_index(&mut self, place: &Arc<Place>) -> usize {
        if let Some(&index) = self.keys.get(&place.key) {
            return index;
        }
        let index = self.rooms.iter().position(Option::is_none).unwrap_or_else(|| {
            self.rooms.push(None);
            self.rooms.len() - 1
        });
        self.rooms[index] = Some((Arc::clone(place), Room::new(index)));
        self.keys.insert(place.key.clone(), index);
        index
    }

    fn forget_if_idle(&mut self, index: usize) {
        if self.rooms[index].as_ref().is_some_and(|(_, room)| room.is_idle())
            && let Some((place, _)) = self.rooms[index].take()
        {
            self.keys.remove(&place.key);
        }
    }
}

/// The worker was told to end.
struct Ended;

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{Receiver, channel};
    use tokio::sync::oneshot;

    use super::*;
    use crate::command::RoomCommand;
    use crate::worker::Places;
    use crate::{PeerEvent, PeerId};

    fn worker() -> Worker {
        let socket = Socket::bind("127.0.0.1:0".parse().expect("address"), true).expect("a socket");
        let local = socket.local_addr().expect("an address");
        let poll = Poll::new().expect("a poll");
        let waker = mio::Waker::new(poll.registry(), MAILBOX).expect("a waker");
        let (_, mailbox) = super::super::Link::new(waker, local);
        let candidates = Candidates::new(&[], local, None);
        let setup = Setup::new().expect("a certificate");
        Worker::new(socket, mailbox, setup, candidates, Names::default(), Parcels::default(), Arc::default())
    }

    fn enter(worker: &mut Worker, room: &str, peer: u64) -> (usize, Receiver<PeerEvent>) {
        let index = worker.room_index(&Places::new(vec![Arc::default()]).find(room));
        let (events, heard) = channel(crate::EVENTS);
        let (reply, _) = oneshot::channel();
        let command = RoomCommand::AddPeer { peer: PeerId(peer), label: "PA_x".into(), events, reply };
        worker.with_room(index, Instant::now(), |room, context| room.command(command, context));
        (index, heard)
    }

    #[test]
    fn a_fault_in_one_room_closes_that_room_alone() {
        let mut worker = worker();
        let (broken, mut in_broken) = enter(&mut worker, "broken", 1);
        let (sound, mut in_sound) = enter(&mut worker, "sound", 2);
        let (reply, _) = oneshot::channel();
        let govern = RoomCommand::Govern { reply };
        worker.with_room(broken, Instant::now(), |room, context| room.command(govern, context));

        let outcome =
            worker.with_room(broken, Instant::now(), |_, _| -> () { panic!("a fault, on purpose") });

        assert!(outcome.is_none());
        assert_eq!(in_broken.try_recv().ok(), Some(PeerEvent::Closed { reason: CloseReason::Fault }));
        assert!(in_sound.try_recv().is_err(), "the other room noticed nothing");
        let (_, room) = worker.rooms[broken].as_ref().expect("the room's rule stands");
        assert!(room.is_governed() && room.peer_count() == 0);
        let (_, room) = worker.rooms[sound].as_ref().expect("the sound room");
        assert_eq!(room.peer_count(), 1);
        assert_eq!(worker.report().faults, 1);
    }
}
