//! The seam to the media: who hears whom, and who is there.

use std::time::{Duration, Instant};

use domain::{SeatId, SessionId};
use futures_util::future::BoxFuture;
use session::Table;
use tokio::sync::broadcast;

use super::ledger::Listener;

/// A media connection came up or went away for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaPresence {
    /// The sitting; the room of the media wire.
    pub session: SessionId,
    /// The seat; the identity on the media wire.
    pub seat: SeatId,
    /// Up or gone.
    pub up: bool,
}

/// Speech that somebody heard, since it was last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// The sitting.
    pub session: SessionId,
    /// Whose, and for how many milliseconds.
    pub spoken: Vec<(SeatId, u32)>,
}

/// A forwarding table that was flipped. People on the media wire learn of it by [`Flipped::announce`].
pub struct Flipped {
    announce: BoxFuture<'static, ()>,
    heard: Vec<Heard>,
}

/// Packets of one kind that one received from another, counted by the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Whose.
    pub from: SeatId,
    /// By whom.
    pub to: Listener,
    /// Sound; else picture.
    pub audio: bool,
    /// How many since the pair was opened.
    pub packets: u64,
    /// When the pair was opened.
    pub since: Instant,
    /// The pair stays open after the flip.
    pub open: bool,
}

impl Flipped {
    /// With what is to be done to tell people.
    pub fn new(announce: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { announce: Box::pin(announce), heard: Vec::new() }
    }

    /// With the counts of the moment of the flip.
    #[must_use]
    pub fn having_heard(self, heard: Vec<Heard>) -> Self {
        Self { heard, ..self }
    }

    /// Counts of every pair that was open until now.
    pub fn heard(&self) -> &[Heard] {
        &self.heard
    }

    /// Tells the people concerned on the media wire.
    pub async fn announce(self) {
        self.announce.await;
    }
}

/// The media plane, as the live hub needs it.
pub trait MediaPlane: Send + Sync + 'static {
    /// Makes the room governed: nobody hears anybody until a flip. Harmless when it is.
    fn govern(&self, room: SessionId) -> BoxFuture<'_, ()>;
    /// The forwarding table becomes exactly this, for connections of now and later; done when this resolves.
    fn flip<'a>(&'a self, room: SessionId, table: &'a Table) -> BoxFuture<'a, Flipped>;
    /// Silences a seat's microphone. There is no way to open it from here.
    fn mute(&self, room: SessionId, seat: SeatId) -> BoxFuture<'_, ()>;
    /// Keeps a seat's microphone closed, or lets its owner open it again.
    fn silence(&self, room: SessionId, seat: SeatId, on: bool) -> BoxFuture<'_, ()>;
    /// Ends a seat's media; tokens it was given before are refused from now on.
    fn remove(&self, room: SessionId, seat: SeatId) -> BoxFuture<'_, ()>;
    /// Ends the room. Its seats are to be removed first, so that an old token cannot open it again.
    fn close(&self, room: SessionId) -> BoxFuture<'_, ()>;
    /// Who comes and goes from now on.
    fn presence(&self) -> broadcast::Receiver<MediaPresence>;
    /// Who talks from now on, in batches of a second or more.
    fn spoken(&self) -> broadcast::Receiver<Spoken>;
}

/// How long a flip may take before the asker is told to try again.
pub(super) const FLIP_PATIENCE: Duration = Duration::from_secs(3);
