//! `PUT` and `POST …/release` on `/recordings/{recording}/hold`: keeps a recording beyond its time (R35), and ends that.

use axum::extract::State;
use domain::access::Action;
use domain::timeline::Draft;
use domain::{Recording, RecordingId};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::view::RecordingView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// Why.
#[derive(Deserialize, ToSchema)]
pub(super) struct HoldReason {
    reason: String,
}

/// Holds it: it is not removed until the hold is ended.
#[utoipa::path(
    put,
    path = "/recordings/{recording}/hold",
    tag = "recordings",
    params(("recording" = RecordingId, Path)),
    request_body = HoldReason,
    security(("staff" = [])),
    responses(
        (status = 200, body = RecordingView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "recording_held, recording_gone"),
        (status = 422, body = ProblemBody, description = "reason_missing, text_too_long"),
    )
)]
pub(super) async fn hold(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<RecordingId>,
    Json(HoldReason { reason }): Json<HoldReason>,
) -> Answer<Json<RecordingView>> {
    let (now, tx) = (app.clock.now(), app.store.begin().await?);
    let mut recording = locked(&tx, &caller, id, Action::HoldRecording).await?;
    let name = guard::name(&tx, &caller).await?;
    recording.hold(&reason, &name, now)?;
    let reason = recording.hold.as_ref().map(|hold| hold.reason.clone()).unwrap_or_default();
    keep(&app, tx, &caller, recording, ("recording_held", "录音录像保全", &reason, name)).await
}

/// Ends the hold. Another pair of hands than the handler's does it.
#[utoipa::path(
    post,
    path = "/recordings/{recording}/hold",
    tag = "recordings",
    params(("recording" = RecordingId, Path)),
    request_body = HoldReason,
    security(("staff" = [])),
    responses(
        (status = 200, body = RecordingView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "recording_not_held"),
        (status = 422, body = ProblemBody, description = "reason_missing, text_too_long"),
    )
)]
pub(super) async fn release(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<RecordingId>,
    Json(HoldReason { reason }): Json<HoldReason>,
) -> Answer<Json<RecordingView>> {
    let tx = app.store.begin().await?;
    let mut recording = locked(&tx, &caller, id, Action::ReleaseRecording).await?;
    let name = guard::name(&tx, &caller).await?;
    let (_, reason) = recording.release(&reason)?;
    keep(&app, tx, &caller, recording, ("recording_released", "解除录音录像保全", &reason, name)).await
}

async fn locked(tx: &Tx, caller: &StaffCaller, id: RecordingId, action: Action) -> Answer<Recording> {
    super::found(tx, caller, id, action).await?;
    store::recording::lock(tx, id).await?.ok_or_else(Problem::not_found)
}

async fn keep(
    app: &AppState,
    tx: Tx,
    caller: &StaffCaller,
    recording: Recording,
    (kind, words, reason, actor): (&str, &str, &str, String),
) -> Answer<Json<RecordingView>> {
    store::recording::save(&tx, &recording).await?;
    let draft = Draft {
        actor,
        kind: kind.to_owned(),
        summary: format!("{words}：{reason}"),
        data: json!({"recording": recording.id, "reason": reason}),
    };
    store::timeline::append(&tx, recording.case_id, draft, app.clock.now()).await?;
    let (_, actor) = guard::case(&tx, caller, recording.case_id, Action::ReadRecordings).await?;
    let view = RecordingView::of(&tx, recording, &actor).await?;
    tx.commit().await?;
    Ok(Json(view))
}
