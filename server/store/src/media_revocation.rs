//! Media tokens that count no longer (T12), kept so that a restart does not bring removed people back.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult};

use crate::entity::media_revocation::{Column, Entity, Model};
use crate::{Result, Tx};

/// Refuses tokens of `identity` for `room` made up to `not_before`. An earlier time than the kept one changes nothing.
pub async fn keep(tx: &Tx, room: &str, identity: &str, not_before: DateTime<Utc>) -> Result<()> {
    let row = Model { room: room.to_owned(), identity: identity.to_owned(), not_before };
    let tried = Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([Column::Room, Column::Identity])
        .exec_without_returning(tx.db())
        .await?;
    if matches!(tried, TryInsertResult::Inserted(rows) if rows > 0) {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::NotBefore, Expr::value(not_before))
        .filter(Column::Room.eq(room))
        .filter(Column::Identity.eq(identity))
        .filter(Expr::col(Column::NotBefore).lt(not_before))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Up to when tokens of this identity are refused.
pub async fn find(tx: &Tx, room: &str, identity: &str) -> Result<Option<DateTime<Utc>>> {
    let row = Entity::find_by_id((room.to_owned(), identity.to_owned())).one(tx.db()).await?;
    Ok(row.map(|row| row.not_before))
}

/// Forgets entries no token can be older than. Answers how many.
pub async fn sweep(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::NotBefore.lt(before)).exec(tx.db()).await?.rows_affected)
}
