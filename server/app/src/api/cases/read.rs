//! `GET /cases/{id}`: the case file.

use axum::extract::State;
use domain::CaseId;
use domain::access::Action;

use super::CaseView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The file; who may only read the summary gets it without facts, papers and particulars.
#[utoipa::path(
    get,
    path = "/cases/{id}",
    tag = "cases",
    params(("id" = CaseId, Path)),
    security(("staff" = [])),
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody, description = "not_found"))
)]
pub(super) async fn read(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
) -> Answer<Json<CaseView>> {
    let tx = app.store.read().await?;
    let (case, actor) = guard::case(&tx, &caller, id, Action::ReadSummary).await?;
    Ok(Json(CaseView::of(&tx, &case, &actor, app.clock.now()).await?))
}
