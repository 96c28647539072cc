//! What the application writes into a recording beside the media: decisions, never media.

use serde::{Deserialize, Serialize};

/// Something that was decided or happened, at the time it is given to [`crate::Recorder::mark`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Who sits on a seat, for the manifest. The last word counts.
    Seat {
        /// Identity on the wire.
        seat: String,
        /// Name and role as people read it.
        person: String,
    },
    /// A seat's consent begins to stand.
    Consented {
        /// Whose.
        seat: String,
    },
    /// A seat's consent does not stand any more, or the seat is gone.
    Withdrew {
        /// Whose.
        seat: String,
    },
    /// Nothing may be recorded from here on. The media stopped by a flip of the table before this is said.
    Paused {
        /// Why.
        cause: PauseCause,
    },
    /// Recording may go on.
    Resumed,
    /// A chapter begins: a phase, an area, an item of the minutes.
    Chapter {
        /// Its heading.
        title: String,
    },
}

/// Why nothing was recorded for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseCause {
    /// Somebody present had not consented (yet).
    Consent,
    /// Nobody was in the joint area: a caucus or consult.
    Caucus,
    /// A break of the sitting.
    Break,
    /// A host stopped it for a while.
    Host,
    /// Too little space on the disk.
    Disk,
    /// The server went down, or the recorder lost its tap.
    Interrupted,
}
