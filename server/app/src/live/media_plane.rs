//! The seam to the media: who hears whom, and who is there.

use std::time::Duration;

use domain::{SeatId, SessionId};
use futures_util::future::BoxFuture;
use session::Table;
use tokio::sync::broadcast;

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

/// A forwarding table that was flipped. People on the media wire learn of it by [`Flipped::announce`].
pub struct Flipped(BoxFuture<'static, ()>);

impl Flipped {
    /// With what is to be done to tell people.
    pub fn new(announce: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Box::pin(announce))
    }

    /// Tells the people concerned on the media wire.
    pub async fn announce(self) {
        self.0.await;
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
}

/// How long a flip may take before the asker is told to try again.
pub(super) const FLIP_PATIENCE: Duration = Duration::from_secs(3);
