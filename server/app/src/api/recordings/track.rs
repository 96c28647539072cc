//! `GET /recordings/{recording}/tracks/{n}`: the bytes of a track, in ranges (RFC 9110 §14), so that a player can seek.

use std::path::Path as FilePath;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::RecordingId;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use super::play::Player;
use super::read::manifest;
use crate::extract::Path;
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// The bytes, whole or in part.
#[utoipa::path(
    get,
    path = "/recordings/{recording}/tracks/{n}",
    tag = "recordings",
    params(("recording" = RecordingId, Path), ("n" = usize, Path), ("Range" = Option<String>, Header)),
    responses(
        (status = 200, content_type = "application/octet-stream"),
        (status = 206, content_type = "application/octet-stream"),
        (status = 401, body = ProblemBody, description = "token_missing: begin a playback first"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn track(
    State(app): State<AppState>,
    player: Player,
    Path((id, n)): Path<(RecordingId, usize)>,
    request: Request,
) -> Answer<Response> {
    let (recording, _) = player.recording(&app, id).await?;
    let manifest = manifest(&app, &recording).await?;
    let track = manifest.tracks.get(n).ok_or_else(Problem::not_found)?;
    // Names in a manifest are our own; one that leads elsewhere is nobody's.
    if FilePath::new(&track.file).file_name().is_none_or(|name| name != track.file.as_str()) {
        return Err(Problem::not_found());
    }
    let file = app.recordings.folder(recording.session_id, id).join(&track.file);
    send(&file, &track.mime, &track.file, request).await
}

/// A file in ranges, always as an attachment of a media type: players do not mind, and nothing that was stored is ever
/// shown as a page of this site (T7).
pub(super) async fn send(file: &FilePath, mime: &str, name: &str, request: Request) -> Answer<Response> {
    let mut response = match ServeFile::new(file).oneshot(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
    if response.status() == StatusCode::NOT_FOUND {
        return Err(Problem::not_found());
    }
    let mime = if mime.starts_with("video/") || mime.starts_with("audio/") {
        mime
    } else {
        "application/octet-stream"
    };
    let headers = response.headers_mut();
    for (header, value) in [
        (CONTENT_TYPE, mime.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header, value);
        }
    }
    Ok(response)
}
