//! `GET /me`: who is signed in.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::login::StaffView;
use crate::caller::StaffCaller;
use crate::extract::Json;
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// One route.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(me))
}

/// The caller's own name, office and organisation.
#[utoipa::path(
    get,
    path = "/me",
    tag = "login",
    security(("staff" = [])),
    responses((status = 200, body = StaffView), (status = 401, body = ProblemBody))
)]
async fn me(State(app): State<AppState>, caller: StaffCaller) -> Answer<Json<StaffView>> {
    let tx = app.store.read().await?;
    let staff = store::staff::find(&tx, caller.id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(StaffView::of(&tx, &staff).await?))
}
