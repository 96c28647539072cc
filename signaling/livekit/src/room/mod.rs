//! A room: one task that owns all there is to know about it and handles one message at a time.
//!
//! After each message it settles: people are told what changed for them, then asked to negotiate for it.
//! That order is a rule of the protocol (a client drops a track of someone it was not told of), and keeping
//! both in one place makes several changes in one message one update.

mod admin;
mod data;
mod governance;
mod join;
mod media_event;
mod moving;
mod permission;
mod profile;
mod publish;
mod recording;
mod returning;
mod server_offer;
mod settings;
mod settle;
mod signal;
mod silence;
mod subscribe;
mod talk;
#[cfg(test)]
mod tests;
mod tick;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::poll_fn;
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::{Duration, Instant};

pub(crate) use admin::Eye;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use media::{PeerEvent, PeerId, Tap};
use tokio::sync::{broadcast, mpsc, oneshot};

pub use self::recording::RECORDER;
use crate::config::WireConfig;
use crate::events::{Flip, Hearing, LeaveReason, Pairs, WireEvent};
use crate::participant::Participant;
use crate::proto::{DisconnectReason, JoinRequest, Request, Response};
use crate::resume::ReliableLog;
use crate::revocation::Revoked;
use crate::scope::{self, Scope, View};
use crate::token::Claims;
use crate::v0::Version;
use crate::wire::Shared;

/// Messages that may wait for a room; who sends more waits.
const MAILBOX: usize = 256;
/// How often time-outs are looked at.
const TICK: Duration = Duration::from_millis(500);

/// Somebody's wish to join or to come back.
pub(crate) struct Join {
    pub claims: Claims,
    pub request: JoinRequest,
    /// Where messages to the client go. Dropping it ends the connection.
    pub outbox: mpsc::Sender<Response>,
    /// Names the WebSocket.
    pub connection: u64,
    /// Which wire it speaks.
    pub version: Version,
}

/// What a room can be asked.
pub(crate) enum Message {
    Join(Box<Join>),
    Signal { identity: String, connection: u64, request: Box<Request> },
    Lost { identity: String, connection: u64 },
    Govern(oneshot::Sender<()>),
    Flip { pairs: Pairs, reply: oneshot::Sender<Flip> },
    Announce(oneshot::Sender<()>),
    Hearing(oneshot::Sender<Vec<Hearing>>),
    AttachRecorder { tap: Box<dyn Tap>, reply: oneshot::Sender<bool> },
    DetachRecorder(oneshot::Sender<()>),
    Run(Job),
    Mute { identity: String, audio: bool, video: bool, reply: oneshot::Sender<()> },
    Silence { identity: String, on: bool, reply: oneshot::Sender<()> },
    Remove { identity: String, reason: LeaveReason, reply: oneshot::Sender<()> },
    Close { reason: LeaveReason, reply: oneshot::Sender<()> },
}

/// Something to be done by a room's task.
pub(crate) type Job = Box<dyn for<'r> FnOnce(&'r mut Room) -> BoxFuture<'r, ()> + Send>;

/// Speaks to a room's task.
#[derive(Clone)]
pub(crate) struct RoomHandle {
    mailbox: mpsc::Sender<Message>,
}

impl RoomHandle {
    /// Starts a room.
    pub fn start(name: &str, shared: &Arc<Shared>, scope: Scope) -> Self {
        let (mailbox, messages) = mpsc::channel(MAILBOX);
        let room = Room::new(name, shared, scope);
        let weak = Arc::downgrade(shared);
        shared.config.tasks.spawn(run(room, messages, weak));
        Self { mailbox }
    }

    /// Sends a message; gives it back when the room has ended.
    pub async fn send(&self, message: Message) -> Result<(), Message> {
        self.mailbox.send(message).await.map_err(|unsent| unsent.0)
    }

    /// Sends a message made around a reply channel and waits for the reply. `None`: the room has ended.
    pub async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.send(message(reply)).await.ok()?;
        answer.await.ok()
    }

    /// Has the room's task do something; everybody is up to date when this resolves. `None`: the room has ended.
    pub async fn with<T: Send + 'static>(
        &self,
        job: impl for<'r> FnOnce(&'r mut Room) -> BoxFuture<'r, T> + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let whole: Job = Box::new(move |room| {
            async move {
                let done = job(room).await;
                room.settle().await;
                let _ = reply.send(done);
            }
            .boxed()
        });
        self.send(Message::Run(whole)).await.ok()?;
        answer.await.ok()
    }

    pub async fn announce(&self) {
        self.ask(Message::Announce).await;
    }

    /// The room has ended.
    pub fn is_closed(&self) -> bool {
        self.mailbox.is_closed()
    }
}

/// Everything a room knows. Only its own task touches it.
pub(crate) struct Room {
    name: String,
    sid: String,
    created_ms: u64,
    config: Arc<WireConfig>,
    events: broadcast::Sender<WireEvent>,
    media: media::Room,
    revoked: Arc<Revoked>,
    /// Whose microphones the application keeps closed.
    silenced: BTreeSet<String>,
    /// Rights that were changed at run time, by identity.
    permits: HashMap<String, permission::Permit>,
    /// Who talks, and for how long.
    talk: talk::Talk,
    /// By identity; one connection each.
    people: BTreeMap<String, Participant>,
    /// The time of the message in hand.
    now: Instant,
    /// Every media peer there ever was in this room, for the hearing ledger.
    names: HashMap<PeerId, String>,
    /// Who may see whom: as the media plane carries it out.
    scope: Scope,
    /// The same, as far as people were told.
    announced: Scope,
    reliable: ReliableLog,
    recorder: Option<recording::Attached>,
    /// Why someone (by sid) left, until everyone was told.
    partings: HashMap<String, DisconnectReason>,
    /// People must be told something.
    changed: bool,
    /// Who wants or may have which track must be looked at anew.
    choices_changed: bool,
    settings: settings::Settings,
    idle_since: Option<Instant>,
    closed: bool,
}

impl Room {
    fn new(name: &str, shared: &Arc<Shared>, scope: Scope) -> Self {
        Self {
            name: name.to_owned(),
            sid: crate::wire::sid("RM_"),
            created_ms: crate::clock::now_ms(),
            config: Arc::clone(&shared.config),
            events: shared.events.clone(),
            media: shared.media.room(name),
            revoked: Arc::clone(&shared.revoked),
            silenced: BTreeSet::new(),
            permits: HashMap::new(),
            talk: talk::Talk::new(Instant::now()),
            people: BTreeMap::new(),
            now: Instant::now(),
            names: HashMap::new(),
            announced: scope.clone(),
            scope,
            reliable: ReliableLog::default(),
            recorder: None,
            partings: HashMap::new(),
            changed: false,
            choices_changed: false,
            settings: settings::Settings::default(),
            idle_since: None,
            closed: false,
        }
    }

    /// Starts from nothing, even if an earlier task of this name ended without a word.
    async fn begin(&self) {
        self.media.close().await;
        if self.scope != Scope::Plain {
            self.media.govern().await;
        }
    }

    /// One message, from outside or from a client.
    async fn apply(&mut self, message: Message) {
        match message {
            Message::Join(join) => self.join(*join).await,
            Message::Signal { identity, connection, request } => {
                self.signal(&identity, connection, *request).await;
            }
            Message::Lost { identity, connection } => self.lost(&identity, connection),
            Message::Govern(reply) => {
                self.govern().await;
                let _ = reply.send(());
            }
            Message::Flip { pairs, reply } => {
                let flip = self.flip(pairs).await;
                let _ = reply.send(flip);
            }
            Message::Announce(reply) => {
                self.announce().await;
                let _ = reply.send(());
            }
            Message::Hearing(reply) => {
                let _ = reply.send(self.hearing().await);
            }
            Message::AttachRecorder { tap, reply } => {
                let _ = reply.send(self.attach_recorder(tap).await);
            }
            Message::DetachRecorder(reply) => {
                self.detach_recorder().await;
                let _ = reply.send(());
            }
            Message::Run(job) => job(self).await,
            Message::Mute { identity, audio, video, reply } => {
                self.mute_by_server(&identity, audio, video).await;
                let _ = reply.send(());
            }
            Message::Silence { identity, on, reply } => {
                self.silence(&identity, on).await;
                let _ = reply.send(());
            }
            Message::Remove { identity, reason, reply } => {
                self.part(&identity, reason.proto(), Some(crate::proto::leave_request::Action::Disconnect))
                    .await;
                self.settle().await;
                let _ = reply.send(());
            }
            Message::Close { reason, reply } => {
                self.close(reason.proto()).await;
                let _ = reply.send(());
            }
        }
    }

    /// Sends a message to one participant, through the gate. A client too slow to take it loses its
    /// connection, not its place: it can resume.
    fn send(&mut self, identity: &str, message: Response) {
        let Some(receiver) = self.people.get(identity) else { return };
        let people = &self.people;
        let by_sid = |sid: &str| people.values().find(|one| one.sid == sid);
        let view = View {
            me: &receiver.sid,
            sees: &|sid| by_sid(sid).is_some_and(|subject| self.shown(receiver, subject)),
            told: &|sid| receiver.told.contains_key(sid) || receiver.departures.holds(sid),
            owner: &|track| people.values().find(|one| one.has_track(track)).map(|one| one.sid.clone()),
        };
        let Some(message) = scope::pass(&view, message) else { return };
        let Some(receiver) = self.people.get_mut(identity) else { return };
        receiver.standing.note(&message);
        if receiver.link.outbox.as_ref().is_some_and(|outbox| outbox.try_send(message).is_err()) {
            receiver.link.outbox = None;
            receiver.link.socket_lost = Some(self.now);
        }
    }

    /// Whether `viewer` is shown `subject`: it may see it, and was or may be told so.
    fn shown(&self, viewer: &Participant, subject: &Participant) -> bool {
        !subject.permission.hidden
            && self.scope.sees(viewer.identity(), subject.identity())
            && self.announced.sees(viewer.identity(), subject.identity())
    }

    /// Whether `viewer` may receive from `subject` at all.
    fn may_see(&self, viewer: &str, subject: &str) -> bool {
        viewer != subject
            && self.scope.sees(viewer, subject)
            && self.people.get(subject).is_some_and(|one| !one.permission.hidden)
    }

    fn identities(&self) -> Vec<String> {
        self.people.keys().cloned().collect()
    }

    fn emit(&self, event: WireEvent) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }
}

/// What a room's task wakes up for.
enum Turn {
    Message(Option<Message>),
    Event(String, PeerEvent),
    Tick,
}

async fn run(mut room: Room, mut mailbox: mpsc::Receiver<Message>, shared: Weak<Shared>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    room.begin().await;
    loop {
        let turn = tokio::select! {
            message = mailbox.recv() => Turn::Message(message),
            (identity, event) = next_event(&mut room.people) => Turn::Event(identity, event),
            _ = tick.tick() => Turn::Tick,
        };
        room.now = Instant::now();
        match turn {
            Turn::Message(Some(message)) => room.apply(message).await,
            // The wire itself is gone.
            Turn::Message(None) => room.close(DisconnectReason::ServerShutdown).await,
            Turn::Event(identity, event) => room.media_event(&identity, event).await,
            Turn::Tick => room.tick(crate::clock::now_ms()).await,
        }
        room.settle().await;
        if room.closed {
            break;
        }
    }
    end(&room.name, mailbox, &shared).await;
}

/// Takes the room out of the list. Whoever was about to join it joins its successor.
async fn end(name: &str, mut mailbox: mpsc::Receiver<Message>, shared: &Weak<Shared>) {
    mailbox.close();
    let Some(shared) = shared.upgrade() else { return };
    shared.sweep();
    while let Some(message) = mailbox.recv().await {
        if let Message::Join(join) = message {
            shared.join(name, join).await;
        }
    }
}

/// The next thing the media plane tells about anybody here.
async fn next_event(people: &mut BTreeMap<String, Participant>) -> (String, PeerEvent) {
    poll_fn(|context| {
        for (identity, participant) in people.iter_mut() {
            if let Poll::Ready(Some(event)) = participant.events.poll_recv(context) {
                return Poll::Ready((identity.clone(), event));
            }
        }
        Poll::Pending
    })
    .await
}
