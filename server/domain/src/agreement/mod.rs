//! The agreement (调解协议书): drafted clause by clause, frozen, signed by everyone who must, sealed.
//!
//! ```text
//!  drafting ──freeze──▶ signing ──last signature──▶ sealing ──seal──▶ effective
//!      ▲                   │
//!      └──────reopen───────┘   voids every signature and the number (R17)
//! ```

mod drafting;
mod effect;
mod signing;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use effect::{Regime, effective_at};
pub use signing::Signed;

use crate::clause::Clause;
use crate::{AgreementId, CaseId, DocumentId, PartyId, Refusal, SeatId, SeatRole, SessionId, Side};

/// How far an agreement has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementState {
    /// Clauses change and stances are taken.
    Drafting,
    /// The text stands still; signatures are collected.
    Signing,
    /// Everyone signed; the paper is being made and sealed.
    Sealing,
    /// Sealed and in force.
    Effective,
    /// Given up.
    Void,
}

/// Whether electronic signatures may be used (R18; ESL 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ESign {
    /// They may.
    Allowed,
    /// Marriage, adoption, inheritance: on paper only.
    PaperOnly,
}

/// The text as it stands still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenText {
    /// Paragraphs in reading order.
    pub paragraphs: Vec<String>,
    /// Lower-case hex SHA-256 of the paragraphs joined by line feeds.
    pub text_sha256: String,
    /// Pages of the printed paper.
    pub pages: i32,
    /// When it was frozen.
    pub at: DateTime<Utc>,
    /// The number in it.
    pub number: String,
    /// What was typeset, so that the very same text can be printed again when it is sealed.
    pub source: serde_json::Value,
}

/// One who must sign.
#[derive(Clone, Debug, PartialEq)]
pub struct Signatory {
    /// The place at the table, if one is known.
    pub seat_id: Option<SeatId>,
    /// The party; `None` for the mediator.
    pub party_id: Option<PartyId>,
    /// As printed.
    pub name: String,
    /// In which role.
    pub role: SeatRole,
    /// The signature, once given.
    pub signed: Option<Signed>,
}

/// A party as the agreement needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// Who.
    pub party_id: PartyId,
    /// On whose side.
    pub side: Side,
    /// As printed.
    pub name: String,
    /// The place at the table of this sitting.
    pub seat_id: Option<SeatId>,
}

/// Who takes part: every party of the case, and the mediator who leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// In the order of the file.
    pub parties: Vec<Participant>,
    /// The mediator's seat and name.
    pub mediator: (SeatId, String),
}

/// An agreement.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Which.
    pub id: AgreementId,
    /// Of which case.
    pub case_id: CaseId,
    /// In which sitting it is worked on.
    pub session_id: SessionId,
    /// How far it has got.
    pub state: AgreementState,
    /// One more with each change of the text: who freezes says which one was read.
    pub version: i32,
    /// R18.
    pub esign: ESign,
    /// In order.
    pub clauses: Vec<Clause>,
    /// While signing and later.
    pub frozen: Option<FrozenText>,
    /// While signing and later: everyone who must sign.
    pub required: Vec<Signatory>,
    /// The sealed paper.
    pub document_id: Option<DocumentId>,
    /// R15; worked out, never typed.
    pub effective_at: Option<DateTime<Utc>>,
    /// Why the text was taken back last time.
    pub reopened_reason: Option<String>,
}

impl Agreement {
    /// An empty one.
    pub fn new(id: AgreementId, case_id: CaseId, session_id: SessionId, esign: ESign) -> Self {
        Self {
            id,
            case_id,
            session_id,
            state: AgreementState::Drafting,
            version: 1,
            esign,
            clauses: Vec::new(),
            frozen: None,
            required: Vec::new(),
            document_id: None,
            effective_at: None,
            reopened_reason: None,
        }
    }

    /// Everyone who must sign: every party, then the mediator (R15).
    pub fn signatories(roster: &Roster) -> Vec<Signatory> {
        let party = |p: &Participant| Signatory {
            seat_id: p.seat_id,
            party_id: Some(p.party_id),
            name: p.name.clone(),
            role: p.side.seat_role(),
            signed: None,
        };
        let (seat, name) = &roster.mediator;
        let mediator = Signatory {
            seat_id: Some(*seat),
            party_id: None,
            name: name.clone(),
            role: SeatRole::Mediator,
            signed: None,
        };
        roster.parties.iter().map(party).chain([mediator]).collect()
    }

    fn demand_drafting(&self) -> Result<(), Refusal> {
        match self.state {
            AgreementState::Drafting => Ok(()),
            AgreementState::Signing => Err(Refusal::conflict("agreement_frozen")),
            _ => Err(Refusal::conflict("agreement_final")),
        }
    }
}

#[cfg(test)]
mod tests;
