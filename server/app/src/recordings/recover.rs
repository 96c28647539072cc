//! What a server that died left behind: folders without a manifest are closed, and go on the timeline like others.

use domain::Recording;

use super::driver::Recordings;
use super::keep;
use crate::problem::Fault;

impl Recordings {
    /// To be awaited before the server listens, so that what begins afterwards is not taken for what was left. The
    /// closing itself goes on in the background: it reads whole files.
    pub async fn take_up(&self) -> Result<(), Fault> {
        let tx = self.parts.store.read().await.map_err(Fault::of("looking for unfinished recordings"))?;
        let left =
            store::recording::running(&tx).await.map_err(Fault::of("looking for unfinished recordings"))?;
        drop(tx);
        // With several nodes the folder may be another's.
        let left: Vec<Recording> =
            left.into_iter().filter(|one| self.folder(one.session_id, one.id).is_dir()).collect();
        if !left.is_empty() {
            let recordings = self.clone();
            self.parts.tasks.spawn("recover recordings", async move {
                for one in left {
                    recordings.recover(&one).await;
                }
            });
        }
        Ok(())
    }

    async fn recover(&self, one: &Recording) {
        let folder = self.folder(one.session_id, one.id);
        let closing = tokio::task::spawn_blocking(move || recorder::recover(&folder)).await;
        let kept = match closing {
            Ok(Ok(manifest)) => {
                tracing::info!(recording = %one.id, tracks = manifest.tracks.len(), "an unfinished recording was closed");
                keep::closed(self, one.id).await
            }
            Ok(Err(error)) => {
                tracing::error!(recording = %one.id, %error, "nothing of an unfinished recording can be played");
                keep::lost(self, one.id).await
            }
            Err(error) => Err(Fault::new("closing an unfinished recording", error)),
        };
        if let Err(fault) = kept {
            tracing::error!(recording = %one.id, error = %fault, "an unfinished recording was not written down");
        }
    }
}
