//! What is kept of a recording besides its files: its row, and the hash of its manifest on the case's timeline.

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use domain::recording::RecordingStatus;
use domain::timeline::Draft;
use domain::{Recording, RecordingId};
use recorder::{MANIFEST, Manifest};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{Store, StoreError};

use super::driver::Recordings;
use crate::problem::Fault;

/// A recording begins.
pub(super) async fn begun(store: &Store, recording: &Recording) -> Result<(), Fault> {
    let tx = store.begin().await.map_err(Fault::of("writing a recording down"))?;
    store::recording::insert(&tx, recording).await.map_err(Fault::of("writing a recording down"))?;
    tx.commit().await.map_err(Fault::of("writing a recording down"))
}

/// A recording's folder is complete: its manifest is read, and its hash put on the timeline, whence it can be proved
/// later that no byte of any track was changed. A recording without a track is no recording: its folder is removed.
pub(super) async fn closed(recordings: &Recordings, id: RecordingId) -> Result<(), Fault> {
    let parts = &recordings.parts;
    let tx = parts.store.read().await.map_err(Fault::of("reading a recording"))?;
    let found = store::recording::find(&tx, id).await.map_err(Fault::of("reading a recording"))?;
    drop(tx);
    let Some(row) = found else { return Ok(()) };
    let folder = recordings.folder(row.session_id, id);
    let bytes = tokio::fs::read(folder.join(MANIFEST)).await.map_err(Fault::of("reading a manifest"))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(Fault::of("reading a manifest"))?;
    let now = parts.clock.now();
    if manifest.tracks.is_empty() {
        forget(folder).await;
        return lost(recordings, id).await;
    }
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let until = Recording::keep_until(now, parts.retention_days);
    write(&parts.store, id, &manifest, &sha256, now, until).await.map_err(Fault::of("keeping a recording"))
}

async fn write(
    store: &Store,
    id: RecordingId,
    manifest: &Manifest,
    sha256: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let Some(mut row) = store::recording::lock(&tx, id).await? else { return Ok(()) };
    if row.status != RecordingStatus::Running {
        return Ok(());
    }
    row.status = RecordingStatus::Finished;
    (row.ended_at, row.keep_until) = (Some(now), Some(until));
    row.duration_ms = i64::try_from(manifest.duration_ms).unwrap_or(i64::MAX);
    row.bytes =
        i64::try_from(manifest.tracks.iter().map(|track| track.bytes).sum::<u64>()).unwrap_or(i64::MAX);
    row.manifest_sha256 = Some(sha256.to_owned());
    store::recording::save(&tx, &row).await?;
    let minutes = (manifest.duration_ms + 30_000) / 60_000;
    let draft = Draft {
        actor: "system".to_owned(),
        kind: "recording_kept".to_owned(),
        summary: format!("录音录像已封存，约{minutes}分钟，保存至{}", until.format("%Y-%m-%d")),
        data: json!({
            "recording": id,
            "session": row.session_id,
            "manifest_sha256": sha256,
            "tracks": manifest.tracks.len(),
            "duration_ms": manifest.duration_ms,
            "keep_until": until.to_rfc3339(),
        }),
    };
    store::timeline::append(&tx, row.case_id, draft, now).await?;
    tx.commit().await
}

/// Nothing playable was left.
pub(super) async fn lost(recordings: &Recordings, id: RecordingId) -> Result<(), Fault> {
    let parts = &recordings.parts;
    let storing = || Fault::of::<StoreError>("writing a lost recording down");
    let tx = parts.store.begin().await.map_err(storing())?;
    let Some(mut row) = store::recording::lock(&tx, id).await.map_err(storing())? else { return Ok(()) };
    (row.status, row.ended_at) = (RecordingStatus::Lost, Some(parts.clock.now()));
    store::recording::save(&tx, &row).await.map_err(storing())?;
    tx.commit().await.map_err(storing())
}

/// Removes a folder with all that is in it; one that is not there is removed already. Answers whether it is gone.
pub(super) async fn forget(folder: PathBuf) -> bool {
    match tokio::fs::remove_dir_all(&folder).await {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => {
            tracing::error!(folder = %folder.display(), %error, "the files of a recording cannot be removed");
            false
        }
    }
}
