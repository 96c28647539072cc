//! `GET /sessions/{id}/minutes`.

use axum::extract::State;
use domain::SessionId;
use domain::access::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::EntryView;
use crate::api::guard;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The entries in the order of writing; what was put right stays visible.
#[derive(Serialize, ToSchema)]
pub(super) struct MinutesList {
    items: Vec<EntryView>,
}

/// All entries of a sitting.
#[utoipa::path(
    get,
    path = "/sessions/{id}/minutes",
    tag = "minutes",
    operation_id = "list_minutes",
    params(("id" = SessionId, Path)),
    security(("staff" = []), ("seat" = [])),
    responses(
        (status = 200, body = MinutesList),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<SessionId>,
) -> Answer<Json<MinutesList>> {
    let tx = app.store.read().await?;
    guard::reader(&tx, &caller, id, Action::ReadMinutes).await?;
    let entries = store::minutes::of_session(&tx, id).await?;
    Ok(Json(MinutesList { items: entries.into_iter().map(Into::into).collect() }))
}
