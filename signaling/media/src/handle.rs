//! The handles through which the rest of the program speaks to the media threads.
//!
//! `Media` starts the workers; `Room` is a name pinned to one of them. Every call is a message to that
//! worker's thread, so nothing here holds a lock while media flows, and calls on one room keep their order.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::sync::oneshot;

use crate::command::{Command, RoomCommand};
use crate::stats::Stats;
use crate::worker::{self, Acceptor, Link, Place, Places};
use crate::{
    Answer, Channel, Config, Flipped, Gone, OfferError, PairCount, PeerEvent, PeerId, Sections, Tap, TrackId,
    TrackSpec, Wish,
};

/// The media plane. Clones are the same plane; its threads end at [`Media::shutdown`] or with the last handle.
#[derive(Clone)]
pub struct Media {
    shared: Arc<Shared>,
}

struct Shared {
    workers: Arc<[Link]>,
    places: Places,
    acceptor: Option<Acceptor>,
    next_peer: AtomicU64,
}

impl Shared {
    fn shutdown(&self) {
        self.acceptor.iter().for_each(Acceptor::stop);
        for worker in &*self.workers {
            worker.send(Command::Shutdown);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.shutdown();
    }
}

impl Media {
    /// Binds the sockets and starts the threads. Fails when a port is taken.
    pub fn start(config: &Config) -> io::Result<Self> {
        let (workers, acceptor) = worker::start_all(config)?;
        let places = Places::new(workers.iter().map(|worker| Arc::clone(worker.load())).collect());
        let next_peer = AtomicU64::new(1);
        Ok(Self { shared: Arc::new(Shared { workers, places, acceptor, next_peer }) })
    }

    /// A handle to a room. The room itself is made on its worker when something is first asked of it,
    /// and ends when its last peer leaves (a governed one at [`Room::close`]). It is placed on the least loaded
    /// worker when it is first spoken of, and stays there.
    pub fn room(&self, key: &str) -> Room {
        Room { shared: Arc::clone(&self.shared), place: self.shared.places.find(key) }
    }

    /// Where each worker listens.
    pub fn local_addrs(&self) -> Vec<SocketAddr> {
        self.shared.workers.iter().map(Link::local_addr).collect()
    }

    /// Where clients connect by TCP, if they may.
    pub fn tcp_addr(&self) -> Option<SocketAddr> {
        self.shared.acceptor.as_ref().map(Acceptor::local_addr)
    }

    /// Closes every peer and ends the threads. Later calls on any handle answer as if everything were gone.
    pub fn shutdown(&self) {
        self.shared.shutdown();
    }

    /// Counters of all workers together.
    pub async fn stats(&self) -> Stats {
        let mut sum = Stats::default();
        for worker in &*self.shared.workers {
            let (reply, answer) = oneshot::channel();
            worker.send(Command::Stats(reply));
            if let Ok(stats) = answer.await {
                sum.add(&stats);
            }
        }
        sum
    }
}

/// A room: peers that may see one another. A cheap handle, pinned to one worker.
#[derive(Clone)]
pub struct Room {
    shared: Arc<Shared>,
    place: Arc<Place>,
}

impl Room {
    /// The name it was asked for by.
    pub fn key(&self) -> &str {
        &self.place.key
    }

    /// Adds a connection. `label` is the participant's sid (`PA_…`), which goes into msid; `events` is drained
    /// by the task that serves the connection; its channel holds [`crate::EVENTS`].
    pub async fn add_peer(&self, label: String, events: mpsc::Sender<PeerEvent>) -> Result<PeerId, Gone> {
        let peer = PeerId(self.shared.next_peer.fetch_add(1, Ordering::Relaxed));
        self.ask(|reply| RoomCommand::AddPeer { peer, label, events, reply }).await.unwrap_or(Err(Gone))?;
        Ok(peer)
    }

    /// Adds a tap: a receiver without a connection, for a recording. In a governed room it receives nothing until
    /// [`Room::set_visibility`] names it as a receiver; in a plain room everything, like everybody there.
    pub async fn add_tap(&self, tap: Box<dyn Tap>) -> Result<PeerId, Gone> {
        let peer = PeerId(self.shared.next_peer.fetch_add(1, Ordering::Relaxed));
        self.ask(|reply| RoomCommand::AddTap { peer, tap, reply }).await.unwrap_or(Err(Gone))?;
        Ok(peer)
    }

    /// Removes a tap. When this returns, it has been given its last packet and is dropped.
    pub async fn remove_tap(&self, peer: PeerId) {
        let _ = self.ask(|reply| RoomCommand::RemoveTap { peer, reply }).await;
    }

    /// Drops a connection. When this returns, nothing flows from or to it.
    pub async fn remove_peer(&self, peer: PeerId) {
        let _ = self.ask(|reply| RoomCommand::RemovePeer { peer, reply }).await;
    }

    /// Announces a track, to be bound to a section at the next offer that carries it: by cid, else the oldest
    /// announced track of that kind.
    pub async fn announce_track(&self, peer: PeerId, spec: TrackSpec) -> Result<(), Gone> {
        self.ask(|reply| RoomCommand::AnnounceTrack { peer, spec, reply }).await.unwrap_or(Err(Gone))
    }

    /// Ends a published or announced track.
    pub async fn remove_track(&self, peer: PeerId, id: TrackId) {
        let _ = self.ask(|reply| RoomCommand::RemoveTrack { peer, id, reply }).await;
    }

    /// Nothing of a muted track is forwarded.
    pub async fn set_muted(&self, peer: PeerId, id: TrackId, muted: bool) {
        let _ = self.ask(|reply| RoomCommand::SetMuted { peer, id, muted, reply }).await;
    }

    /// Whether `peer` wants a track of another. Wanted is the default for every visible track.
    pub async fn subscribe(&self, peer: PeerId, id: TrackId, wanted: bool) {
        let _ = self.ask(|reply| RoomCommand::Subscribe { peer, id, wanted, reply }).await;
    }

    /// How `peer` wants a track: paused, or which layer of it, and how much it matters.
    pub async fn track_setting(&self, peer: PeerId, id: TrackId, wish: Wish) {
        let _ = self.ask(|reply| RoomCommand::TrackSetting { peer, id, wish, reply }).await;
    }

    /// Takes the client's offer (first or later, ICE restarts included) and assigns wanted tracks to its free
    /// receiving sections, each with a fresh SSRC.
    pub async fn offer(&self, peer: PeerId, sdp: String) -> Result<Answer, OfferError> {
        self.ask(|reply| RoomCommand::Offer { peer, sdp, reply }).await.unwrap_or(Err(OfferError::Gone))
    }

    /// A trickled candidate, as SDP attribute text (`candidate:…`). Bad ones are ignored: with ICE-lite the
    /// client's checks tell the address anyway.
    pub fn trickle(&self, peer: PeerId, candidate: String) {
        self.hint(RoomCommand::Trickle { peer, candidate });
    }

    /// What a new offer of this client would change: `None` is nothing; zero sections is "please offer again".
    pub async fn requirement(&self, peer: PeerId) -> Option<Sections> {
        self.ask(|reply| RoomCommand::Requirement { peer, reply }).await.unwrap_or(None)
    }

    /// Makes the room governed: nobody sees anybody until [`Room::set_visibility`]. Plain rooms show everybody
    /// to everybody.
    pub async fn govern(&self) {
        let _ = self.ask(|reply| RoomCommand::Govern { reply }).await;
    }

    /// Flips who may receive whom, as directed pairs (from, to); the room is governed from then on. When this
    /// returns the worker has done it: packets, retransmission caches, send queues and data of every removed
    /// pair are stopped. A dead worker forwards nothing, so the answer then is a flip of generation 0.
    pub async fn set_visibility(&self, pairs: HashSet<(PeerId, PeerId)>) -> Flipped {
        self.ask(|reply| RoomCommand::SetVisibility { pairs, reply }).await.unwrap_or_else(|| Flipped {
            at: Instant::now(),
            generation: 0,
            closed: Vec::new(),
            open: Vec::new(),
        })
    }

    /// Sends a data message through the gate: dropped when (from, to) is not visible at sending time.
    /// `from = None` is the server itself.
    pub fn send_data(&self, from: Option<PeerId>, to: PeerId, channel: Channel, bytes: Bytes) {
        self.hint(RoomCommand::SendData { from, to, channel, bytes });
    }

    /// Packets per open pair and kind since the pair was opened.
    pub async fn hearing(&self) -> Vec<PairCount> {
        self.ask(|reply| RoomCommand::Hearing { reply }).await.unwrap_or_default()
    }

    /// Closes every peer of the room and forgets it, governance included.
    pub async fn close(&self) {
        let _ = self.ask(|reply| RoomCommand::Close { reply }).await;
    }

    fn worker(&self) -> &Link {
        &self.shared.workers[self.place.worker]
    }

    /// Says something that may be lost when the worker lags thousands of commands behind.
    fn hint(&self, command: RoomCommand) {
        self.worker().try_send(Command::Room(Arc::clone(&self.place), command));
    }

    pub(crate) fn tell(&self, command: RoomCommand) -> bool {
        self.worker().send(Command::Room(Arc::clone(&self.place), command))
    }

    pub(crate) async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> RoomCommand) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        if !self.tell(command(reply)) {
            return None;
        }
        answer.await.ok()
    }
}
