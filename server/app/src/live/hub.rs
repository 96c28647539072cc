//! The registry: finds or starts the task of a sitting, and is what HTTP handlers speak to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::{PaperId, Refusal, SeatId, SessionId};
use session::{Invited, Signal};
use tokio::sync::{broadcast, mpsc, oneshot};

use super::bell::Bell;
use super::journal::Journal;
use super::media_plane::MediaPlane;
use super::papers::{Paper, Papers};
use super::presence::Conn;
use super::sitting::{self, Message};
use crate::clock::Clock;
use crate::problem::Fault;
use crate::recordings::Recordings;
use crate::tasks::Tasks;

/// Messages that may wait for a sitting; who sends more waits.
const MAILBOX: usize = 256;

/// What the hub is made of.
pub struct Parts {
    /// Facts.
    pub journal: Arc<dyn Journal>,
    /// The forwarding table.
    pub plane: Arc<dyn MediaPlane>,
    /// Agreement and minutes.
    pub papers: Arc<dyn Papers>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What writes down what it may hear.
    pub recordings: Recordings,
    /// Where tasks run.
    pub tasks: Tasks,
}

/// The live hub. A cheap handle.
#[derive(Clone)]
pub struct Hub {
    pub(super) shared: Arc<Shared>,
}

/// What all sittings share.
pub(super) struct Shared {
    pub parts: Parts,
    pub bell: Bell,
    sittings: Mutex<HashMap<SessionId, mpsc::Sender<Message>>>,
}

impl Hub {
    /// A hub without a sitting; it listens to the media plane from now on.
    pub fn new(parts: Parts) -> Self {
        let hub =
            Self { shared: Arc::new(Shared { bell: Bell::default(), sittings: Mutex::default(), parts }) };
        hub.follow_media();
        hub.follow_talk();
        hub.follow_recorders();
        hub
    }

    /// To be awaited before the server listens: every room that may still be used is governed, so that who comes back
    /// with an old media token finds nobody before the sitting itself is back. Answers how many.
    pub async fn resume(&self) -> Result<usize, Fault> {
        let rooms = self.shared.parts.journal.rooms().await?;
        for room in &rooms {
            self.shared.parts.plane.govern(*room).await;
        }
        Ok(rooms.len())
    }

    /// Somebody is about to be given a media token for this sitting: its room is governed and its table is in force
    /// when this resolves. `not_found` if there is no such sitting.
    pub async fn enter(&self, session: SessionId) -> Result<(), Refusal> {
        self.ask(session, Message::Enter).await.unwrap_or_else(|| Err(try_again()))
    }

    /// The roster in the case file changed: seats are added and names corrected.
    pub async fn refresh(&self, session: SessionId) {
        self.ask(session, Message::Refresh).await;
    }

    /// The seat's link was revoked: out of the sitting, live and media, before this resolves.
    pub async fn kick(&self, session: SessionId, seat: SeatId, code: &'static str) {
        self.shared.parts.plane.remove(session, seat).await;
        self.ask(session, |reply| Message::Kick { seat, code, reply }).await;
    }

    /// A paper changed: those at the table who may read it get it. Nothing happens if nobody is there.
    pub async fn publish(&self, session: SessionId, paper: Paper) {
        if let Some(mailbox) = self.shared.find(session) {
            // A closed mailbox means the last one has just left.
            let _ = mailbox.send(Message::Publish(paper)).await;
        }
    }

    /// A paper, if this seat may see it now; `unknown_paper` else, whether there is one or not.
    pub async fn paper_for(
        &self,
        session: SessionId,
        seat: SeatId,
        paper: PaperId,
    ) -> Result<domain::Paper, Refusal> {
        let asked = self.ask(session, |reply| Message::Paper { seat, paper, reply }).await;
        asked.unwrap_or_else(|| Err(try_again()))
    }

    /// The sitting will not take place.
    pub async fn cancel(&self, session: SessionId) -> Result<(), Refusal> {
        self.signal(session, Signal::Cancel).await
    }

    /// These two may never share an area from now on.
    pub async fn screen(&self, session: SessionId, a: SeatId, b: SeatId) -> Result<(), Refusal> {
        self.signal(session, Signal::Screen(a, b)).await
    }

    /// Another device, by the hash of its cookie, would like to have this seat; this number stands on its screen.
    pub async fn device_asks(
        &self,
        session: SessionId,
        seat: SeatId,
        wish: session::DeviceWish,
    ) -> Result<(), Refusal> {
        self.signal(session, Signal::DeviceAsks(seat, wish)).await
    }

    /// Adds or corrects one seat.
    pub async fn enrol(&self, session: SessionId, who: Invited) -> Result<(), Refusal> {
        self.signal(session, Signal::Enrol(who)).await
    }

    /// How many wait in the lobby now.
    pub async fn waiting(&self, session: SessionId) -> usize {
        let Some(mailbox) = self.shared.find(session) else { return 0 };
        let (reply, answer) = oneshot::channel();
        if mailbox.send(Message::Waiting(reply)).await.is_err() {
            return 0;
        }
        answer.await.unwrap_or(0)
    }

    /// Whether some window of this seat is connected now.
    pub async fn is_here(&self, session: SessionId, seat: SeatId) -> bool {
        let Some(mailbox) = self.shared.find(session) else { return false };
        let (reply, answer) = oneshot::channel();
        mailbox.send(Message::Here { seat, reply }).await.is_ok() && answer.await.unwrap_or(false)
    }

    /// Rung when something changed for desks elsewhere: a call for an expert, a call for help.
    pub fn bell(&self) -> &Bell {
        &self.shared.bell
    }

    /// Whose desk rings for a call of this sitting; none: nobody is left to be rung. Hosts see it.
    pub async fn call_rings(
        &self,
        session: SessionId,
        call: u32,
        whom: Option<String>,
    ) -> Result<(), Refusal> {
        self.signal(session, Signal::CallRings(call, whom)).await
    }

    /// The incident desk has seen this seat's call for help.
    pub async fn desk_answered(&self, session: SessionId, seat: SeatId) -> Result<(), Refusal> {
        self.signal(session, Signal::DeskAnswered(seat)).await
    }

    /// Somebody on duty takes a call of this sitting, and has this seat there. `call_taken` if another was quicker.
    pub async fn take_call(&self, session: SessionId, call: u32, seat: SeatId) -> Result<(), Refusal> {
        self.signal(session, Signal::TakeCall(call, seat)).await
    }

    /// A socket that has said hello. The sitting tells it the rest.
    pub(super) async fn join(&self, session: SessionId, conn: Conn) {
        self.send(session, Message::Join(conn)).await;
    }

    /// A socket is gone.
    pub(super) async fn part(&self, session: SessionId, seat: SeatId, id: u64) {
        if let Some(mailbox) = self.shared.find(session) {
            // Closed: the sitting was put away meanwhile, and knows nobody.
            let _ = mailbox.send(Message::Part { seat, id }).await;
        }
    }

    /// Sends to the sitting's task, which is started if need be.
    pub(super) async fn send(&self, session: SessionId, mut message: Message) {
        // A task may end between being found and being told; its successor takes the message.
        while let Err(unsent) = self.open(session).send(message).await {
            message = unsent.0;
        }
    }

    async fn signal(&self, session: SessionId, signal: Signal) -> Result<(), Refusal> {
        self.ask(session, |reply| Message::Signal { signal, reply }).await.unwrap_or_else(|| Err(try_again()))
    }

    async fn ask<T>(
        &self,
        session: SessionId,
        message: impl FnOnce(oneshot::Sender<T>) -> Message,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.send(session, message(reply)).await;
        answer.await.ok()
    }

    fn open(&self, session: SessionId) -> mpsc::Sender<Message> {
        let mut sittings = self.shared.sittings();
        if let Some(mailbox) = sittings.get(&session).filter(|mailbox| !mailbox.is_closed()) {
            return mailbox.clone();
        }
        let (mailbox, messages) = mpsc::channel(MAILBOX);
        sittings.retain(|_, mailbox| !mailbox.is_closed());
        sittings.insert(session, mailbox.clone());
        self.shared.parts.tasks.spawn("sitting", sitting::run(self.clone(), session, messages));
        mailbox
    }

    /// Hands what the media plane reports to the sittings that are running.
    fn follow_media(&self) {
        let hub = self.clone();
        let mut presence = self.shared.parts.plane.presence();
        let stop = self.shared.parts.tasks.stop_token();
        self.shared.parts.tasks.spawn("media presence", async move {
            loop {
                let event = tokio::select! {
                    () = stop.cancelled() => return,
                    event = presence.recv() => event,
                };
                match event {
                    Ok(event) if event.up => hub.send(event.session, Message::Media(event)).await,
                    Ok(event) => {
                        if let Some(mailbox) = hub.shared.find(event.session) {
                            let _ = mailbox.send(Message::Media(event)).await;
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "media presence came faster than it was read");
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }
}

impl Hub {
    /// Hands talk time to the sittings that are running. What is missed is not made up: it is a balance, no bill.
    fn follow_talk(&self) {
        let hub = self.clone();
        let mut spoken = self.shared.parts.plane.spoken();
        let stop = self.shared.parts.tasks.stop_token();
        self.shared.parts.tasks.spawn("talk time", async move {
            loop {
                let batch = tokio::select! {
                    () = stop.cancelled() => return,
                    batch = spoken.recv() => batch,
                };
                match batch {
                    Ok(batch) => {
                        if let Some(mailbox) = hub.shared.find(batch.session) {
                            // Full or closed: a sitting that is this busy, or over, does without.
                            let _ = mailbox.try_send(Message::Talked(batch.spoken));
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(missed)) => {
                        tracing::debug!(missed, "talk time came faster than it was read");
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }
}

impl Hub {
    /// Hands what recorders complain of to their sittings, whose hosts are told.
    fn follow_recorders(&self) {
        let hub = self.clone();
        let mut reports = self.shared.parts.recordings.reports();
        let stop = self.shared.parts.tasks.stop_token();
        self.shared.parts.tasks.spawn("recorder reports", async move {
            loop {
                let report = tokio::select! {
                    () = stop.cancelled() => return,
                    report = reports.recv() => report,
                };
                match report {
                    Ok(report) => {
                        if hub.signal(report.session, Signal::Recorder(report.trouble)).await.is_err() {
                            tracing::error!(session = %report.session, "a sitting was not told of its recorder");
                        }
                    }
                    Err(broadcast::error::RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "recorders complained faster than was read");
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }
}

impl Shared {
    fn find(&self, session: SessionId) -> Option<mpsc::Sender<Message>> {
        self.sittings().get(&session).filter(|mailbox| !mailbox.is_closed()).cloned()
    }

    fn sittings(&self) -> std::sync::MutexGuard<'_, HashMap<SessionId, mpsc::Sender<Message>>> {
        self.sittings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer when a sitting cannot be reached or its facts cannot be stored: nothing changed.
pub(super) fn try_again() -> Refusal {
    Refusal::conflict("try_again")
}
