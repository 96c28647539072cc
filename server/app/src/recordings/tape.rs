//! One recording while it runs: the recorder, the room it is attached to, and what was written down so far.

use domain::recording::RecordingStatus;
use domain::{CaseId, Recording, RecordingId, SessionId};
use recorder::{Recorder, RecorderEvent};
use session::Session;
use tokio::sync::mpsc::UnboundedReceiver;

use super::driver::Recordings;
use super::keep;
use super::marks::Marks;
use crate::problem::Fault;

/// A running recording.
pub(super) struct Tape {
    id: RecordingId,
    session: SessionId,
    recorder: Recorder,
    events: UnboundedReceiver<RecorderEvent>,
    /// The recorder has said its last word; it is not asked again.
    silent: bool,
    marks: Marks,
    attached: bool,
}

impl Tape {
    /// Begins a recording: the folder, the row, and only then the tap.
    pub async fn start(recordings: &Recordings, case: CaseId, session: &Session) -> Result<Self, Fault> {
        let parts = &recordings.parts;
        let (id, now): (RecordingId, _) = (parts.ids.next(), parts.clock.now());
        let folder = recordings.folder(session.id(), id);
        let (settings, name) = (parts.settings.clone(), session.id().to_string());
        let begin = {
            let folder = folder.clone();
            move || {
                private(&folder)?;
                Recorder::start(settings, &folder, &name, now)
            }
        };
        let began = tokio::task::spawn_blocking(begin).await.map_err(Fault::of("beginning a recording"))?;
        let (recorder, events) = began.map_err(Fault::of("beginning a recording"))?;
        let row = Recording {
            id,
            case_id: case,
            session_id: session.id(),
            status: RecordingStatus::Running,
            started_at: now,
            ended_at: None,
            duration_ms: 0,
            bytes: 0,
            manifest_sha256: None,
            keep_until: None,
            hold: None,
            composite_job: None,
        };
        if let Err(fault) = keep::begun(&parts.store, &row).await {
            drop(recorder);
            keep::forget(folder).await;
            return Err(fault);
        }
        tracing::info!(session = %session.id(), recording = %id, "a recording begins");
        let mut tape = Self {
            id,
            session: session.id(),
            recorder,
            events,
            silent: false,
            marks: Marks::default(),
            attached: false,
        };
        tape.follow(recordings, session).await;
        Ok(tape)
    }

    /// Writes down what changed, and listens again if it may.
    pub async fn follow(&mut self, recordings: &Recordings, session: &Session) {
        for mark in self.marks.follow(session) {
            self.recorder.mark(mark);
        }
        if session.recording_since().is_some() && !self.attached {
            self.attach(recordings).await;
        }
    }

    /// The room let go of the tap; it is put on again if it is needed now.
    pub async fn attach_again(&mut self, recordings: &Recordings, session: SessionId) {
        self.attached = false;
        if self.marks.rolls() {
            tracing::warn!(%session, "the room let go of the recorder");
            self.attach(recordings).await;
        }
    }

    async fn attach(&mut self, recordings: &Recordings) {
        let room = self.session.to_string();
        self.attached = recordings.parts.wire.attach_recorder(&room, self.recorder.tap()).await;
        if !self.attached {
            tracing::error!(session = %self.session, "the recorder cannot be attached");
            recordings.report(self.session, Some(session::RecordingTrouble::Failed));
        }
    }

    /// What the recorder says next.
    pub async fn heard(&mut self) -> Option<RecorderEvent> {
        if !self.silent
            && let Some(event) = self.events.recv().await
        {
            return Some(event);
        }
        self.silent = true;
        std::future::pending().await
    }

    /// Ends it: the tap is taken off, files are closed and hashed, and the manifest's hash goes on the timeline.
    pub async fn finish(self, recordings: &Recordings) {
        let parts = &recordings.parts;
        parts.wire.detach_recorder(&self.session.to_string()).await;
        let Self { id, recorder, .. } = self;
        if let Err(error) = recorder.finish().await {
            // The next start tries again.
            tracing::error!(recording = %id, %error, "a recording was not closed");
            return;
        }
        if let Err(fault) = keep::closed(recordings, id).await {
            tracing::error!(recording = %id, error = %fault, "a closed recording was not written down");
        }
    }
}

/// Makes the folder, for the server's own user alone.
fn private(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
