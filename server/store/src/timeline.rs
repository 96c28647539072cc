//! The timeline of a case: appended to under the lock of the case, read as a whole.

use chrono::{DateTime, Utc};
use domain::timeline::{Draft, Head, canonical};
use domain::{CaseId, TimelineEvent};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::case_file;
use crate::entity::timeline::{Column, Entity, Model};
use crate::{Result, StoreError, Tx};

/// Puts an event on the chain of a case.
pub async fn append(tx: &Tx, case: CaseId, draft: Draft, now: DateTime<Utc>) -> Result<TimelineEvent> {
    // the lock keeps two writers from pointing back to the same event
    case_file::Entity::find_by_id(case.0).lock_exclusive().one(tx.db()).await?;
    let head = head(tx, case).await?;
    let event = draft.after(case, head.as_ref(), now);
    let row = Model {
        case_id: case.0,
        seq: event.seq,
        at: event.at,
        actor: event.actor.clone(),
        kind: event.kind.clone(),
        summary: event.summary.clone(),
        data: canonical(&event.data),
        prev: event.prev.clone(),
        hash: event.hash.clone(),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(event)
}

/// The end of the chain; what is printed on documents.
pub async fn head(tx: &Tx, case: CaseId) -> Result<Option<Head>> {
    let last =
        Entity::find().filter(Column::CaseId.eq(case.0)).order_by_desc(Column::Seq).one(tx.db()).await?;
    Ok(last.map(|row| Head { seq: row.seq, hash: row.hash }))
}

/// The whole chain, from its first event.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<TimelineEvent>> {
    let rows =
        Entity::find().filter(Column::CaseId.eq(case.0)).order_by_asc(Column::Seq).all(tx.db()).await?;
    rows.into_iter().map(TimelineEvent::try_from).collect()
}

impl TryFrom<Model> for TimelineEvent {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        let data = serde_json::from_str(&row.data)
            .map_err(|_| StoreError::Unreadable { place: "timeline.data", value: row.data.clone() })?;
        Ok(Self {
            seq: row.seq,
            at: row.at,
            actor: row.actor,
            kind: row.kind,
            summary: row.summary,
            data,
            prev: row.prev,
            hash: row.hash,
        })
    }
}
