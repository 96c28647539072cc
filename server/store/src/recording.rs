//! Recordings of sittings: what and until when, and who looked at them. The files are the application's.

use chrono::{DateTime, Utc};
use domain::recording::{Hold, Look, RecordingStatus};
use domain::{CaseId, Recording, RecordingId, StaffId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entity::recording::{Column, Entity, Model};
use crate::entity::recording_look as look;
use crate::{Result, StoreError, Tx, word};

/// Adds a recording.
pub async fn insert(tx: &Tx, recording: &Recording) -> Result<()> {
    Entity::insert(row(recording).into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Keeps what changed.
pub async fn save(tx: &Tx, recording: &Recording) -> Result<()> {
    Entity::update(row(recording).into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One recording.
pub async fn find(tx: &Tx, id: RecordingId) -> Result<Option<Recording>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Recording::try_from).transpose()
}

/// The same, kept from other writers until the transaction ends.
pub async fn lock(tx: &Tx, id: RecordingId) -> Result<Option<Recording>> {
    Entity::find_by_id(id.0).lock_exclusive().one(tx.db()).await?.map(Recording::try_from).transpose()
}

/// The recordings of a case, the newest first.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Recording>> {
    let rows = Entity::find()
        .filter(Column::CaseId.eq(case.0))
        .order_by_desc(Column::StartedAt)
        .order_by_desc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Recording::try_from).collect()
}

/// Those that are being written, or were when a server died.
pub async fn running(tx: &Tx) -> Result<Vec<Recording>> {
    let rows = Entity::find()
        .filter(Column::Status.eq(word::of(&RecordingStatus::Running)))
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Recording::try_from).collect()
}

/// Those whose time is over and which nothing holds, the oldest first.
pub async fn expired(tx: &Tx, now: DateTime<Utc>) -> Result<Vec<Recording>> {
    let rows = Entity::find()
        .filter(Column::Status.eq(word::of(&RecordingStatus::Finished)))
        .filter(Column::KeepUntil.lte(now))
        .filter(Column::HoldAt.is_null())
        .order_by_asc(Column::KeepUntil)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Recording::try_from).collect()
}

/// Writes down a look.
pub async fn look(tx: &Tx, id: Uuid, recording: RecordingId, staff: StaffId, look: &Look) -> Result<()> {
    let row = look::Model {
        id,
        recording_id: recording.0,
        at: look.at,
        staff_id: staff.0,
        viewer: look.viewer.clone(),
        what: word::of(&look.what),
    };
    look::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Every look at a recording, the latest first.
pub async fn looks(tx: &Tx, recording: RecordingId) -> Result<Vec<Look>> {
    let rows = look::Entity::find()
        .filter(look::Column::RecordingId.eq(recording.0))
        .order_by_desc(look::Column::At)
        .order_by_desc(look::Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter()
        .map(|row| Ok(Look { at: row.at, viewer: row.viewer, what: word::parse(&row.what)? }))
        .collect()
}

fn row(recording: &Recording) -> Model {
    let hold = recording.hold.as_ref();
    Model {
        id: recording.id.0,
        case_id: recording.case_id.0,
        session_id: recording.session_id.0,
        status: word::of(&recording.status),
        started_at: recording.started_at,
        ended_at: recording.ended_at,
        duration_ms: recording.duration_ms,
        bytes: recording.bytes,
        manifest_sha256: recording.manifest_sha256.clone(),
        keep_until: recording.keep_until,
        hold_reason: hold.map(|hold| hold.reason.clone()),
        hold_by: hold.map(|hold| hold.by.clone()),
        hold_at: hold.map(|hold| hold.at),
        composite_job: recording.composite_job.map(|job| job.0),
    }
}

impl TryFrom<Model> for Recording {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        let hold = match (row.hold_reason, row.hold_by, row.hold_at) {
            (Some(reason), Some(by), Some(at)) => Some(Hold { reason, by, at }),
            _ => None,
        };
        Ok(Self {
            id: row.id.into(),
            case_id: row.case_id.into(),
            session_id: row.session_id.into(),
            status: word::parse(&row.status)?,
            started_at: row.started_at,
            ended_at: row.ended_at,
            duration_ms: row.duration_ms,
            bytes: row.bytes,
            manifest_sha256: row.manifest_sha256,
            keep_until: row.keep_until,
            hold,
            composite_job: row.composite_job.map(Into::into),
        })
    }
}
