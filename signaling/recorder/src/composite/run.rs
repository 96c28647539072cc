//! Running ffmpeg, with progress.

use std::io;
use std::path::Path;
use std::process::Stdio;

use thiserror::Error;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

use super::CompositePlan;

/// Most of what ffmpeg complains of that is kept.
const COMPLAINTS: u64 = 4096;

/// Why there is no film.
#[derive(Debug, Error)]
pub enum CompositeError {
    /// ffmpeg is not installed, or the disk does not take the film.
    #[error("ffmpeg: {0}")]
    Io(#[from] io::Error),
    /// ffmpeg ended with a complaint.
    #[error("ffmpeg: {0}")]
    Failed(String),
}

impl CompositePlan {
    /// Makes the film with this ffmpeg (`ffmpeg` is looked for in the path), at low priority; `progress` is told the part done, 0 to 1, about
    /// twice a second. Dropping the future ends ffmpeg. The film has its name only when it is whole.
    ///
    /// # Errors
    /// When ffmpeg is missing or fails.
    pub async fn run(
        &self,
        ffmpeg: &Path,
        mut progress: impl FnMut(f64) + Send,
    ) -> Result<(), CompositeError> {
        let draft = Self::draft(&self.output);
        let mut child = Command::new("nice")
            .args(["-n", "15"])
            .arg(ffmpeg)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(said), Some(complained)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(CompositeError::Failed("no pipes".into()));
        };
        let mut complaints = String::new();
        let listen = async {
            // What is beyond the bound is read and left, so that ffmpeg never waits for us.
            let mut complained = BufReader::new(complained);
            let mut kept = Vec::new();
            let _ = (&mut complained).take(COMPLAINTS).read_to_end(&mut kept).await;
            complaints = String::from_utf8_lossy(&kept).trim().to_owned();
            let _ = tokio::io::copy(&mut complained, &mut tokio::io::sink()).await;
        };
        let follow = async {
            let mut lines = BufReader::new(said).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(done) = self.done(&line) {
                    progress(done);
                }
            }
        };
        tokio::join!(listen, follow);
        let status = child.wait().await?;
        if !status.success() {
            let _ = tokio::fs::remove_file(&draft).await;
            let why = if complaints.is_empty() { status.to_string() } else { complaints };
            return Err(CompositeError::Failed(why));
        }
        tokio::fs::rename(&draft, &self.output).await?;
        progress(1.0);
        Ok(())
    }

    /// The part done, if a line of progress tells.
    fn done(&self, line: &str) -> Option<f64> {
        let micros: u64 = line.strip_prefix("out_time_us=")?.parse().ok()?;
        #[expect(clippy::cast_precision_loss, reason = "a part of a whole")]
        let part = micros as f64 / 1000.0 / (self.duration_ms.max(1)) as f64;
        Some(part.min(1.0))
    }
}
