//! `GET /calls`: what rings at the caller's desk now, and the calls they came to.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::{Action, Actor};
use domain::duty::{CallStatus, ExpertCall, Rung};
use domain::{CallId, DisputeKind, Expert, SessionId};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::{SHOWN, is_open};
use crate::caller::StaffCaller;
use crate::duty::switchboard::patience;
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The caller's calls, the newest first.
#[derive(Debug, Default, PartialEq, Serialize, ToSchema)]
pub(super) struct Calls {
    items: Vec<CallRow>,
}

/// A call at somebody's desk.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ExpertCall)]
pub(super) struct CallRow {
    id: CallId,
    /// As what the caller is wanted.
    expert: Expert,
    /// `ringing`, `taken` or `over`.
    status: CallStatus,
    /// What is asked.
    question: String,
    /// To a private talk.
    private: bool,
    /// What kind of dispute.
    kind: DisputeKind,
    /// Whose case.
    organization: String,
    /// Who asks.
    mediator: String,
    room: String,
    /// Since when it rings at this desk.
    rung_at: DateTime<Utc>,
    /// Until when, before the next desk rings.
    rings_until: DateTime<Utc>,
    /// Where to come to; told to who comes.
    session_id: Option<SessionId>,
    /// A note was left.
    noted: bool,
}

/// What rings here.
#[utoipa::path(
    get,
    path = "/calls",
    tag = "calls",
    security(("staff" = [])),
    responses((status = 200, body = Calls), (status = 403, body = ProblemBody, description = "not_allowed"))
)]
pub(super) async fn list(State(app): State<AppState>, caller: StaffCaller) -> Answer<Json<Calls>> {
    Actor::staff(caller.role, []).demand_general(Action::AnswerCalls)?;
    let tx = app.store.read().await?;
    Ok(Json(calls(&tx, &app, &caller).await?))
}

/// The same, for the stream.
pub(super) async fn calls(tx: &Tx, app: &AppState, caller: &StaffCaller) -> Answer<Calls> {
    let since = app.clock.now() - SHOWN;
    let mut items = Vec::new();
    for (call, rung) in store::expert_call::of_staff(tx, caller.id, since).await? {
        if is_open(&call, &rung) {
            items.push(CallRow::of(tx, app, caller, call, &rung).await?);
        }
    }
    Ok(Calls { items })
}

impl CallRow {
    pub(super) async fn of(
        tx: &Tx,
        app: &AppState,
        caller: &StaffCaller,
        call: ExpertCall,
        rung: &Rung,
    ) -> Answer<Self> {
        let case = store::case::find(tx, call.case_id).await?;
        let sitting = store::sitting::find(tx, call.session_id).await?;
        let (Some(case), Some(sitting)) = (case, sitting) else {
            return Err(crate::problem::Problem::not_found());
        };
        let organization = store::organization::find(tx, case.organization_id).await?;
        let mediator = match case.mediator {
            Some(id) => store::staff::find(tx, id).await?.map(|staff| staff.name),
            None => None,
        };
        let noted = match call.expert {
            Expert::Counsellor => store::counsel_note::of_author(tx, caller.id, call.id).await?.is_some(),
            _ => store::expert_note::of_call(tx, call.id).await?.is_some(),
        };
        Ok(Self {
            id: call.id,
            expert: call.expert,
            status: call.status,
            question: call.question,
            private: call.private,
            kind: case.kind,
            organization: organization.map(|found| found.name).unwrap_or_default(),
            mediator: mediator.unwrap_or_default(),
            room: sitting.room,
            rung_at: rung.at,
            rings_until: rung.at + patience(app),
            session_id: call.taken_by.is_some().then_some(call.session_id),
            noted,
        })
    }
}
