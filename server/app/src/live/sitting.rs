//! The task of one sitting: it alone owns the state, and handles one message at a time.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{PaperId, Refusal, SeatId, SessionId};
use serde_json::Value;
use session::{Command, Effect, Invited, Link, Phase, Session, Signal, Stamped, View};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::carry::Carrier;
use super::frame::{Place, ServerFrame};
use super::hub::{Hub, try_again};
use super::journal::{Loaded, Page};
use super::ledger::Ledger;
use super::media_plane::MediaPresence;
use super::papers::Paper;
use super::presence::{Conn, Presence, refused};
use crate::problem::Fault;

/// How often time and presence are looked at.
const TICK: Duration = Duration::from_millis(500);
/// How long a store that did not answer is left in peace.
const HOLD: Duration = Duration::from_secs(2);
/// An interval of the hearing ledger is not longer than this.
const LEDGER_STEP: TimeDelta = TimeDelta::minutes(5);
/// A sitting with nobody in it is put away after this; its events bring it back.
const IDLE: Duration = Duration::from_mins(5);

/// What a sitting can be told.
pub(super) enum Message {
    /// A socket has said hello.
    Join(Conn),
    /// A socket is gone.
    Part { seat: SeatId, id: u64 },
    /// A wish of a seat, by this socket.
    Command { seat: SeatId, conn: u64, id: u64, command: Value },
    /// Where a seat points, by this socket; nowhere any more.
    Point { seat: SeatId, conn: u64, at: Option<(u16, u16)> },
    /// See [`Hub::paper_for`].
    Paper { seat: SeatId, paper: PaperId, reply: oneshot::Sender<Result<domain::Paper, Refusal>> },
    /// The media plane reports.
    Media(MediaPresence),
    /// Milliseconds of speech since it was last told.
    Talked(Vec<(SeatId, u32)>),
    /// See [`Hub::enter`].
    Enter(oneshot::Sender<Result<(), Refusal>>),
    /// See [`Hub::refresh`].
    Refresh(oneshot::Sender<()>),
    /// See [`Hub::kick`].
    Kick { seat: SeatId, code: &'static str, reply: oneshot::Sender<()> },
    /// See [`Hub::publish`].
    Publish(Paper),
    /// Something happened outside.
    Signal { signal: Signal, reply: oneshot::Sender<Result<(), Refusal>> },
    /// See [`Hub::waiting`].
    Waiting(oneshot::Sender<usize>),
    /// See [`Hub::is_here`].
    Here { seat: SeatId, reply: oneshot::Sender<bool> },
}

/// Runs a sitting until nobody is left or the server stops.
pub(super) async fn run(hub: Hub, id: SessionId, mut messages: mpsc::Receiver<Message>) {
    let mut sitting = match Sitting::open(&hub, id).await {
        Ok(sitting) => sitting,
        Err(refusal) => return turn_away(messages, &refusal).await,
    };
    let stop = hub.shared.parts.tasks.stop_token();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut idle_since = Instant::now();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                sitting.presence.close_all("server_restarting");
                return;
            }
            message = messages.recv() => match message {
                Some(message) => sitting.handle(message).await,
                None => return,
            },
            _ = tick.tick() => sitting.tick().await,
        }
        sitting.catch_up().await;
        if !sitting.presence.is_empty() {
            idle_since = Instant::now();
        } else if idle_since.elapsed() >= IDLE {
            messages.close();
            while let Ok(message) = messages.try_recv() {
                hub.send(id, message).await;
            }
            return;
        }
    }
}

/// There is no such sitting, or it cannot be read now: everybody who asked is told, until nobody asks.
async fn turn_away(mut messages: mpsc::Receiver<Message>, refusal: &Refusal) {
    messages.close();
    while let Some(message) = messages.recv().await {
        match message {
            Message::Join(conn) => {
                conn.bye(if refusal.code == "not_found" { "forbidden" } else { refusal.code });
            }
            Message::Enter(reply) | Message::Signal { reply, .. } => {
                let _ = reply.send(Err(refusal.clone()));
            }
            _ => {}
        }
    }
}

struct Sitting {
    hub: Hub,
    session: Session,
    carrier: Carrier,
    presence: Presence,
    /// The store did not answer: presence is not written again before this.
    hold_until: Option<Instant>,
}

impl Sitting {
    /// Reads the events, or sets the sitting up; the room is governed and the table is in force when this is done.
    async fn open(hub: &Hub, id: SessionId) -> Result<Self, Refusal> {
        let parts = &hub.shared.parts;
        let unread = |fault: Fault| {
            tracing::error!(session = %id, error = %fault, "a sitting cannot be read");
            try_again()
        };
        // Before anything else: whatever follows, nobody hears anybody.
        parts.plane.govern(id).await;
        let loaded = parts.journal.load(id).await.map_err(unread)?;
        let Loaded { case, setup, events, papers } = loaded.ok_or_else(|| Refusal::not_found("not_found"))?;
        let roster = setup.seats.clone();
        let session = if events.is_empty() {
            let (session, first) = Session::convene(parts.clock.now(), setup);
            let page = Page { case, session: &session, facts: std::slice::from_ref(&first), heard: &[] };
            parts.journal.append(page).await.map_err(unread)?;
            session
        } else {
            replay(id, &events)?
        };
        let presence = Presence::from(session.seq());
        let mut sitting = Self {
            hub: hub.clone(),
            session,
            carrier: Carrier { case, table: None, ledger: Ledger::default() },
            presence,
            hold_until: None,
        };
        sitting.signal(Signal::Recovered).await?;
        sitting.enrol(roster).await;
        sitting.lodge(papers).await;
        let table = sitting.session.table();
        if sitting.carrier.table.as_ref() != Some(&table) {
            sitting.carrier.flip(&hub.shared, &sitting.session, table).await?.announce().await;
        }
        for (seat, _) in sitting.session.seats().filter(|(seat, _)| sitting.session.silenced(*seat)) {
            parts.plane.silence(id, seat, true).await;
        }
        parts.recordings.follow(case, &sitting.session);
        Ok(sitting)
    }

    async fn handle(&mut self, message: Message) {
        match message {
            Message::Join(conn) => self.join(conn).await,
            Message::Part { seat, id } => self.presence.part(seat, id),
            Message::Command { seat, conn, id, command } => {
                // A command of a socket that was taken over or kicked comes too late.
                if self.presence.holds(seat, conn) {
                    self.command(seat, id, command).await;
                }
            }
            Message::Point { seat, conn, at } => {
                if self.presence.holds(seat, conn) {
                    self.point(seat, at);
                }
            }
            Message::Paper { seat, paper, reply } => {
                let paper = self.session.paper_for(seat, paper).map(|laid| laid.paper.clone());
                let _ = reply.send(paper);
            }
            Message::Media(event) => self.presence.media(event.seat, event.up),
            // Not stored now: these seconds are not counted.
            Message::Talked(spoken) => drop(self.signal(Signal::Talked(spoken)).await),
            Message::Enter(reply) => {
                let _ = reply.send(Ok(()));
            }
            Message::Refresh(reply) => {
                self.refresh().await;
                let _ = reply.send(());
            }
            Message::Kick { seat, code, reply } => {
                if let Some(conn) = self.presence.remove(seat) {
                    conn.bye(code);
                }
                self.presence.media(seat, false);
                // Refused only for a seat that is not of this sitting.
                let _ = self.signal(Signal::Dismiss(seat)).await;
                let _ = reply.send(());
            }
            Message::Publish(paper) => self.publish(&paper),
            Message::Signal { signal, reply } => {
                let done = self.signal(signal).await;
                let _ = reply.send(done);
            }
            Message::Waiting(reply) => {
                let waiting = self.session.seats().filter(|(_, s)| s.online() && !s.admitted()).count();
                let _ = reply.send(waiting);
            }
            Message::Here { seat, reply } => {
                let _ = reply.send(self.presence.has(seat));
            }
        }
    }

    async fn join(&mut self, conn: Conn) {
        let seat = conn.seat;
        if self.session.seat(seat).is_none() {
            self.refresh().await;
        }
        if self.session.seat(seat).is_none() {
            return conn.bye("forbidden");
        }
        if !self.presence.take(conn) {
            return;
        }
        // If it cannot be stored now, the person is here all the same: `catch_up` says it again.
        let _ = self.signal(Signal::Connected(seat, Link::Live)).await;
        self.snapshot(seat).await;
    }

    async fn snapshot(&mut self, seat: SeatId) {
        let (parts, id) = (&self.hub.shared.parts, self.session.id());
        let Some(view) = View::of(&self.session, seat) else { return };
        let lines: Vec<_> = self.session.lines(seat).collect();
        // Papers lie on the table; who waits outside does not see them.
        let folder = if view.me.area == session::AreaId::Lobby {
            Ok(super::Folder::default())
        } else {
            parts.papers.folder(self.carrier.case, id, seat).await
        };
        match folder {
            Ok(super::Folder { agreement, minutes }) => {
                let now = parts.clock.now();
                let view = Box::new(view);
                self.presence.tell_snapshot(seat, |seq| ServerFrame::Snapshot {
                    seq,
                    now,
                    view,
                    agreement,
                    minutes,
                    lines,
                });
            }
            Err(fault) => {
                tracing::error!(session = %id, error = %fault, "the papers of a sitting cannot be read");
                if let Some(conn) = self.presence.remove(seat) {
                    conn.bye("try_again");
                }
            }
        }
    }

    async fn command(&mut self, seat: SeatId, id: u64, command: Value) {
        let done = match serde_json::from_value::<Command>(command) {
            Ok(command) => self.change(|session, now| session.apply(now, seat, command)).await,
            Err(_) => Err(Refusal::invalid("unknown_command")),
        };
        let frame = match done {
            Ok(()) => ServerFrame::Done { id, seq: self.presence.seq(seat) },
            Err(refusal) => refused(id, refusal),
        };
        self.presence.tell(seat, frame);
    }

    async fn signal(&mut self, signal: Signal) -> Result<(), Refusal> {
        self.change(|session, now| session.signal(now, signal)).await
    }

    /// The one way the state changes: decided, carried out in the switch order, and taken back if that fails.
    async fn change(
        &mut self,
        decide: impl FnOnce(&mut Session, session::Time) -> Result<Vec<Effect>, Refusal>,
    ) -> Result<(), Refusal> {
        let mut after = self.session.clone();
        let effects = decide(&mut after, self.hub.shared.parts.clock.now())?;
        let states = (&self.session, &after);
        self.carrier.carry(&self.hub.shared, &mut self.presence, states, effects).await?;
        let before = std::mem::replace(&mut self.session, after);
        // The table was flipped before: this only writes down.
        self.hub.shared.parts.recordings.follow(self.carrier.case, &self.session);
        self.follow(&before).await;
        Ok(())
    }

    /// What a change brings besides: papers for who was admitted, the end of the media for a device that was left and
    /// for a sitting that is over.
    async fn follow(&mut self, before: &Session) {
        let moved = self
            .session
            .seats()
            .filter(|(id, s)| before.seat(*id).is_some_and(|was| was.devices < s.devices));
        for seat in moved.map(|(id, _)| id).collect::<Vec<_>>() {
            self.hub.shared.parts.plane.remove(self.session.id(), seat).await;
            if let Some(conn) = self.presence.remove(seat) {
                conn.bye("moved_to_other_device");
            }
            self.presence.media(seat, false);
        }
        let admitted: Vec<SeatId> = self
            .session
            .seats()
            .filter(|(id, s)| s.admitted() && before.seat(*id).is_some_and(|was| !was.admitted()))
            .map(|(id, _)| id)
            .collect();
        for seat in admitted {
            self.snapshot(seat).await;
        }
        if over(self.session.phase()) && !over(before.phase()) {
            let plane = &self.hub.shared.parts.plane;
            for (seat, _) in self.session.seats() {
                plane.remove(self.session.id(), seat).await;
            }
            plane.close(self.session.id()).await;
            // Who is given a new token for an ended sitting finds a governed room all the same.
            plane.govern(self.session.id()).await;
        }
    }

    /// Seats as the case file has them now.
    async fn refresh(&mut self) {
        match self.hub.shared.parts.journal.load(self.session.id()).await {
            Ok(Some(loaded)) => {
                self.enrol(loaded.setup.seats).await;
                self.lodge(loaded.papers).await;
            }
            Ok(None) => {}
            Err(fault) => {
                tracing::error!(session = %self.session.id(), error = %fault, "seats cannot be read");
            }
        }
    }

    async fn enrol(&mut self, roster: Vec<Invited>) {
        for who in roster {
            if let Err(refusal) = self.signal(Signal::Enrol(who)).await {
                tracing::warn!(session = %self.session.id(), code = refusal.code, "a seat was not enrolled");
            }
        }
    }

    async fn lodge(&mut self, papers: Vec<domain::Paper>) {
        for paper in papers {
            if let Err(refusal) = self.signal(Signal::PaperLodged(Box::new(paper))).await {
                tracing::warn!(session = %self.session.id(), code = refusal.code, "a paper was not laid out");
            }
        }
    }

    /// Somebody points at the page before them: those who see the same page see it too. Nothing is stored.
    fn point(&mut self, seat: SeatId, at: Option<(u16, u16)>) {
        let Ok(session::Pointing { to, name, paper, page }) = self.session.point(seat) else { return };
        for reader in to {
            let (name, at) = (name.clone(), at.map(|(x, y)| Place { x, y }));
            self.presence.tell_in_passing(reader, ServerFrame::Point { seat, name, paper, page, at });
        }
    }

    fn publish(&mut self, paper: &Paper) {
        let frame = || match paper {
            Paper::Agreement(agreement) => ServerFrame::Agreement { agreement: agreement.clone() },
            Paper::Minutes(entry) => ServerFrame::Minutes { entry: entry.clone() },
        };
        for id in self.presence.seats() {
            let Some(seat) = self.session.seat(id) else { continue };
            if seat.admitted() && self.hub.shared.parts.papers.may_read(seat.role, paper) {
                self.presence.tell(id, frame());
            }
        }
    }

    async fn tick(&mut self) {
        let now = self.hub.shared.parts.clock.now();
        let running = self.session.phase() == Phase::Live;
        if running && self.carrier.ledger.since().is_some_and(|since| now - since >= LEDGER_STEP) {
            self.carrier.note_hearing(&self.hub.shared, &self.session).await;
        }
        if self.session.next_tick().is_some_and(|due| due <= now) {
            // Not stored now: the next tick comes soon.
            let _ = self.signal(Signal::Tick).await;
        }
    }

    /// Brings the state in line with who is really connected: also what could not be stored before.
    async fn catch_up(&mut self) {
        if self.hold_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        self.hold_until = None;
        for signal in self.presence.news(&self.session) {
            if self.signal(signal).await.is_err() {
                self.hold_until = Some(Instant::now() + HOLD);
                return;
            }
        }
    }
}

fn over(phase: Phase) -> bool {
    phase.is_over()
}

fn replay(id: SessionId, events: &[Stamped]) -> Result<Session, Refusal> {
    Session::replay(events).filter(|session| session.id() == id).ok_or_else(|| {
        tracing::error!(session = %id, events = events.len(), "the events of a sitting have a gap");
        Refusal::conflict("session_unreadable")
    })
}
