//! `GET /calls/{call}/summary`: the one page somebody who is rung reads before coming in.

use axum::extract::State;
use domain::CallId;
use domain::duty::Summary;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::CallRow;
use super::mine;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// The call, and what this kind of expert may know of the case.
#[derive(Serialize, ToSchema)]
pub(super) struct CallSummary {
    call: CallRow,
    case: Summary,
}

/// The one page.
#[utoipa::path(
    get,
    path = "/calls/{call}/summary",
    tag = "calls",
    params(("call" = CallId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = CallSummary),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn summary(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CallId>,
) -> Answer<Json<CallSummary>> {
    let tx = app.store.read().await?;
    let (call, rung) = mine(&tx, &app, &caller, id).await?;
    let case = store::case::find(&tx, call.case_id).await?.ok_or_else(Problem::not_found)?;
    let parties = store::party::of_case(&tx, case.id).await?;
    let case = Summary::of(call.expert, &case, &parties);
    Ok(Json(CallSummary { call: CallRow::of(&tx, &app, &caller, call, &rung).await?, case }))
}
