//! A counsellor's own notes (R31: 精神卫生法 23). They stand outside the case file: there is no way to read one but by
//! its author's id, none to list those of a case or a sitting, and no field for a diagnosis.

use chrono::{DateTime, Utc};
use domain::{CallId, StaffId};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use crate::entity::counsel_note::{Column, Entity, Model};
use crate::{Result, Tx};

/// Keeps the author's note after a call; a later one takes its place.
pub async fn put(tx: &Tx, author: StaffId, call: CallId, text: &str, at: DateTime<Utc>) -> Result<()> {
    let row = Model { call_id: call.0, staff_id: author.0, text: text.to_owned(), at };
    if mine(author, call).lock_exclusive().one(tx.db()).await?.is_some() {
        Entity::update(row.into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    } else {
        Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// The author's note after a call: the words, and when they were written.
pub async fn of_author(tx: &Tx, author: StaffId, call: CallId) -> Result<Option<(String, DateTime<Utc>)>> {
    Ok(mine(author, call).one(tx.db()).await?.map(|row| (row.text, row.at)))
}

fn mine(author: StaffId, call: CallId) -> sea_orm::Select<Entity> {
    Entity::find_by_id(call.0).filter(Column::StaffId.eq(author.0))
}
