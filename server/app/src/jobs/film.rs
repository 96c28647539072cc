//! Makes one film of a recording, beside its tracks. They are the evidence and stay as they are; the film is for watching.

use std::path::{Path, PathBuf};

use recorder::{CompositePlan, Manifest};
use tokio::sync::watch;

use crate::problem::Fault;

/// Where the film of a recording lies.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join("composite.mp4")
}

/// Makes the film; `progress` is told percents as they are reached.
pub(super) async fn make(
    ffmpeg: &Path,
    folder: &Path,
    manifest: &Manifest,
    progress: watch::Sender<i32>,
) -> Result<(), Fault> {
    let tell = |done: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "0 to 99")]
        let percent = (done * 100.0).clamp(0.0, 99.0) as i32;
        progress.send_replace(percent);
    };
    CompositePlan::new(manifest, folder, &path(folder))
        .run(ffmpeg, tell)
        .await
        .map_err(Fault::of("making a film"))
}
