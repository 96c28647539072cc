//! `GET /cases`: the cases one may see, narrowed by state, kind, light and words.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::{Action, Actor};
use domain::deadline::{self, Light};
use domain::{Case, CaseState, DisputeKind};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::case::Filter;
use utoipa::{IntoParams, ToSchema};

use super::CaseRow;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Query};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// What to narrow the list to.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Narrow {
    state: Option<CaseState>,
    kind: Option<DisputeKind>,
    light: Option<Light>,
    /// Words in title, number or a party's name.
    q: Option<String>,
}

/// Cases, last changed first.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseList {
    items: Vec<CaseRow>,
}

/// The cases this caller may see.
#[utoipa::path(
    get,
    path = "/cases",
    tag = "cases",
    operation_id = "list_cases",
    params(Narrow),
    security(("staff" = [])),
    responses((status = 200, body = CaseList), (status = 403, body = ProblemBody, description = "not_allowed"))
)]
pub(super) async fn list(
    State(app): State<AppState>,
    caller: StaffCaller,
    Query(narrow): Query<Narrow>,
) -> Answer<Json<CaseList>> {
    Actor::staff(caller.role, []).demand_general(Action::ListCases)?;
    let now = app.clock.now();
    let tx = app.store.read().await?;
    let scope = guard::scope(&tx, &caller).await?;
    let filter =
        Filter { states: narrow.state.into_iter().collect(), kind: narrow.kind, text: narrow.q, limit: 0 };
    let mut cases = store::case::list(&tx, &scope, &filter).await?;
    if let Some(light) = narrow.light {
        cases.retain(|case| deadline::light(case.state, case.due_at, now) == light);
    }
    Ok(Json(CaseList { items: rows(&tx, cases, now).await? }))
}

/// Rows of a list, with the names that stand in them.
pub(in crate::api) async fn rows(tx: &Tx, cases: Vec<Case>, now: DateTime<Utc>) -> Answer<Vec<CaseRow>> {
    let mut parties = store::party::names(tx, cases.iter().map(|case| case.id)).await?;
    let handlers = store::staff::names(tx, cases.iter().filter_map(|case| case.mediator)).await?;
    Ok(cases
        .into_iter()
        .map(|case| CaseRow {
            light: deadline::light(case.state, case.due_at, now),
            parties: parties.remove(&case.id).unwrap_or_default(),
            handler: case.mediator.and_then(|id| handlers.get(&id).cloned()),
            next_step: case.next_step().to_owned(),
            id: case.id,
            number: case.number,
            register_no: case.register_no,
            title: case.title,
            kind: case.kind,
            state: case.state,
            due_at: case.due_at,
            updated_at: case.updated_at,
        })
        .collect())
}
