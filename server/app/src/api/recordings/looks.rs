//! `GET /recordings/{recording}/log`: who looked at a recording when, and what they did.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::RecordingId;
use domain::access::Action;
use domain::recording::{Look, LookKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The latest first.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordingLog {
    items: Vec<LookView>,
}

/// One look.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordingLook)]
struct LookView {
    at: DateTime<Utc>,
    viewer: String,
    what: LookKind,
}

/// Every look at a recording.
#[utoipa::path(
    get,
    path = "/recordings/{recording}/log",
    tag = "recordings",
    params(("recording" = RecordingId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = RecordingLog),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn looks(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<RecordingId>,
) -> Answer<Json<RecordingLog>> {
    let tx = app.store.read().await?;
    super::found(&tx, &caller, id, Action::ReadRecordingLog).await?;
    let items = store::recording::looks(&tx, id).await?;
    let items = items.into_iter().map(|Look { at, viewer, what }| LookView { at, viewer, what }).collect();
    Ok(Json(RecordingLog { items }))
}
