//! Answers of creating calls, kept under the caller's `Idempotency-Key`, so that a repeated call creates nothing twice.
//!
//! The key is claimed at the beginning of the same transaction that creates the thing. A second call with the key
//! waits for the first one's commit and then reads its answer.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryInsertResult};

use crate::entity::idempotency::{Column, Entity, Model};
use crate::{Result, Tx};

/// What a claim came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The key is new: do the work, then [`answer`].
    New,
    /// The work was done: this was the answer.
    Done {
        /// The HTTP status.
        status: u16,
        /// The JSON body.
        body: String,
    },
    /// The key was used for another request: that is a mistake of the caller.
    Other,
}

/// Claims a key within a caller's scope for a request (by its hash).
pub async fn claim(tx: &Tx, scope: &str, key: &str, request_hash: &str, now: DateTime<Utc>) -> Result<Claim> {
    let row = Model {
        scope: scope.to_owned(),
        key: key.to_owned(),
        request_hash: request_hash.to_owned(),
        status: 0,
        body: String::new(),
        created_at: now,
    };
    let tried = Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([Column::Scope, Column::Key])
        .exec_without_returning(tx.db())
        .await?;
    if matches!(tried, TryInsertResult::Inserted(rows) if rows > 0) {
        return Ok(Claim::New);
    }
    let former = Entity::find_by_id((scope.to_owned(), key.to_owned())).one(tx.db()).await?;
    Ok(match former {
        Some(row) if row.request_hash == request_hash => {
            Claim::Done { status: u16::try_from(row.status).unwrap_or(500), body: row.body }
        }
        _ => Claim::Other,
    })
}

/// Keeps the answer under a key claimed in this transaction.
pub async fn answer(tx: &Tx, scope: &str, key: &str, status: u16, body: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(i32::from(status)))
        .col_expr(Column::Body, Expr::value(body))
        .filter(Column::Scope.eq(scope))
        .filter(Column::Key.eq(key))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Forgets old keys. Answers how many.
pub async fn sweep(tx: &Tx, before: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::CreatedAt.lt(before)).exec(tx.db()).await?.rows_affected)
}
