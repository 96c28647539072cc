//! Who people are: staff by their office, participants of a sitting by their seat, and on whose side a seat stands.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Right;

/// The office of a member of staff. What each may do stands in `access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Administrator (系统管理员): runs the system, sees no content.
    Admin,
    /// Director of a centre (主任): file metadata, approvals.
    Director,
    /// Mediator (人民调解员): hosts, handles own cases.
    Mediator,
    /// Clerk (记录人): keeps the minutes.
    Clerk,
    /// Lawyer (律师), tagged neutral adviser or agent of one side (R30).
    Lawyer,
    /// Psychological counsellor (心理咨询师): soothes, makes no diagnosis (R31).
    Counsellor,
    /// Grid worker (网格员): reports disputes, helps residents.
    GridWorker,
    /// Department liaison (部门联络员): joins by invitation to a case.
    Liaison,
    /// Incident desk (值守席): receives distress calls.
    IncidentDesk,
}

/// A person's place at the table of one sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeatRole {
    /// Mediator (人民调解员): hosts, handles own cases.
    Mediator,
    /// A second mediator (共同调解员), not in the chair.
    CoMediator,
    /// Clerk (记录人): keeps the minutes.
    Clerk,
    /// Applicant (申请人).
    Applicant,
    /// Respondent (被申请人).
    Respondent,
    /// Third party (第三人).
    ThirdParty,
    /// Agent with a power of attorney (委托代理人, R28).
    Agent,
    /// Guardian of a minor or of a person without capacity (法定代理人, R29).
    Guardian,
    /// Lawyer (律师), tagged neutral adviser or agent of one side (R30).
    Lawyer,
    /// Psychological counsellor (心理咨询师): soothes, makes no diagnosis (R31).
    Counsellor,
    /// Social worker (社会工作者).
    SocialWorker,
    /// Interpreter (翻译), bound to neutrality (R39).
    Interpreter,
    /// Helper on an assisted seat (陪同协助人): may not sign for the party.
    Helper,
    /// Witness (证人).
    Witness,
    /// Department liaison (部门联络员): joins by invitation to a case.
    Liaison,
    /// Observer or trainee (旁听人), only if all parties agree (R6).
    Observer,
    /// The camera of a centre's own mediation room (现场摄像头): shows the room to those at the table, hears nobody.
    RoomCamera,
}

impl SeatRole {
    /// May run the sitting: admit, move, open a caucus, end.
    pub fn hosts(self) -> bool {
        self.has(Right::Host)
    }

    /// Is a party to the dispute itself (PML 23: chooses, refuses, stops, signs).
    pub fn is_party(self) -> bool {
        self.has(Right::Party)
    }
}

/// On whose side a seat stands. Two seats of different non-neutral sides are opposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Applicant (申请人).
    Applicant,
    /// Respondent (被申请人).
    Respondent,
    /// Third party (第三人).
    ThirdParty,
    /// On nobody’s side.
    Neutral,
}

impl Side {
    /// Whether the two sides stand against each other: such seats are never left alone together.
    pub fn opposes(self, other: Self) -> bool {
        self != other && self != Self::Neutral && other != Self::Neutral
    }
}
