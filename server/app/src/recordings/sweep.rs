//! Removes recordings whose time is over and which nothing holds (R35), and says so on the timeline.

use std::time::Duration;

use domain::Recording;
use domain::recording::RecordingStatus;
use domain::timeline::Draft;
use serde_json::json;
use store::StoreError;

use super::driver::Recordings;
use super::keep;
use crate::problem::Fault;

/// How often it is looked. A recording outlives its time by at most this.
const EVERY: Duration = Duration::from_hours(1);

impl Recordings {
    /// Sweeps now and every hour until the server stops.
    pub fn start_sweeping(&self) {
        let (recordings, stop) = (self.clone(), self.parts.tasks.stop_token());
        self.parts.tasks.spawn("sweep recordings", async move {
            loop {
                if let Err(fault) = recordings.sweep().await {
                    tracing::error!(error = %fault, "expired recordings were not swept");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(EVERY) => {}
                }
            }
        });
    }

    /// Removes what has had its time; answers how many.
    pub async fn sweep(&self) -> Result<usize, Fault> {
        let tx = self.parts.store.read().await.map_err(Fault::of("looking for expired recordings"))?;
        let expired = store::recording::expired(&tx, self.parts.clock.now())
            .await
            .map_err(Fault::of("looking for expired recordings"))?;
        drop(tx);
        let mut removed = 0;
        for one in expired {
            removed += usize::from(self.remove(&one).await.map_err(Fault::of("removing a recording"))?);
        }
        Ok(removed)
    }

    /// The row is locked while the files go, so that a hold either comes before or finds nothing to hold.
    async fn remove(&self, one: &Recording) -> Result<bool, StoreError> {
        let now = self.parts.clock.now();
        let tx = self.parts.store.begin().await?;
        let Some(mut row) = store::recording::lock(&tx, one.id).await? else { return Ok(false) };
        if !row.expired(now) || !keep::forget(self.folder(row.session_id, row.id)).await {
            return Ok(false);
        }
        row.status = RecordingStatus::Deleted;
        store::recording::save(&tx, &row).await?;
        let draft = Draft {
            actor: "system".to_owned(),
            kind: "recording_deleted".to_owned(),
            summary: "录音录像保存期满，已删除".to_owned(),
            data: json!({"recording": row.id, "manifest_sha256": row.manifest_sha256}),
        };
        store::timeline::append(&tx, row.case_id, draft, now).await?;
        tx.commit().await?;
        tracing::info!(recording = %row.id, "an expired recording was removed");
        Ok(true)
    }
}
