//! `GET /sessions/{id}`.

use axum::extract::State;
use domain::SessionId;
use domain::access::Action;

use super::SessionView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// A sitting with its seats.
#[utoipa::path(
    get,
    path = "/sessions/{id}",
    tag = "sessions",
    params(("id" = SessionId, Path)),
    security(("staff" = [])),
    responses((status = 200, body = SessionView), (status = 404, body = ProblemBody, description = "not_found"))
)]
pub(super) async fn read(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<SessionId>,
) -> Answer<Json<SessionView>> {
    let tx = app.store.read().await?;
    let (sitting, case) = guard::sitting(&tx, &caller, id, Action::ReadSession).await?;
    Ok(Json(SessionView::of(&tx, &sitting, &case, app.clock.now()).await?))
}
