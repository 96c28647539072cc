//! `POST` and `GET /recordings/{recording}/composite`: one film of all tracks, made by a job, taken away as MP4.

use axum::extract::{Request, State};
use axum::response::Response;
use domain::access::Action;
use domain::recording::LookKind;
use domain::{JobId, RecordingId, Refusal};
use serde_json::json;
use store::job::Standing;

use super::play::Player;
use super::track::send;
use super::view::RecordingView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::jobs::{COMPOSE_RECORDING, film};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// Has the film made; asking twice makes one. After a failure it is tried anew.
#[utoipa::path(
    post,
    path = "/recordings/{recording}/composite",
    tag = "recordings",
    params(("recording" = RecordingId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = RecordingView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "recording_running, recording_gone"),
    )
)]
pub(super) async fn compose(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<RecordingId>,
) -> Answer<Json<RecordingView>> {
    let tx = app.store.begin().await?;
    super::found(&tx, &caller, id, Action::PlayRecording).await?;
    let mut recording = store::recording::lock(&tx, id).await?.ok_or_else(Problem::not_found)?;
    recording.playable()?;
    let standing = match recording.composite_job {
        Some(job) => store::job::standing(&tx, job).await?,
        None => None,
    };
    if matches!(standing, None | Some(Standing::Buried)) {
        let job: JobId = app.ids.next();
        store::job::enqueue(&tx, job, COMPOSE_RECORDING, &json!({"recording": id}), app.clock.now()).await?;
        recording.composite_job = Some(job);
        store::recording::save(&tx, &recording).await?;
        super::note(&app, &tx, &caller, id, LookKind::Composed).await?;
    }
    let (_, actor) = guard::case(&tx, &caller, recording.case_id, Action::ReadRecordings).await?;
    let view = RecordingView::of(&tx, recording, &actor).await?;
    tx.commit().await?;
    app.jobs.wake();
    Ok(Json(view))
}

/// The film, during a playback; taking it is written down.
#[utoipa::path(
    get,
    path = "/recordings/{recording}/composite",
    tag = "recordings",
    params(("recording" = RecordingId, Path), ("Range" = Option<String>, Header)),
    responses(
        (status = 200, content_type = "video/mp4"),
        (status = 206, content_type = "video/mp4"),
        (status = 401, body = ProblemBody, description = "token_missing: begin a playback first"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "composite_not_ready"),
    )
)]
pub(super) async fn film(
    State(app): State<AppState>,
    player: Player,
    Path(id): Path<RecordingId>,
    request: Request,
) -> Answer<Response> {
    let (recording, caller) = player.recording(&app, id).await?;
    let file = film::path(&app.recordings.folder(recording.session_id, id));
    let tx = app.store.begin().await?;
    let standing = match recording.composite_job {
        Some(job) => store::job::standing(&tx, job).await?,
        None => None,
    };
    if standing != Some(Standing::Done) {
        return Err(Refusal::conflict("composite_not_ready").into());
    }
    super::note(&app, &tx, &caller, id, LookKind::Downloaded).await?;
    tx.commit().await?;
    send(&file, "video/mp4", "recording.mp4", request).await
}
