//! What a seat may ask for ([`Command`], the words of the live wire) and what the world reports ([`Signal`], never
//! from a client).

use domain::SeatId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AreaId, Outcome, RecordingTrouble, event::Invited};

/// A wish of a seat. Asking twice for the same is harmless: the second time nothing happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Host: the sitting begins.
    Start,
    /// Host: a break; nobody hears anybody.
    Pause,
    /// Host: goes on.
    Resume,
    /// Host: the sitting is over.
    End {
        /// How it ended.
        outcome: Outcome,
    },
    /// Host: from the lobby to the joint area.
    Admit {
        /// Who.
        seat: SeatId,
    },
    /// Host: back to the lobby.
    SendBack {
        /// Who.
        seat: SeatId,
    },
    /// Host: goes into a new private area with these seats of one side.
    OpenCaucus {
        /// Who comes along.
        seats: Vec<SeatId>,
    },
    /// Host: everybody in it returns to the joint area.
    CloseCaucus {
        /// A caucus or a consult.
        #[schema(value_type = String, example = "caucus-1")]
        area: AreaId,
    },
    /// Host: one seat, one move. A consult that is not open yet is opened.
    Move {
        /// Who.
        seat: SeatId,
        /// Where to.
        #[schema(value_type = String, example = "caucus-1")]
        area: AreaId,
    },
    /// Host: asks for silence. Never the other way round.
    Mute {
        /// Whom.
        seat: SeatId,
    },
    /// Host: asks everybody's leave to record the joint area, or ends the recording (R12).
    Record {
        /// Begin to ask, or end.
        on: bool,
    },
    /// Anyone: agrees to be recorded, or takes it back; it counts at once, at any time (R12).
    ConsentRecording {
        /// Yes or no.
        yes: bool,
    },
    /// Anyone: asks to speak.
    Hand {
        /// Up or down.
        up: bool,
    },
    /// Anyone: leaves; the place is kept.
    Leave,
    /// A party ends the mediation, no reason needed (R2).
    Stop,
    /// Anyone, silently: only hosts and the incident desk are told.
    Distress,
    /// Host: somebody has gone to help.
    DistressSeen {
        /// Whose call.
        seat: SeatId,
    },
    /// From the lobby, a line to the mediator.
    Note {
        /// At most [`Command::NOTE_LIMIT`] characters; empty takes it back.
        text: String,
    },
}

impl Command {
    /// Characters in a note.
    pub const NOTE_LIMIT: usize = 300;
}

/// One of the two connections of a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The live wire's socket.
    Live,
    /// The media connection.
    Media,
}

/// What the world reports: connections, time, and changes made outside the sitting. Never comes from a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Signal {
    /// A connection is up. Who had left is back, in the same place.
    Connected(SeatId, Link),
    /// A connection is down.
    Disconnected(SeatId, Link),
    /// Time passed; see [`crate::Session::next_tick`].
    Tick,
    /// The server came back: every connection is gone.
    Recovered,
    /// A seat was added or its name corrected.
    Enrol(Invited),
    /// The seat's link was revoked: out of the sitting, back to the lobby.
    Dismiss(SeatId),
    /// These two may never share an area.
    Screen(SeatId, SeatId),
    /// The sitting will not take place.
    Cancel,
    /// What the recorder complains of; none: it is well again. A full disk and a failure end the recording.
    Recorder(Option<RecordingTrouble>),
}
