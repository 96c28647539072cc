//! Who sees and hears whom: decided here and nowhere else.
//!
//! The forwarding table of the media plane, “who can hear you now” and the people listed on a screen are all read
//! from [`visible`]. It is total: whatever the state and whichever two seats, it has an answer, and the answer of
//! everything unknown is no.

use std::collections::BTreeSet;

use domain::SeatId;

use crate::{Phase, Session};

/// Directed pairs (from, to): what `from` sends reaches `to`.
pub type Pairs = BTreeSet<(SeatId, SeatId)>;

/// Whether what `from` sends reaches `to`.
///
/// Opposite sides reach each other only while a mediator keeps them company in the same area: they are never left
/// alone together.
pub fn visible(session: &Session, from: SeatId, to: SeatId) -> bool {
    let (Some(a), Some(b)) = (session.seat(from), session.seat(to)) else { return false };
    from != to
        && session.phase() == Phase::Live
        && a.admitted()
        && b.admitted()
        && a.area == b.area
        && !a.left
        && !b.left
        && !session.screened(from, to)
        && (!a.side.opposes(b.side) || session.attended(a.area))
}

impl Session {
    /// Every visible pair: what the forwarding table must be now.
    pub fn pairs(&self) -> Pairs {
        let seats = || self.seats().map(|(id, _)| id);
        seats()
            .flat_map(|from| seats().map(move |to| (from, to)))
            .filter(|&(from, to)| visible(self, from, to))
            .collect()
    }
}
