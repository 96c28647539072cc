//! Who people are: staff by their office, participants of a sitting by their seat, and on whose side a seat stands.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The office of a member of staff. What each may do stands in `access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    Admin,
    Director,
    Mediator,
    Clerk,
    Lawyer,
    Counsellor,
    GridWorker,
    Liaison,
    IncidentDesk,
}

/// A person's place at the table of one sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatRole {
    Mediator,
    CoMediator,
    Clerk,
    Applicant,
    Respondent,
    ThirdParty,
    Agent,
    Guardian,
    Lawyer,
    Counsellor,
    SocialWorker,
    Interpreter,
    Helper,
    Witness,
    Liaison,
    Observer,
}

impl SeatRole {
    /// May run the sitting: admit, move, open a caucus, end.
    pub fn hosts(self) -> bool { matches!(self, Self::Mediator | Self::CoMediator) }

    /// Is a party to the dispute itself (PML 23: chooses, refuses, stops, signs).
    pub fn is_party(self) -> bool { matches!(self, Self::Applicant | Self::Respondent | Self::ThirdParty) }
}

/// On whose side a seat stands. Two seats of different non-neutral sides are opposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Applicant,
    Respondent,
    ThirdParty,
    Neutral,
}

impl Side {
    /// Whether the two sides stand against each other: such seats are never left alone together.
    pub fn opposes(self, other: Self) -> bool {
        self != other && self != Self::Neutral && other != Self::Neutral
    }
}
