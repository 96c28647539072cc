//! `POST /sessions/{id}/screens`: two seats that may never share an area, said by whoever prepares the sitting.

use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Action;
use domain::timeline::Draft;
use domain::{Refusal, SeatId, SessionId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::table;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// Two seats of one sitting.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewScreen {
    a: SeatId,
    b: SeatId,
}

/// Keeps two seats apart for the whole sitting, and for those that follow from it. There is no way to take it back: a
/// person's safety is not a setting.
#[utoipa::path(
    post,
    path = "/sessions/{id}/screens",
    tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body = NewScreen,
    security(("staff" = [])),
    responses(
        (status = 204),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "session_over"),
        (status = 422, body = ProblemBody, description = "not_a_pair"),
    )
)]
pub(super) async fn screen(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<SessionId>,
    Json(new): Json<NewScreen>,
) -> Answer<StatusCode> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let (sitting, case) = guard::sitting(&tx, &caller, id, Action::ManageSeats).await?;
    if sitting.phase.is_over() {
        return Err(Refusal::conflict("session_over").into());
    }
    let one = store::seat::find_in(&tx, id, new.a).await?.ok_or_else(Problem::not_found)?;
    let other = store::seat::find_in(&tx, id, new.b).await?.ok_or_else(Problem::not_found)?;
    let bound = one.bound_to == Some(other.id) || other.bound_to == Some(one.id);
    if one.id == other.id || bound || (one.role.hosts() && other.role.hosts()) {
        return Err(Refusal::invalid("not_a_pair").into());
    }
    if !store::safety::screens(&tx, id).await?.contains(&(one.id.min(other.id), one.id.max(other.id))) {
        store::safety::screen(&tx, id, one.id, other.id).await?;
        let draft = Draft {
            actor: guard::name(&tx, &caller).await?,
            kind: "screened".into(),
            summary: "两席不得同处一室".into(),
            data: json!({"session": id, "a": one.id, "b": other.id}),
        };
        store::timeline::append(&tx, case.id, draft, now).await?;
    }
    tx.commit().await?;
    table::screen(&app, id, one.id, other.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
