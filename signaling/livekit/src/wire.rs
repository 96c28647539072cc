//! The handle of the wire: rooms by name, removed people, tokens. What the application holds.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures_util::FutureExt;
use media::Media;
use rand::distr::{Alphanumeric, SampleString};
use tokio::sync::broadcast;

use crate::clock::now_ms;
use crate::config::WireConfig;
use crate::events::{Flip, Hearing, LeaveReason, Pairs, WireEvent};
use crate::proto::ParticipantPermission;
use crate::revocation::{Revocation, Revoked};
use crate::room::{Join, Message, RoomHandle};
use crate::scope::Scope;
use crate::token::{self, Claims, Grant, TokenError};

/// Events that may wait for a slow listener before it misses some.
const EVENTS: usize = 1024;

/// The LiveKit v1 wire. Clones are the same wire.
#[derive(Clone)]
pub struct Wire {
    pub(crate) shared: Arc<Shared>,
}

/// What all rooms and connections share.
pub(crate) struct Shared {
    pub config: Arc<WireConfig>,
    pub events: broadcast::Sender<WireEvent>,
    pub media: Media,
    rooms: Mutex<HashMap<String, RoomHandle>>,
    /// Names of rooms that are never opened as plain ones.
    governed: Mutex<HashSet<String>>,
    pub revoked: Arc<Revoked>,
    connections: AtomicU64,
}

impl Wire {
    /// A wire over a media plane.
    pub fn new(media: Media, config: WireConfig) -> Self {
        let shared = Shared {
            revoked: Arc::new(Revoked::new(config.revocations.clone())),
            config: Arc::new(config),
            events: broadcast::channel(EVENTS).0,
            media,
            rooms: Mutex::default(),
            governed: Mutex::default(),
            connections: AtomicU64::new(1),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The HTTP and WebSocket paths of the wire. `/` is the application's, to be answered with 200.
    pub fn router(&self) -> axum::Router {
        crate::http::router(self.clone())
    }

    /// Makes a media token, signed with the first key.
    ///
    /// # Errors
    /// When the wire was configured without a key.
    pub fn token(&self, grant: Grant) -> Result<String, TokenError> {
        let keys = &self.shared.config.keys;
        let key = keys.first().ok_or(TokenError::UnknownKey)?;
        let governed = self.shared.is_governed(&grant.room);
        token::mint(&Claims { governed, ..grant.claims(&key.api_key, now_ms()) }, keys)
    }

    /// Makes a room governed: nobody sees anybody until a flip. To be called before anyone can join it.
    pub async fn govern(&self, room: &str) {
        self.shared.mark_governed(room);
        self.ask_open(room, Message::Govern).await;
    }

    /// Flips who sees whom in a governed room, as directed pairs (from, to) of identities; returns when the media
    /// plane has done it. Connections made later are held to the same pairs.
    pub async fn flip(&self, room: &str, visible: Pairs) -> Flip {
        self.shared.mark_governed(room);
        let flip = self.ask_open(room, |reply| Message::Flip { pairs: visible, reply }).await;
        let dead =
            Flip { at: Instant::now(), generation: 0, closed: Vec::new(), open: Vec::new(), room: None };
        Flip { room: self.shared.find(room), ..flip.unwrap_or(dead) }
    }

    /// Who received whom, as the forwarding table counted it.
    pub async fn hearing(&self, room: &str) -> Vec<Hearing> {
        self.ask(room, Message::Hearing).await.unwrap_or_default()
    }

    /// Attaches a recording to a governed room, in place of a former one. What it receives is decided by the pairs
    /// `(identity, @recorder)` of [`Wire::flip`] ([`crate::RECORDER`]), by nothing else: without such a pair, nothing.
    /// The tap names tracks' publishers by identity. False when the room is not governed or its media is dead.
    pub async fn attach_recorder(&self, room: &str, tap: Box<dyn media::Tap>) -> bool {
        if !self.shared.is_governed(room) {
            return false;
        }
        self.ask_open(room, |reply| Message::AttachRecorder { tap, reply }).await.unwrap_or(false)
    }

    /// Takes the recording off a room. When this returns it has been given its last packet.
    pub async fn detach_recorder(&self, room: &str) {
        self.ask(room, Message::DetachRecorder).await;
    }

    /// Mutes somebody's sound or picture. There is no server unmute: it would open a microphone.
    pub async fn mute(&self, room: &str, identity: &str, audio: bool, video: bool) {
        let identity = identity.to_owned();
        self.ask(room, |reply| Message::Mute { identity, audio, video, reply }).await;
    }

    /// Keeps somebody's microphone closed, over reconnects and new tracks, or lets its owner open it again.
    pub async fn silence(&self, room: &str, identity: &str, on: bool) {
        let identity = identity.to_owned();
        self.ask(room, |reply| Message::Silence { identity, on, reply }).await;
    }

    /// Removes somebody, socket and media, before this resolves. Tokens made for them before now are refused from
    /// here on, those the wire itself made included.
    pub async fn remove(&self, room: &str, identity: &str, reason: LeaveReason) {
        // In this order: who is being renewed or let in at this moment is removed as well, and the media does not
        // wait for the store.
        let until_now =
            || Revocation { room: room.to_owned(), identity: identity.to_owned(), not_before_ms: now_ms() };
        self.shared.revoked.note(&until_now());
        let who = identity.to_owned();
        self.ask(room, |reply| Message::Remove { identity: who, reason, reply }).await;
        self.shared.revoked.keep(until_now()).await;
    }

    /// Refuses tokens of `identity` for `room` that were made up to `not_before_ms` (since 1970). Who is connected
    /// by such a token is removed within a second.
    pub async fn revoke(&self, room: &str, identity: &str, not_before_ms: u64) {
        let (room, identity) = (room.to_owned(), identity.to_owned());
        self.shared.revoked.keep(Revocation { room, identity, not_before_ms }).await;
    }

    /// Gives somebody who is connected other rights: what they may no longer publish ends, everyone is told, and
    /// tokens made before now do not bring the old rights back. `false`: nobody of that name is there.
    pub async fn permit(&self, room: &str, identity: &str, permission: ParticipantPermission) -> bool {
        let Some(room) = self.shared.find(room) else { return false };
        let identity = identity.to_owned();
        let job = room.with(move |room| async move { room.permit(&identity, permission).await }.boxed());
        job.await.unwrap_or(false)
    }

    /// Ends a room for everybody.
    pub async fn close_room(&self, room: &str, reason: LeaveReason) {
        self.ask(room, |reply| Message::Close { reason, reply }).await;
    }

    /// Ends a room made for a moment and forgets it. Its tokens say themselves that it was governed, so none of them can
    /// open a plain room in its place.
    pub async fn forget_room(&self, room: &str, reason: LeaveReason) {
        self.close_room(room, reason).await;
        self.shared.governed.lock().unwrap_or_else(PoisonError::into_inner).remove(room);
    }

    /// Ends every room; clients are told that the server goes down and try to come back.
    pub async fn shutdown(&self) {
        let names: Vec<String> = self.shared.rooms().keys().cloned().collect();
        for name in names {
            self.close_room(&name, LeaveReason::ServerShutdown).await;
        }
    }

    /// What happens in the rooms from now on.
    pub fn events(&self) -> broadcast::Receiver<WireEvent> {
        self.shared.events.subscribe()
    }

    async fn ask<T>(
        &self,
        room: &str,
        message: impl FnOnce(tokio::sync::oneshot::Sender<T>) -> Message,
    ) -> Option<T> {
        self.shared.find(room)?.ask(message).await
    }

    async fn ask_open<T>(
        &self,
        room: &str,
        message: impl FnOnce(tokio::sync::oneshot::Sender<T>) -> Message,
    ) -> Option<T> {
        self.shared.open(room).ask(message).await
    }
}

impl Shared {
    /// Checks a token, for joining: signature, times, grant, revocation.
    pub async fn admit(&self, token: &str, now_ms: u64) -> Result<Claims, TokenError> {
        if token.is_empty() {
            return Err(TokenError::Missing);
        }
        let claims = token::verify(token, &self.config.keys, now_ms)?;
        claims.may_join()?;
        self.revoked.check(&claims).await?;
        Ok(claims)
    }

    /// Whether these claims have a room to join: one there is, or one they may open.
    pub fn has_room(&self, claims: &Claims) -> bool {
        self.config.open_rooms || claims.video.room_create || self.find(&claims.video.room).is_some()
    }

    /// Hands a join to its room, which is opened if need be.
    pub async fn join(self: &Arc<Self>, room: &str, join: Box<Join>) {
        if join.claims.governed {
            self.mark_governed(room);
        }
        let mut message = Message::Join(join);
        // A room may end between being found and being told; its successor takes the join.
        while let Err(unsent) = self.open(room).send(message).await {
            message = unsent;
        }
    }

    fn mark_governed(&self, room: &str) {
        self.governed.lock().unwrap_or_else(PoisonError::into_inner).insert(room.to_owned());
    }

    pub fn is_governed(&self, room: &str) -> bool {
        self.governed.lock().unwrap_or_else(PoisonError::into_inner).contains(room)
    }

    pub fn find(&self, room: &str) -> Option<RoomHandle> {
        self.rooms().get(room).filter(|handle| !handle.is_closed()).cloned()
    }

    /// Rooms there are, by name.
    pub fn all(&self) -> Vec<(String, RoomHandle)> {
        let rooms = self.rooms();
        let open = rooms.iter().filter(|(_, handle)| !handle.is_closed());
        open.map(|(name, handle)| (name.clone(), handle.clone())).collect()
    }

    pub fn open(self: &Arc<Self>, room: &str) -> RoomHandle {
        let mut rooms = self.rooms();
        if let Some(handle) = rooms.get(room).filter(|handle| !handle.is_closed()) {
            return handle.clone();
        }
        let scope = if self.is_governed(room) { Scope::Governed(Pairs::new()) } else { Scope::Plain };
        let handle = RoomHandle::start(room, self, scope);
        rooms.insert(room.to_owned(), handle.clone());
        handle
    }

    /// Forgets rooms that have ended.
    pub fn sweep(&self) {
        self.rooms().retain(|_, handle| !handle.is_closed());
    }

    /// A number for a new WebSocket.
    pub fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, HashMap<String, RoomHandle>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fresh public id: the prefix clients insist on, and 71 bits that cannot be guessed in a room's life.
pub(crate) fn sid(prefix: &str) -> String {
    format!("{prefix}{}", Alphanumeric.sample_string(&mut rand::rng(), 12))
}
