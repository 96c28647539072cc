//! What has to be done, in the switch order: flip the forwarding table, store, then tell people.

use domain::SeatId;

use crate::{Call, LineView, Stamped, Table, View};

/// One thing to do. A list of them is carried out in order, and stops at the first that fails.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The forwarding table becomes exactly this, and the media plane has confirmed it, before anything else happens.
    Flip(Table),
    /// These facts are stored in one transaction.
    Persist(Vec<Stamped>),
    /// The media plane silences this seat; it never opens a microphone.
    Mute(SeatId),
    /// The media plane keeps this microphone closed (true), or lets its owner open it again.
    Silence(SeatId, bool),
    /// The incident desk is told of a silent call for help.
    Alert(SeatId),
    /// A line was written: its writer and those it reached are shown it.
    Said(Box<LineFor>),
    /// An expert on duty is wanted.
    Ring(Call),
    /// This seat sees something new. Who sees nothing new is told nothing, not even that something happened.
    Tell(SeatId, Box<View>),
}

/// A line with everybody who may read it.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFor {
    /// Its writer and those it reached.
    pub readers: Vec<SeatId>,
    /// The line.
    pub line: LineView,
}
