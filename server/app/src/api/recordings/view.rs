//! A recording as the desk reads it.

use chrono::{DateTime, Utc};
use domain::access::{Action, Actor};
use domain::recording::{Hold, RecordingStatus};
use domain::{Recording, RecordingId, SessionId};
use serde::Serialize;
use store::Tx;
use store::job::Standing;
use utoipa::ToSchema;

use crate::problem::Answer;

/// A recording.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Recording)]
pub(super) struct RecordingView {
    id: RecordingId,
    session_id: SessionId,
    status: RecordingStatus,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    duration_ms: i64,
    bytes: i64,
    /// SHA-256 of the manifest; the same stands on the case's timeline.
    manifest_sha256: Option<String>,
    keep_until: Option<DateTime<Utc>>,
    hold: Option<HoldView>,
    composite: CompositeView,
    may: MayView,
}

/// Why it is kept longer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordingHold)]
struct HoldView {
    reason: String,
    by: String,
    at: DateTime<Utc>,
}

/// The one film of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordingComposite)]
struct CompositeView {
    state: CompositeState,
    /// In percent, while it is being made.
    progress: i32,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RecordingCompositeState)]
enum CompositeState {
    /// Nobody asked for it.
    None,
    /// It is being made.
    Running,
    /// It can be taken away.
    Ready,
    /// It could not be made.
    Failed,
}

/// What the caller may do with it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = RecordingRights)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a screen that do not depend on each other")]
struct MayView {
    play: bool,
    hold: bool,
    release: bool,
    log: bool,
}

impl RecordingView {
    /// With how its film stands and what `actor` may do.
    pub async fn of(tx: &Tx, recording: Recording, actor: &Actor) -> Answer<Self> {
        let composite = match recording.composite_job {
            Some(job) => store::job::standing(tx, job).await?,
            None => None,
        };
        let (state, progress) = match composite {
            None => (CompositeState::None, 0),
            Some(Standing::Going(percent)) => (CompositeState::Running, percent),
            Some(Standing::Done) => (CompositeState::Ready, 100),
            Some(Standing::Buried) => (CompositeState::Failed, 0),
        };
        let may = MayView {
            play: actor.may(Action::PlayRecording),
            hold: actor.may(Action::HoldRecording),
            release: actor.may(Action::ReleaseRecording),
            log: actor.may(Action::ReadRecordingLog),
        };
        let hold = recording.hold.map(|Hold { reason, by, at }| HoldView { reason, by, at });
        Ok(Self {
            id: recording.id,
            session_id: recording.session_id,
            status: recording.status,
            started_at: recording.started_at,
            ended_at: recording.ended_at,
            duration_ms: recording.duration_ms,
            bytes: recording.bytes,
            manifest_sha256: recording.manifest_sha256,
            keep_until: recording.keep_until,
            hold,
            composite: CompositeView { state, progress },
            may,
        })
    }
}
