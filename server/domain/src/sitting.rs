//! The sitting (调解会) as the case file knows it: when, where, how far it got, who has a seat. What happens inside it
//! is the crate `session`'s.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CaseId, Mandate, PartyId, SeatId, SeatRole, SessionId, Side, StaffId};

/// How far a sitting has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A time and a place are set.
    Scheduled,
    /// Somebody has come; nobody sees anybody yet.
    Lobby,
    /// It runs.
    Live,
    /// It runs, but nobody hears anybody across sides.
    Paused,
    /// It is over; see [`Outcome`].
    Ended,
    /// It never took place.
    Cancelled,
}

impl Phase {
    /// Nobody can enter any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Cancelled)
    }
}

/// How a sitting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The parties agreed.
    Agreed,
    /// They will meet again.
    Adjourned,
    /// No agreement, and no further sitting.
    Failed,
    /// A party stopped the mediation, which it may at any time (PML 3, 23; R2).
    Stopped,
    /// Somebody who was expected did not come within the grace time.
    NoShow,
}

/// A sitting of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// Which.
    pub id: SessionId,
    /// Of which case.
    pub case_id: CaseId,
    /// When it begins.
    pub scheduled_at: DateTime<Utc>,
    /// The centre's room, in words; the mediator may sit there.
    pub room: String,
    /// How far it got.
    pub phase: Phase,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it went live for the first time.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// No start before the opening is done (R8). Only sittings of before this rule have none.
    pub checklist: bool,
}

/// A person's place at the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Which.
    pub id: SeatId,
    /// Of which sitting.
    pub session_id: SessionId,
    /// In what part.
    pub role: SeatRole,
    /// On whose side.
    pub side: Side,
    /// The person's name.
    pub name: String,
    /// The party who sits here, if it is one.
    pub party_id: Option<PartyId>,
    /// The member of staff who sits here, if it is one.
    pub staff_id: Option<StaffId>,
    /// Whom an interpreter or a helper goes with.
    pub bound_to: Option<SeatId>,
    /// Sits at the device of the one it is bound to, and has no link of its own: called by roll, identified and signing
    /// for itself.
    pub same_device: bool,
    /// For which party an agent, a guardian or a lawyer acts, and with which powers (R28, R29).
    pub mandate: Option<Mandate>,
}

impl Side {
    /// The part a party of this side has at the table.
    pub fn seat_role(self) -> SeatRole {
        match self {
            Self::Applicant => SeatRole::Applicant,
            Self::Respondent => SeatRole::Respondent,
            Self::ThirdParty => SeatRole::ThirdParty,
            Self::Neutral => SeatRole::Observer,
        }
    }
}
