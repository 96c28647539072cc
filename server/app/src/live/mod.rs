//! The live hub: one task per sitting, and the WebSocket people's screens hang on (`/api/v1/sessions/{id}/live`).
//!
//! ```text
//!  socket.rs ──hello, command──▶ ┌───────────────┐ ──1 flip──▶ MediaPlane  (wire_plane.rs: the LiveKit wire)
//!  HTTP handlers ──Hub::…──────▶ │ sitting.rs    │ ──2 append▶ Journal     (store_journal.rs: one transaction)
//!  MediaPlane events ──────────▶ │ session::…    │ ──3 tell──▶ sockets, and Flip::announce on the media wire
//!                                └───────────────┘
//! ```
//!
//! The switch order is kept here: a screen says “private now” only after the media plane has confirmed the flip and
//! the fact is stored. If storing fails, the table falls back to what both states allow, and whoever asked is told.
//!
//! A sitting's state is its events. A server that comes back reads them, makes every room governed again before it
//! listens ([`Hub::resume`]), and people land where they were.

mod bell;
mod carry;
mod desks;
mod frame;
mod hub;
mod journal;
mod ledger;
mod media_plane;
mod next_sitting;
mod pace;
mod papers;
mod presence;
mod sitting;
mod socket;
mod store_door;
mod store_journal;
mod store_papers;
mod store_revocations;
mod timeline;
mod wire_plane;

pub use bell::Bell;
pub use frame::{ClientFrame, ServerFrame};
pub use hub::{Hub, Parts};
pub use journal::{Journal, Loaded, Page};
pub use ledger::{Interval, Listener, Pair};
pub use media_plane::{Flipped, Heard, MediaPlane, MediaPresence, Spoken};
pub use papers::{Folder, Paper, Papers};
pub use socket::{Door, routes};
pub use store_door::StoreDoor;
pub use store_journal::StoreJournal;
pub use store_papers::StorePapers;
pub use store_revocations::StoreRevocations;
pub use wire_plane::WirePlane;

use std::sync::Arc;

use crate::tasks::Tasks;

/// The live hub and the door to it: what the server's state holds.
#[derive(Clone)]
pub struct Live {
    /// The sittings.
    pub hub: Hub,
    /// Who may sit down.
    pub door: Arc<dyn Door>,
}

impl Live {
    fn tasks(&self) -> &Tasks {
        &self.hub.shared.parts.tasks
    }
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.hub.shared.parts.clock.now()
    }
}
