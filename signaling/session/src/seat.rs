//! A person's place at the table, and what the sitting knows of the person now.

use domain::{PartyId, SeatRole, Side};
use serde::{Deserialize, Serialize};

use crate::{AreaId, Time};

/// A seat: who it is, where they are and whether they are reachable.
#[expect(clippy::struct_excessive_bools, reason = "four facts that do not depend on each other")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The person's role in this sitting.
    pub role: SeatRole,
    /// On whose side.
    pub side: Side,
    /// The person's name.
    pub name: String,
    /// The party of the case who sits here, if one does.
    pub party: Option<PartyId>,
    /// Where they are. The place is kept while they are away.
    pub area: AreaId,
    /// Since when they are there.
    pub since: Time,
    /// Their live socket is open.
    pub live: bool,
    /// Their media connection is up.
    pub media: bool,
    /// Since when neither is, if they were here before.
    pub away_since: Option<Time>,
    /// They left on purpose; the place is kept, nothing is forwarded to or from it.
    pub left: bool,
    /// A host who has been unreachable for longer than the grace time: cannot keep the sides company.
    pub lost: bool,
    /// The hand is up.
    pub hand: bool,
    /// The silent distress button was pressed and not yet answered.
    pub distress: bool,
    /// A line from the lobby to the mediator.
    pub note: Option<String>,
    /// The last word on being recorded; none: not asked or not answered.
    pub recording: Option<bool>,
}

impl Seat {
    /// Let in by the host: anywhere but in the lobby.
    pub fn admitted(&self) -> bool {
        self.area != AreaId::Lobby
    }

    /// Reachable by socket or by media, and has not left.
    pub fn online(&self) -> bool {
        (self.live || self.media) && !self.left
    }

    /// A host who is there to keep people company: has not left and is not lost.
    pub fn attends(&self) -> bool {
        self.role.hosts() && !self.left && !self.lost
    }

    /// May end the mediation without a reason (R2: PML 3 and 23(2)): a party, or who acts for one.
    pub fn may_stop(&self) -> bool {
        use SeatRole::{Agent, Guardian};
        self.role.is_party() || matches!(self.role, Agent | Guardian)
    }
}
