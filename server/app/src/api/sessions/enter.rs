//! `POST /sessions/{id}/enter`: a member of staff takes the own seat.

use axum::extract::State;
use domain::access::Action;
use domain::{Refusal, SessionId};

use super::{Entry, entry};
use crate::api::guard;
use crate::caller::{Origin, StaffCaller};
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Tokens for the caller's own seat.
#[utoipa::path(
    post,
    path = "/sessions/{id}/enter",
    tag = "sessions",
    params(("id" = SessionId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = Entry),
        (status = 403, body = ProblemBody, description = "no_seat"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn enter(
    State(app): State<AppState>,
    caller: StaffCaller,
    origin: Origin,
    Path(id): Path<SessionId>,
) -> Answer<Json<Entry>> {
    let tx = app.store.read().await?;
    let (sitting, _) = guard::sitting(&tx, &caller, id, Action::EnterSession).await?;
    let seat = store::seat::of_staff(&tx, id, caller.id).await?;
    let seat = seat.ok_or_else(|| Refusal::forbidden("no_seat"))?;
    tx.rollback().await?; // the live table reads for itself
    Ok(Json(entry(&app, &sitting, &seat, &origin).await?))
}
