//! The facts of a sitting, appended in order. What they mean is the crate `session`'s; here they are text.

use chrono::{DateTime, Utc};
use domain::{Phase, SessionId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::session;
use crate::entity::session_event::{Column, Entity, Model};
use crate::{Result, Tx, word};

/// One fact as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEvent {
    /// 1, 2, 3 … within the sitting.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The fact as JSON.
    pub body: String,
}

/// Appends facts. A number that is taken means another writer drives this sitting: `StoreError::Duplicate`.
pub async fn append(tx: &Tx, session: SessionId, events: &[SessionEvent]) -> Result<()> {
    let rows = events.iter().map(|event| {
        let SessionEvent { seq, at, body } = event.clone();
        Model { session_id: session.0, seq, at, body }.into_active_model()
    });
    if events.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// All facts of a sitting, in order.
pub async fn of_session(tx: &Tx, session: SessionId) -> Result<Vec<SessionEvent>> {
    let rows =
        Entity::find().filter(Column::SessionId.eq(session.0)).order_by_asc(Column::Seq).all(tx.db()).await?;
    Ok(rows.into_iter().map(|Model { seq, at, body, .. }| SessionEvent { seq, at, body }).collect())
}

/// Sittings whose media rooms must not stand open: those that may still take place or go on, and those that ended
/// after `since`, whose media tokens may not have expired yet.
pub async fn rooms(tx: &Tx, since: DateTime<Utc>) -> Result<Vec<SessionId>> {
    let over = [Phase::Ended, Phase::Cancelled].iter().map(word::of);
    let ids: Vec<Uuid> = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(
            Condition::any()
                .add(session::Column::Phase.is_not_in(over))
                .add(session::Column::EndedAt.gte(since)),
        )
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(ids.into_iter().map(SessionId).collect())
}
