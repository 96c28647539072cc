//! A silent call for help, as the incident desk (值守席) has it: where, whom to ring back, and what a human decided.
//! Nothing of the case is in it (domain.md §4 “Visibility”); nothing is decided by a program (PML 25; R32).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CaseId, DuressId, Refusal, SeatId, SessionId};

/// Characters in the words of a decision.
const WORDS: usize = 500;

/// A call for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duress {
    /// Which.
    pub id: DuressId,
    /// In which sitting.
    pub session_id: SessionId,
    /// Of which case; never shown to the desk.
    pub case_id: CaseId,
    /// Who called.
    pub seat_id: SeatId,
    /// Where they were.
    pub place: Place,
    /// When.
    pub at: DateTime<Utc>,
    /// When somebody at the desk saw it.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When a human said that it is over.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Where somebody was when they called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Waiting, alone.
    Lobby,
    /// With everybody.
    Joint,
    /// In a private talk.
    Private,
}

/// What a human did about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The desk has seen it.
    Acknowledged,
    /// Rang the person, or the centre, back.
    CalledBack,
    /// Somebody at the centre went there.
    SentSomebody,
    /// Rang 110, the police.
    Police,
    /// Rang 120, an ambulance.
    Ambulance,
    /// Reported suspected violence against who cannot speak for themselves (反家庭暴力法 14; R32).
    Reported,
    /// Anything else, in words.
    Remark,
    /// The desk says that it is over, and how.
    Closed,
    /// The mediator has seen it.
    HostSaw,
    /// What the mediator decided.
    HostDecided,
}

impl Act {
    /// Something the desk may write down; the mediator's acts come from the sitting.
    pub fn is_of_desk(self) -> bool {
        !matches!(self, Self::HostSaw | Self::HostDecided)
    }

    /// For the timeline.
    pub fn words(self) -> &'static str {
        match self {
            Self::Acknowledged => "值守席已接警",
            Self::CalledBack => "值守席已回拨",
            Self::SentSomebody => "已派人到场",
            Self::Police => "已拨打110",
            Self::Ambulance => "已拨打120",
            Self::Reported => "已依法报告",
            Self::Remark => "值守席记录",
            Self::Closed => "值守席处置完毕",
            Self::HostSaw => "调解员已回应",
            Self::HostDecided => "调解员处置",
        }
    }

    /// The words that go with it, tidied.
    ///
    /// # Errors
    /// `act_not_yours`, `nothing_said` where words are needed, `note_too_long`.
    pub fn said(self, words: &str) -> Result<String, Refusal> {
        if !self.is_of_desk() {
            return Err(Refusal::invalid("act_not_yours"));
        }
        let words = words.trim().to_owned();
        if words.chars().count() > WORDS {
            return Err(Refusal::invalid("note_too_long").with("limit", WORDS));
        }
        if words.is_empty() && matches!(self, Self::Remark | Self::Closed | Self::Reported) {
            return Err(Refusal::invalid("nothing_said"));
        }
        Ok(words)
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name.
    pub by: String,
    /// What.
    pub act: Act,
    /// In words.
    pub words: String,
}
