//! One task a sitting that is being recorded: it follows the sitting's state and listens to the recorder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{CaseId, RecordingId, SessionId};
use livekit::Wire;
use recorder::{RecorderEvent, Settings};
use session::{RecordingTrouble, Session};
use store::Store;
use tokio::sync::{broadcast, mpsc};

use super::tape::Tape;
use crate::clock::Clock;
use crate::ids::Ids;
use crate::tasks::Tasks;

/// Reports that may wait for the hub.
const REPORTS: usize = 64;

/// What recordings are made with.
pub struct Parts {
    /// Their rows and the timeline.
    pub store: Store,
    /// Where they are attached.
    pub wire: Wire,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Their names.
    pub ids: Ids,
    /// Where tasks run.
    pub tasks: Tasks,
    /// Where files lie: `<root>/<session>/<recording>/`.
    pub root: PathBuf,
    /// When the recorder warns and when it stops.
    pub settings: Settings,
    /// How long recordings are kept, in days.
    pub retention_days: u32,
}

/// What the recorder of a sitting complains of; none: it is well again.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// The sitting.
    pub session: SessionId,
    /// The complaint.
    pub trouble: Option<RecordingTrouble>,
}

/// The state of a sitting, to be followed.
struct Turn {
    case: CaseId,
    session: Session,
}

/// All recordings of this node. A cheap handle.
#[derive(Clone)]
pub struct Recordings {
    pub(super) parts: Arc<Parts>,
    reports: broadcast::Sender<Report>,
    sittings: Arc<Mutex<HashMap<SessionId, mpsc::UnboundedSender<Turn>>>>,
}

impl Recordings {
    /// None runs yet.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), reports: broadcast::channel(REPORTS).0, sittings: Arc::default() }
    }

    /// Complaints from now on.
    pub fn reports(&self) -> broadcast::Receiver<Report> {
        self.reports.subscribe()
    }

    /// The folder of a recording.
    pub fn folder(&self, session: SessionId, recording: RecordingId) -> PathBuf {
        self.parts.root.join(session.to_string()).join(recording.to_string())
    }

    /// Where all of them lie.
    pub fn root(&self) -> &Path {
        &self.parts.root
    }

    /// A sitting changed; its table was flipped before. Returns at once.
    pub fn follow(&self, case: CaseId, session: &Session) {
        let mut sittings = self.sittings();
        let id = session.id();
        if let Some(turns) = sittings.get(&id) {
            // Its task removes itself under the same lock, so it is there to take this.
            let _ = turns.send(Turn { case, session: session.clone() });
            return;
        }
        if session.recording_since().is_none() {
            return;
        }
        let (turns, queue) = mpsc::unbounded_channel();
        let _ = turns.send(Turn { case, session: session.clone() });
        sittings.insert(id, turns);
        self.parts.tasks.spawn("recording", self.clone().run(id, queue));
    }

    async fn run(self, id: SessionId, mut turns: mpsc::UnboundedReceiver<Turn>) {
        let stop = self.parts.tasks.stop_token();
        let mut tape: Option<Tape> = None;
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(event) = heard(tape.as_mut()) => self.complain(id, &mut tape, event).await,
                Some(turn) = turns.recv() => self.step(&mut tape, turn).await,
                else => break,
            }
            if tape.is_none() && self.rests(id, &turns) {
                return;
            }
        }
        if let Some(tape) = tape {
            tape.finish(&self).await;
        }
    }

    /// Brings the recorder in line with the sitting.
    async fn step(&self, tape: &mut Option<Tape>, Turn { case, session }: Turn) {
        if session.recording_asked_at().is_none() {
            if let Some(tape) = tape.take() {
                // Hashing long files takes a while; the next recording need not wait for it.
                let recordings = self.clone();
                self.parts.tasks.spawn("finish a recording", async move { tape.finish(&recordings).await });
            }
            return;
        }
        let rolls = session.recording_since().is_some();
        match tape {
            Some(tape) => tape.follow(self, &session).await,
            None if rolls => match Tape::start(self, case, &session).await {
                Ok(started) => *tape = Some(started),
                Err(fault) => {
                    tracing::error!(session = %session.id(), error = %fault, "a recording cannot begin");
                    self.report(session.id(), Some(RecordingTrouble::Failed));
                }
            },
            None => {}
        }
    }

    async fn complain(&self, session: SessionId, tape: &mut Option<Tape>, event: RecorderEvent) {
        match event {
            RecorderEvent::TrackStarted { seat, file } => {
                tracing::debug!(%session, seat, file, "a track is being recorded");
            }
            RecorderEvent::DiskLow { free } => {
                tracing::warn!(%session, free, "the disk of the recordings is nearly full");
                self.report(session, Some(RecordingTrouble::DiskLow));
            }
            RecorderEvent::Stopped { cause } => {
                tracing::error!(%session, ?cause, "no room for the recording: nothing is written");
                metrics::counter!("onedoor_recording_stops_total").increment(1);
                self.report(session, Some(RecordingTrouble::DiskFull));
            }
            RecorderEvent::Resumed => self.report(session, None),
            RecorderEvent::WriteError { file, error } => {
                tracing::error!(%session, file = %file.display(), error, "a track cannot be written");
                metrics::counter!("onedoor_recording_write_errors_total").increment(1);
            }
            RecorderEvent::Unsupported { seat, codec, .. } => {
                tracing::warn!(%session, seat, codec, "a track is in a codec that cannot be recorded");
            }
            RecorderEvent::Overloaded { dropped } => {
                tracing::warn!(%session, dropped, "the recorder did not keep up");
                metrics::counter!("onedoor_recording_dropped_packets_total").increment(dropped);
            }
            RecorderEvent::Detached => {
                if let Some(tape) = tape {
                    tape.attach_again(self, session).await;
                }
            }
        }
    }

    pub(super) fn report(&self, session: SessionId, trouble: Option<RecordingTrouble>) {
        // Nobody listens before the hub is there, and then nothing is recorded.
        let _ = self.reports.send(Report { session, trouble });
    }

    /// Whether the task of a sitting has nothing more to do; it is forgotten then.
    fn rests(&self, id: SessionId, turns: &mpsc::UnboundedReceiver<Turn>) -> bool {
        let mut sittings = self.sittings();
        let rests = turns.is_empty();
        if rests {
            sittings.remove(&id);
        }
        rests
    }

    fn sittings(&self) -> MutexGuard<'_, HashMap<SessionId, mpsc::UnboundedSender<Turn>>> {
        self.sittings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the recorder says next; never anything without one.
async fn heard(tape: Option<&mut Tape>) -> Option<RecorderEvent> {
    match tape {
        Some(tape) => tape.heard().await,
        None => std::future::pending().await,
    }
}
