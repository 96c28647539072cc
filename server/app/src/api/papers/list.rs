//! `GET /cases/{id}/papers`: what was handed in, for the handler of the case.

use axum::extract::State;
use domain::CaseId;
use domain::access::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::CasePaper;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The papers of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct CasePapers {
    items: Vec<CasePaper>,
}

/// The papers of a case, the oldest first.
#[utoipa::path(
    get,
    path = "/cases/{id}/papers",
    tag = "papers",
    operation_id = "list_papers",
    params(("id" = CaseId, Path)),
    security(("staff" = [])),
    responses((status = 200, body = CasePapers), (status = 404, body = ProblemBody, description = "not_found"))
)]
pub(super) async fn list(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
) -> Answer<Json<CasePapers>> {
    let tx = app.store.read().await?;
    let (case, _) = guard::case(&tx, &caller, id, Action::ReadPapers).await?;
    let papers = store::paper::of_case(&tx, case.id).await?;
    Ok(Json(CasePapers { items: papers.into_iter().map(Into::into).collect() }))
}
