//! The minutes of a sitting: entries are only added, under the lock of the sitting.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::minutes::{Confirmation, Draft, Entry};
use domain::{EntryId, SeatId, SessionId};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::minutes_confirmation as confirmation;
use crate::entity::minutes_entry::{Column, Entity, Model};
use crate::entity::session;
use crate::{Result, Tx, word};

/// Adds an entry after the last one.
pub async fn append(
    tx: &Tx,
    session: SessionId,
    id: EntryId,
    draft: Draft,
    written_by: SeatId,
    now: DateTime<Utc>,
) -> Result<Entry> {
    session::Entity::find_by_id(session.0).lock_exclusive().one(tx.db()).await?;
    let last = Entity::find()
        .filter(Column::SessionId.eq(session.0))
        .order_by_desc(Column::Seq)
        .one(tx.db())
        .await?;
    let row = Model {
        id: id.0,
        session_id: session.0,
        seq: last.map_or(1, |row| row.seq + 1),
        at: now,
        kind: word::of(&draft.kind),
        speaker: draft.speaker,
        text: draft.text,
        corrects: draft.corrects.map(|id| id.0),
        written_by: written_by.0,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(tx.db()).await?;
    entry(row, Vec::new())
}

/// All entries of a sitting in the order of writing, with what the others said to them.
pub async fn of_session(tx: &Tx, session: SessionId) -> Result<Vec<Entry>> {
    let rows =
        Entity::find().filter(Column::SessionId.eq(session.0)).order_by_asc(Column::Seq).all(tx.db()).await?;
    let entries =
        Query::select().column(Column::Id).from(Entity).and_where(Column::SessionId.eq(session.0)).to_owned();
    let words = confirmation::Entity::find()
        .filter(confirmation::Column::EntryId.in_subquery(entries))
        .order_by_asc(confirmation::Column::At)
        .order_by_asc(confirmation::Column::SeatId)
        .all(tx.db())
        .await?;
    let mut by_entry: HashMap<Uuid, Vec<Confirmation>> = HashMap::new();
    for row in words {
        by_entry.entry(row.entry_id).or_default().push(row.into());
    }
    rows.into_iter()
        .map(|row| {
            let words = by_entry.remove(&row.id).unwrap_or_default();
            entry(row, words)
        })
        .collect()
}

/// Keeps a seat's word about an entry; a later word replaces the former.
pub async fn confirm(tx: &Tx, entry: EntryId, word: &Confirmation) -> Result<()> {
    use confirmation::Column;
    let row = confirmation::Model {
        entry_id: entry.0,
        seat_id: word.seat_id.0,
        ok: word.ok,
        remark: word.remark.clone(),
        at: word.at,
    };
    let replace = OnConflict::columns([Column::EntryId, Column::SeatId])
        .update_columns([Column::Ok, Column::Remark, Column::At])
        .to_owned();
    confirmation::Entity::insert(row.into_active_model())
        .on_conflict(replace)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

fn entry(row: Model, confirmations: Vec<Confirmation>) -> Result<Entry> {
    Ok(Entry {
        id: row.id.into(),
        session_id: row.session_id.into(),
        seq: row.seq,
        at: row.at,
        kind: word::parse(&row.kind)?,
        speaker: row.speaker,
        text: row.text,
        corrects: row.corrects.map(Into::into),
        written_by: row.written_by.into(),
        confirmations,
    })
}

impl From<confirmation::Model> for Confirmation {
    fn from(row: confirmation::Model) -> Self {
        Self { seat_id: row.seat_id.into(), ok: row.ok, remark: row.remark, at: row.at }
    }
}
