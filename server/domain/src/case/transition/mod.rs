//! How a case moves: one table of rows (domain.md §4) and one pure function that reads it and asks the guards.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CaseState as S, DisputeKind};
use crate::{Refusal, deadline};

/// In what part somebody acts on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The receiving desk, a grid worker.
    Receiver,
    /// The township officer who sorts cases.
    Officer,
    /// The mediation committee.
    Committee,
    /// The director of the centre.
    Director,
    /// The mediator of this case.
    Mediator,
    /// A party of this case.
    Party,
    /// The archivist.
    Archivist,
    /// The program itself, when a condition came true.
    System,
}

/// Why a case ended without agreement (OMR 25; R27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// They settled it themselves.
    SelfSettled,
    /// A party cannot be reached.
    Unreachable,
    /// A party does not want mediation.
    PartyUnwilling,
    /// The gap cannot be closed.
    Irreconcilable,
    /// Time ran out.
    Expired,
    /// A party refused to sign.
    RefusedToSign,
    /// Anything else.
    Other,
}

/// What happens to a case, with the facts its guard wants to know.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields say what the guard asks")]
pub enum Event {
    /// 研判: severity, level and risk were set.
    Triage,
    /// 流转 to another owner.
    Transfer { reason: String },
    /// 不予受理.
    Reject { ground: String },
    /// 受理. The guard R1 is asked before: its answer comes in.
    Accept { consent: Result<(), Refusal> },
    /// 指派 of a mediator who has declared no conflict (PML 19; R4).
    Assign { no_conflict_declared: bool },
    /// The first sitting begins; R8's checklist.
    Start { checklist_done: bool },
    /// 中止: appraisal, or agreed. The clock stops.
    Suspend { reason: String },
    /// It goes on.
    Resume,
    /// Longer, if all parties agree (R22).
    Extend { all_agree: bool },
    /// 提级 to the level above, if the director approves.
    Escalate { approved: bool },
    /// The text is ready: signing opens.
    OpenSigning { lint_passed: bool },
    /// An edit takes signing back.
    ReopenText,
    /// R15: every required signature and the seal are there.
    TakeEffect { all_signed: bool },
    /// R14: an oral agreement was reached and recorded.
    AgreeOrally { kind: DisputeKind },
    /// It failed or was withdrawn.
    Fail { ground: Ground },
    /// R19: both parties together, within 30 days of effect.
    AskConfirmation { jointly: bool, effective_at: DateTime<Utc>, now: DateTime<Utc> },
    /// R21: the court has answered.
    ConfirmationAnswered,
    /// 履行.
    Perform,
    /// 违约: urged, remedies told (PML 31, 32).
    Breach,
    /// 结案, when nothing is open.
    Close { open: Vec<&'static str> },
    /// 归档, when the index is complete.
    Archive { index_complete: bool },
    /// Reopened to the same first receiver.
    Reopen { reason: String },
}

/// The name of an event, for tables and the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is documented at its event")]
pub enum Name {
    Triage,
    Transfer,
    Reject,
    Accept,
    Assign,
    Start,
    Suspend,
    Resume,
    Extend,
    Escalate,
    OpenSigning,
    ReopenText,
    TakeEffect,
    AgreeOrally,
    Fail,
    AskConfirmation,
    ConfirmationAnswered,
    Perform,
    Breach,
    Close,
    Archive,
    Reopen,
}

/// One row: from these states, this event by one of these leads there. `to: None` stays where it is.
#[derive(Debug)]
pub struct Row {
    /// From any of these.
    pub from: &'static [S],
    /// What happens.
    pub event: Name,
    /// Who may do it.
    pub by: &'static [By],
    /// Where it leads.
    pub to: Option<S>,
}

const fn row(from: &'static [S], event: Name, by: &'static [By], to: S) -> Row {
    Row { from, event, by, to: Some(to) }
}
const fn stay(from: &'static [S], event: Name, by: &'static [By]) -> Row {
    Row { from, event, by, to: None }
}

const BEFORE_EFFECT: &[S] =
    &[S::Registered, S::Triaged, S::Accepted, S::Assigned, S::Mediating, S::Suspended, S::Signing];

/// The whole table. What stands in no row is refused with `wrong_state`.
pub const ROWS: &[Row] = &[
    row(&[S::Registered], Name::Triage, &[By::Officer], S::Triaged),
    stay(&[S::Triaged], Name::Transfer, &[By::Officer]),
    row(&[S::Triaged], Name::Reject, &[By::Officer], S::NotAccepted),
    // A township centre's committee sorts and accepts in one step when it is the one that will mediate.
    row(&[S::Registered, S::Triaged], Name::Accept, &[By::Committee], S::Accepted),
    row(&[S::Accepted], Name::Assign, &[By::Director, By::Committee, By::Party], S::Assigned),
    row(&[S::Assigned], Name::Start, &[By::Mediator], S::Mediating),
    row(&[S::Mediating], Name::Suspend, &[By::Mediator], S::Suspended),
    row(&[S::Suspended], Name::Resume, &[By::Mediator], S::Mediating),
    stay(&[S::Mediating], Name::Extend, &[By::Mediator, By::Party]),
    row(&[S::Mediating], Name::Escalate, &[By::Mediator], S::Triaged),
    row(&[S::Mediating], Name::OpenSigning, &[By::Mediator], S::Signing),
    row(&[S::Signing], Name::ReopenText, &[By::Mediator], S::Mediating),
    row(&[S::Signing], Name::TakeEffect, &[By::System], S::Effective),
    row(&[S::Mediating], Name::AgreeOrally, &[By::Mediator], S::Effective),
    row(BEFORE_EFFECT, Name::Fail, &[By::Party, By::Mediator], S::Failed),
    row(&[S::Effective], Name::AskConfirmation, &[By::Party], S::Confirming),
    row(&[S::Confirming], Name::ConfirmationAnswered, &[By::Mediator, By::Party], S::Effective),
    row(&[S::Effective, S::Breached], Name::Perform, &[By::Mediator], S::Performed),
    row(&[S::Effective, S::Performed], Name::Breach, &[By::Mediator], S::Breached),
    row(&[S::Performed, S::Failed, S::Breached, S::NotAccepted], Name::Close, &[By::Director], S::Closed),
    row(&[S::Closed], Name::Archive, &[By::Archivist], S::Archived),
    row(&[S::Closed, S::Archived], Name::Reopen, &[By::Director], S::Triaged),
];

/// Where the event leads, or why not.
///
/// # Errors
/// `wrong_state` (no row from here, with `state`), `not_yours_to_do` (a row, but not for this part), or the guard's own code.
pub fn next(state: S, event: &Event, by: By) -> Result<S, Refusal> {
    let name = event.name();
    let row = ROWS
        .iter()
        .find(|row| row.event == name && row.from.contains(&state))
        .ok_or_else(|| Refusal::conflict("wrong_state").with("state", format!("{state:?}").to_lowercase()))?;
    if !row.by.contains(&by) {
        return Err(Refusal::forbidden("not_yours_to_do"));
    }
    event.guard()?;
    Ok(row.to.unwrap_or(state))
}

fn demand(holds: bool, code: &'static str) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(Refusal::conflict(code)) }
}

impl Event {
    /// The event's name.
    pub fn name(&self) -> Name {
        match self {
            Self::Triage => Name::Triage,
            Self::Transfer { .. } => Name::Transfer,
            Self::Reject { .. } => Name::Reject,
            Self::Accept { .. } => Name::Accept,
            Self::Assign { .. } => Name::Assign,
            Self::Start { .. } => Name::Start,
            Self::Suspend { .. } => Name::Suspend,
            Self::Resume => Name::Resume,
            Self::Extend { .. } => Name::Extend,
            Self::Escalate { .. } => Name::Escalate,
            Self::OpenSigning { .. } => Name::OpenSigning,
            Self::ReopenText => Name::ReopenText,
            Self::TakeEffect { .. } => Name::TakeEffect,
            Self::AgreeOrally { .. } => Name::AgreeOrally,
            Self::Fail { .. } => Name::Fail,
            Self::AskConfirmation { .. } => Name::AskConfirmation,
            Self::ConfirmationAnswered => Name::ConfirmationAnswered,
            Self::Perform => Name::Perform,
            Self::Breach => Name::Breach,
            Self::Close { .. } => Name::Close,
            Self::Archive { .. } => Name::Archive,
            Self::Reopen { .. } => Name::Reopen,
        }
    }

    fn guard(&self) -> Result<(), Refusal> {
        match self {
            Self::Accept { consent } => consent.clone(),
            Self::Assign { no_conflict_declared } => demand(*no_conflict_declared, "conflict_undeclared"),
            Self::Start { checklist_done } => demand(*checklist_done, "checklist_open"),
            Self::Extend { all_agree } => demand(*all_agree, "not_all_agreed"),
            Self::Escalate { approved } => demand(*approved, "not_approved"),
            Self::OpenSigning { lint_passed } => demand(*lint_passed, "text_not_ready"),
            Self::TakeEffect { all_signed } => demand(*all_signed, "signature_missing"),
            Self::AgreeOrally { kind } => demand(!kind.needs_writing(), "writing_required"),
            Self::AskConfirmation { jointly, effective_at, now } => {
                demand(*jointly, "not_jointly")?;
                demand(*now < deadline::confirmation_until(*effective_at), "confirmation_too_late")
            }
            Self::Close { open } if !open.is_empty() => {
                Err(Refusal::conflict("closing_open").with("open", open.clone()))
            }
            Self::Archive { index_complete } => demand(*index_complete, "index_incomplete"),
            Self::Transfer { reason }
            | Self::Suspend { reason }
            | Self::Reopen { reason }
            | Self::Reject { ground: reason } => {
                if reason.trim().is_empty() {
                    Err(Refusal::invalid("reason_missing"))
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
