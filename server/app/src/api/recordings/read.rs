//! `GET /recordings/{recording}`: what is in a recording: tracks, speech, consents, pauses, chapters.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::minutes::EntryKind;
use domain::recording::LookKind;
use domain::{CaseId, Recording, RecordingId, Seat, SeatId, SeatRole, Side, minutes};
use recorder::{Manifest, Track};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::view::RecordingView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Fault, ProblemBody};
use crate::state::AppState;

/// A recording with its contents. All times are milliseconds since `recording.started_at`.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordingContents {
    case_id: CaseId,
    recording: RecordingView,
    tracks: Vec<TrackView>,
    consents: Vec<SpanView>,
    pauses: Vec<PauseView>,
    chapters: Vec<ChapterView>,
}

/// One track: one file, opened by `GET /recordings/{recording}/tracks/{n}` during a playback.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordingTrack)]
struct TrackView {
    n: usize,
    seat_id: Option<SeatId>,
    person: String,
    role: Option<SeatRole>,
    side: Option<Side>,
    /// `audio` or `video`.
    #[schema(value_type = String, example = "video")]
    kind: recorder::TrackKind,
    /// `camera`, `microphone`, `screen_share` …
    source: String,
    mime: String,
    offset_ms: u64,
    duration_ms: u64,
    width: u32,
    height: u32,
    bytes: u64,
    sha256: String,
    gaps: Vec<GapView>,
    /// When somebody spoke: `[from, to]`.
    speech: Vec<[u64; 2]>,
}

/// A hole in a track.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordingGap)]
struct GapView {
    from_ms: u64,
    to_ms: u64,
    /// `withdrawn`, `muted`, `lost`, `disk`, `overload`.
    #[schema(value_type = String, example = "withdrawn")]
    cause: recorder::GapCause,
}

/// Somebody's consent stood.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordingConsent)]
struct SpanView {
    seat_id: Option<SeatId>,
    person: String,
    from_ms: u64,
    to_ms: Option<u64>,
}

/// Nothing was recorded.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordingPauseSpan)]
struct PauseView {
    from_ms: u64,
    to_ms: Option<u64>,
    /// `consent`, `caucus`, `break`, `host`, `disk`, `interrupted`.
    #[schema(value_type = String, example = "caucus")]
    cause: recorder::PauseCause,
}

/// A place to go to.
#[derive(Serialize, ToSchema)]
#[schema(as = RecordingChapter)]
struct ChapterView {
    at_ms: u64,
    title: String,
    /// Of the minutes; none for the recording's own.
    entry: Option<EntryKind>,
}

/// Opens a recording; the look is written down.
#[utoipa::path(
    get,
    path = "/recordings/{recording}",
    tag = "recordings",
    params(("recording" = RecordingId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = RecordingContents),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "recording_running, recording_gone"),
    )
)]
pub(super) async fn read(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<RecordingId>,
) -> Answer<Json<RecordingContents>> {
    let tx = app.store.begin().await?;
    let (recording, case) = super::found(&tx, &caller, id, Action::PlayRecording).await?;
    recording.playable()?;
    let (_, actor) = guard::case(&tx, &caller, case.id, Action::PlayRecording).await?;
    let manifest = manifest(&app, &recording).await?;
    let seats = store::seat::of_session(&tx, recording.session_id).await?;
    let chapters = chapters(&tx, &recording, &manifest).await?;
    super::note(&app, &tx, &caller, id, LookKind::Opened).await?;
    let recording = RecordingView::of(&tx, recording, &actor).await?;
    tx.commit().await?;
    let Manifest { tracks, consents, pauses, .. } = manifest;
    let consents = consents
        .into_iter()
        .map(|one| {
            let seat = seat_of(&seats, &one.seat);
            let person = seat.map(|seat| seat.name.clone()).unwrap_or_default();
            SpanView { seat_id: seat.map(|seat| seat.id), person, from_ms: one.from_ms, to_ms: one.to_ms }
        })
        .collect();
    let pauses = pauses
        .into_iter()
        .map(|one| PauseView { from_ms: one.from_ms, to_ms: one.to_ms, cause: one.cause })
        .collect();
    let tracks = tracks.into_iter().enumerate().map(|(n, track)| TrackView::of(n, track, &seats)).collect();
    Ok(Json(RecordingContents { case_id: case.id, recording, tracks, consents, pauses, chapters }))
}

/// The manifest of a finished recording, from its folder.
pub(super) async fn manifest(app: &AppState, recording: &Recording) -> Result<Manifest, Fault> {
    let folder = app.recordings.folder(recording.session_id, recording.id);
    tokio::task::spawn_blocking(move || Manifest::read(&folder))
        .await
        .map_err(Fault::of("reading a manifest"))?
        .map_err(Fault::of("reading a manifest"))
}

/// The recording's own headings and the entries of the minutes that were written while it ran, in order.
async fn chapters(tx: &Tx, recording: &Recording, manifest: &Manifest) -> Answer<Vec<ChapterView>> {
    let entries = store::minutes::of_session(tx, recording.session_id).await?;
    let mut chapters: Vec<ChapterView> = manifest
        .chapters
        .iter()
        .map(|one| ChapterView { at_ms: one.at_ms, title: one.title.clone(), entry: None })
        .collect();
    for entry in minutes::standing(&entries) {
        let Some(at_ms) = since(recording.started_at, entry.at).filter(|at| *at <= manifest.duration_ms)
        else {
            continue;
        };
        let title = format!("{}：{}", entry.speaker, entry.text);
        chapters.push(ChapterView { at_ms, title, entry: Some(entry.kind) });
    }
    chapters.sort_by_key(|chapter| chapter.at_ms);
    Ok(chapters)
}

fn since(start: DateTime<Utc>, at: DateTime<Utc>) -> Option<u64> {
    (at - start).num_milliseconds().try_into().ok()
}

fn seat_of<'a>(seats: &'a [Seat], identity: &str) -> Option<&'a Seat> {
    seats.iter().find(|seat| seat.id.to_string() == identity)
}

impl TrackView {
    fn of(n: usize, track: Track, seats: &[Seat]) -> Self {
        let seat = seat_of(seats, &track.seat);
        Self {
            n,
            seat_id: seat.map(|seat| seat.id),
            person: seat.map(|seat| seat.name.clone()).or(track.person).unwrap_or_default(),
            role: seat.map(|seat| seat.role),
            side: seat.map(|seat| seat.side),
            kind: track.kind,
            source: track.source,
            mime: track.mime,
            offset_ms: track.offset_ms,
            duration_ms: track.duration_ms,
            width: track.width,
            height: track.height,
            bytes: track.bytes,
            sha256: track.sha256,
            gaps: track
                .gaps
                .into_iter()
                .map(|gap| GapView { from_ms: gap.from_ms, to_ms: gap.to_ms, cause: gap.cause })
                .collect(),
            speech: track.speech.into_iter().map(|one| [one.from_ms, one.to_ms]).collect(),
        }
    }
}
