//! What the wire tells the application, and the answer to a flip.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use media::Kind;

use crate::proto::DisconnectReason;
use crate::room::RoomHandle;

/// Something happened in a room that the application may care about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WireEvent {
    /// Media of this participant is up (ICE and DTLS).
    Connected {
        /// The room.
        room: String,
        /// Who.
        identity: String,
    },
    /// The participant is gone: left, removed, or lost for longer than the grace time.
    Disconnected {
        /// The room.
        room: String,
        /// Who.
        identity: String,
    },
    /// These talked, and somebody heard them, for so long since it was last told.
    Talked {
        /// The room.
        room: String,
        /// Who, and for how long.
        spoken: Vec<(String, Duration)>,
    },
    /// What the participant publishes, unmuted, changed.
    TracksChanged {
        /// The room.
        room: String,
        /// Who.
        identity: String,
        /// A sound track is on.
        audio: bool,
        /// A picture track is on.
        video: bool,
    },
}

/// Why the application ends someone's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveReason {
    /// The person was removed.
    Removed,
    /// The room was deleted or the sitting ended.
    RoomDeleted,
    /// The server goes down.
    ServerShutdown,
}

impl LeaveReason {
    pub(crate) fn proto(self) -> DisconnectReason {
        match self {
            Self::Removed => DisconnectReason::ParticipantRemoved,
            Self::RoomDeleted => DisconnectReason::RoomDeleted,
            Self::ServerShutdown => DisconnectReason::ServerShutdown,
        }
    }
}

/// Directed pairs of identities (from, to): `to` hears and sees `from`.
pub(crate) type Pairs = HashSet<(String, String)>;

/// Who received whom, as the forwarding table counted it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hearing {
    /// Identity of the one heard.
    pub from: String,
    /// Identity of the one who heard.
    pub to: String,
    /// Sound or picture.
    pub kind: Kind,
    /// Packets handed to the receiver's transport since `since`.
    pub packets: u64,
    /// When the pair was opened.
    pub since: Instant,
}

/// A flip that the media plane has carried out: from `at` on no packet passes a removed pair.
/// People are told by [`Flip::announce`], once the application has stored what happened.
#[must_use = "people learn of a flip only when it is announced"]
pub struct Flip {
    /// When the media plane did it.
    pub at: Instant,
    /// Counts the flips of the room; 0 when the room's media is dead (nothing is forwarded then).
    pub generation: u64,
    /// Final counts of the pairs it closed, for the hearing ledger.
    pub closed: Vec<Hearing>,
    /// Counts so far of the pairs that stay open, taken at the same moment.
    pub open: Vec<Hearing>,
    pub(crate) room: Option<RoomHandle>,
}

impl Flip {
    /// Tells everyone concerned: who vanished, who appeared, and to negotiate for them.
    pub async fn announce(self) {
        if let Some(room) = self.room {
            room.announce().await;
        }
    }
}
