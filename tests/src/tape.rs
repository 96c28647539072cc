//! A finished recording laid on the disk for a story: real files, made by ffmpeg, with the manifest a recorder writes.

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::TimeDelta;
use domain::recording::RecordingStatus;
use domain::{CaseId, Recording, RecordingId, SessionId};
use recorder::{
    Chapter, Consent, End, MANIFEST, Manifest, Pause, PauseCause, Speech, Track, TrackKind, VERSION,
};

use crate::TestApp;

/// Length of the recording, in milliseconds.
pub const LENGTH_MS: u64 = 4000;

/// Lays a recording of two seats with a voice and a picture each, as if it had ended now.
pub async fn lay(app: &TestApp, case: &str, session: &str, seats: [&str; 2]) -> Recording {
    let (case_id, session_id): (CaseId, SessionId) =
        (case.parse().expect("an id"), session.parse().expect("an id"));
    let id: RecordingId = app.state.ids.next();
    let folder = app.state.recordings.folder(session_id, id);
    std::fs::create_dir_all(&folder).expect("a folder");
    let now = app.state.clock.now();
    let started_at = now - TimeDelta::milliseconds(i64::try_from(LENGTH_MS).expect("short"));
    let mut tracks = Vec::new();
    for (n, seat) in seats.into_iter().enumerate() {
        tracks.push(track(&folder, seat, TrackKind::Audio, n));
        tracks.push(track(&folder, seat, TrackKind::Video, n));
    }
    let consent = |seat: &str| Consent { seat: seat.to_owned(), from_ms: 0, to_ms: None };
    let manifest = Manifest {
        version: VERSION,
        session: session.to_owned(),
        started_at,
        duration_ms: LENGTH_MS,
        end: End::Finished,
        tracks,
        consents: seats.map(consent).into(),
        pauses: vec![Pause { from_ms: 1500, to_ms: Some(2000), cause: PauseCause::Caucus }],
        chapters: vec![Chapter { at_ms: 0, title: "共同调解".into() }],
    };
    let text = serde_json::to_vec_pretty(&manifest).expect("JSON");
    std::fs::write(folder.join(MANIFEST), &text).expect("a manifest");
    let bytes: u64 = manifest.tracks.iter().map(|track| track.bytes).sum();
    let recording = Recording {
        id,
        case_id,
        session_id,
        status: RecordingStatus::Finished,
        started_at,
        ended_at: Some(now),
        duration_ms: i64::try_from(LENGTH_MS).expect("short"),
        bytes: i64::try_from(bytes).expect("small"),
        manifest_sha256: Some("ab".repeat(32)),
        keep_until: Some(Recording::keep_until(now, 180)),
        hold: None,
        composite_job: None,
    };
    let tx = app.state.store.begin().await.expect("a transaction");
    store::recording::insert(&tx, &recording).await.expect("a row");
    tx.commit().await.expect("a row");
    recording
}

fn track(folder: &Path, seat: &str, kind: TrackKind, n: usize) -> Track {
    let (name, source, codec, mime, input): (_, _, _, _, &[&str]) = match kind {
        TrackKind::Audio => (
            "microphone",
            "microphone",
            "opus",
            "audio/webm; codecs=opus",
            &["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-c:a", "libopus"],
        ),
        TrackKind::Video => (
            "camera",
            "camera",
            "vp8",
            "video/webm; codecs=vp8",
            &["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10", "-c:v", "libvpx", "-deadline", "realtime"],
        ),
    };
    let file = format!("{n}-{name}.webm");
    let offset_ms = 200 * u64::try_from(n).expect("few");
    let seconds = (LENGTH_MS - offset_ms) / 1000;
    let path: PathBuf = folder.join(&file);
    let made = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-y"])
        .args(input)
        .args(["-t", &seconds.to_string()])
        .arg(&path)
        .status()
        .expect("ffmpeg runs");
    assert!(made.success(), "ffmpeg made {file}");
    Track {
        bytes: std::fs::metadata(&path).expect("a file").len(),
        file,
        seat: seat.to_owned(),
        person: None,
        track: format!("TR_{name}{n}"),
        kind,
        source: source.to_owned(),
        codec: codec.to_owned(),
        mime: mime.to_owned(),
        offset_ms,
        duration_ms: seconds * 1000,
        frames: 30,
        width: if kind == TrackKind::Video { 320 } else { 0 },
        height: if kind == TrackKind::Video { 180 } else { 0 },
        sha256: "cd".repeat(32),
        gaps: Vec::new(),
        speech: vec![Speech { from_ms: 500, to_ms: 1500 }],
    }
}
