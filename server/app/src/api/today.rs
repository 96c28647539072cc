//! `GET /today`: what needs this member of staff now: today's sittings and the deadlines that press.

use std::collections::HashMap;

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::{Action, Actor};
use domain::deadline::{self, Light};
use domain::{CaseId, DisputeKind, Phase, SessionId};
use serde::Serialize;
use store::case::Filter;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::cases::{CaseRow, rows};
use super::guard;
use super::sessions::table;
use crate::caller::StaffCaller;
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// One route.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(today))
}

/// Today.
#[derive(Serialize, ToSchema)]
struct Today {
    /// Today's, and those that are going on.
    sessions: Vec<SessionRow>,
    /// Yellow and red, the most pressing first.
    cases_due: Vec<CaseRow>,
}

/// A sitting in a list.
#[derive(Serialize, ToSchema)]
struct SessionRow {
    id: SessionId,
    case_id: CaseId,
    case_number: Option<String>,
    title: String,
    kind: DisputeKind,
    scheduled_at: DateTime<Utc>,
    phase: Phase,
    parties: Vec<String>,
    /// How many wait in the lobby now.
    waiting: usize,
    mediator: String,
}

/// The caller's day.
#[utoipa::path(
    get,
    path = "/today",
    tag = "today",
    security(("staff" = [])),
    responses((status = 200, body = Today), (status = 403, body = ProblemBody, description = "not_allowed"))
)]
async fn today(State(app): State<AppState>, caller: StaffCaller) -> Answer<Json<Today>> {
    Actor::staff(caller.role, []).demand_general(Action::SeeToday)?;
    let now = app.clock.now();
    let tx = app.store.read().await?;
    let scope = guard::scope(&tx, &caller).await?;
    let mut cases = store::case::list(&tx, &scope, &Filter { limit: 1000, ..Filter::default() }).await?;
    let ids: Vec<CaseId> = cases.iter().map(|case| case.id).collect();
    let midnight = deadline::start_of_day(now);
    let sittings = store::sitting::around(&tx, &ids, midnight, midnight + TimeDelta::days(1)).await?;
    let parties = store::party::names(&tx, sittings.iter().map(|s| s.case_id)).await?;
    let mediators = store::staff::names(&tx, cases.iter().filter_map(|case| case.mediator)).await?;
    let by_id: HashMap<CaseId, _> = cases.iter().map(|case| (case.id, case.clone())).collect();

    cases.retain(|case| deadline::light(case.state, case.due_at, now) != Light::Green);
    cases.sort_by_key(|case| case.due_at);
    let cases_due = rows(&tx, cases, now).await?;
    tx.rollback().await?; // the live table is asked below

    let mut sessions = Vec::with_capacity(sittings.len());
    for sitting in sittings {
        let Some(case) = by_id.get(&sitting.case_id) else { continue };
        sessions.push(SessionRow {
            waiting: table::waiting(&app, sitting.id).await,
            id: sitting.id,
            case_id: case.id,
            case_number: case.number.clone(),
            title: case.title.clone(),
            kind: case.kind,
            scheduled_at: sitting.scheduled_at,
            phase: sitting.phase,
            parties: parties.get(&case.id).cloned().unwrap_or_default(),
            mediator: case.mediator.and_then(|id| mediators.get(&id).cloned()).unwrap_or_default(),
        });
    }
    Ok(Json(Today { sessions, cases_due }))
}
