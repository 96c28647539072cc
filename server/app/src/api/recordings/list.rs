//! `GET /cases/{id}/recordings`.

use axum::extract::State;
use domain::CaseId;
use domain::access::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::RecordingView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordingList {
    items: Vec<RecordingView>,
}

/// That there are recordings, when and how long; nothing of what is in them.
#[utoipa::path(
    get,
    path = "/cases/{id}/recordings",
    tag = "recordings",
    params(("id" = CaseId, Path)),
    security(("staff" = [])),
    responses((status = 200, body = RecordingList), (status = 404, body = ProblemBody, description = "not_found"))
)]
pub(super) async fn list(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
) -> Answer<Json<RecordingList>> {
    let tx = app.store.read().await?;
    let (_, actor) = guard::case(&tx, &caller, id, Action::ReadRecordings).await?;
    let mut items = Vec::new();
    for recording in store::recording::of_case(&tx, id).await? {
        items.push(RecordingView::of(&tx, recording, &actor).await?);
    }
    Ok(Json(RecordingList { items }))
}
