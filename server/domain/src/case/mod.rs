//! The case (案件): what hangs together, and how far it has got.

use chrono::{DateTime, Utc};

use crate::{CaseId, OrganizationId, StaffId};

mod kind;
mod state;
mod transition;

pub use kind::{DisputeKind, Source};
pub use state::CaseState;
pub use transition::{By, Event, Ground, Name, ROWS, Row, next};

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Which.
    pub id: CaseId,
    /// Whose register it stands in.
    pub organization_id: OrganizationId,
    /// The running number of that register: （2026）石桥登字第21号.
    pub register_no: String,
    /// The agreement's number, once signing has opened.
    pub number: Option<String>,
    /// A short name of the quarrel.
    pub title: String,
    /// What it is about.
    pub kind: DisputeKind,
    /// How it came here.
    pub source: Source,
    /// How far it has got.
    pub state: CaseState,
    /// The facts as told.
    pub facts: String,
    /// What is asked for.
    pub requests: String,
    /// Where it happened.
    pub place: String,
    /// R26: the request interrupts limitation from this moment; it never changes.
    pub requested_at: DateTime<Utc>,
    /// When the committee took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it must be done (R22–R24).
    pub due_at: Option<DateTime<Utc>>,
    /// Since when the clock stands still.
    pub suspended_at: Option<DateTime<Utc>>,
    /// R15: when the agreement took effect.
    pub effective_at: Option<DateTime<Utc>>,
    /// 首问负责人: never changes, stays on duty until it is solved.
    pub first_receiver: StaffId,
    /// Who mediates.
    pub mediator: Option<StaffId>,
    /// When anything last changed.
    pub updated_at: DateTime<Utc>,
}

impl Case {
    /// What the desk shows as the next step: a code, the web client has the words.
    pub fn next_step(&self) -> &'static str {
        match self.state {
            CaseState::Registered | CaseState::Triaged | CaseState::Accepted if self.mediator.is_none() => {
                "assign"
            }
            CaseState::Registered | CaseState::Triaged => "accept",
            CaseState::Accepted => "schedule",
            CaseState::Assigned => "hold",
            CaseState::Mediating | CaseState::Suspended => "mediate",
            CaseState::Signing => "sign",
            CaseState::Effective => "perform",
            CaseState::Confirming => "confirm",
            CaseState::Performed => "follow_up",
            CaseState::NotAccepted | CaseState::Breached | CaseState::Failed => "close",
            CaseState::Closed => "archive",
            CaseState::Archived => "none",
        }
    }
}

/// The running number of a register, as printed.
pub fn register_no(year: i32, short_name: &str, serial: i32) -> String {
    format!("（{year}）{short_name}登字第{serial}号")
}
