//! Sign-ins of staff: a family of refresh tokens, each good once. A token that comes a second time was stolen by one of
//! the two who showed it, so the whole family ends (RFC 9700 §4.14.2).

use chrono::{DateTime, Utc};
use domain::StaffId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::entity::refresh_token::{Column, Entity, Model};
use crate::{Result, Tx};

/// A refresh token without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// Which.
    pub id: Uuid,
    /// The sign-in it belongs to.
    pub family_id: Uuid,
    /// Whose.
    pub staff_id: StaffId,
    /// SHA-256 of the secret, hex.
    pub token_hash: String,
    /// Since when.
    pub issued_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// What became of a token that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Good, and used up now: give the next one.
    Good(RefreshToken),
    /// It had been used before: its family is revoked now. Commit this!
    Reused(RefreshToken),
    /// Unknown, expired, or of a family that was ended.
    Void,
}

/// Keeps a new token.
pub async fn insert(tx: &Tx, token: &RefreshToken) -> Result<()> {
    let row = Model {
        id: token.id,
        family_id: token.family_id,
        staff_id: token.staff_id.0,
        token_hash: token.token_hash.clone(),
        issued_at: token.issued_at,
        expires_at: token.expires_at,
        used_at: None,
        revoked_at: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Uses a token up. Of two who show it at the same time, one is told `Reused`.
pub async fn show(tx: &Tx, token_hash: &str, now: DateTime<Utc>) -> Result<Shown> {
    let Some(row) = Entity::find().filter(Column::TokenHash.eq(token_hash)).one(tx.db()).await? else {
        return Ok(Shown::Void);
    };
    if row.revoked_at.is_some() || row.expires_at <= now {
        return Ok(Shown::Void);
    }
    let used = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Id.eq(row.id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::RevokedAt.is_null())
        .exec(tx.db())
        .await?;
    let token = RefreshToken::from(row);
    if used.rows_affected == 1 {
        return Ok(Shown::Good(token));
    }
    revoke_family(tx, token.family_id, now).await?;
    Ok(Shown::Reused(token))
}

/// Ends one sign-in.
pub async fn revoke_family(tx: &Tx, family_id: Uuid, now: DateTime<Utc>) -> Result<()> {
    revoke(tx, Column::FamilyId.eq(family_id), now).await
}

/// Ends every sign-in of a member of staff.
pub async fn revoke_all(tx: &Tx, staff: StaffId, now: DateTime<Utc>) -> Result<()> {
    revoke(tx, Column::StaffId.eq(staff.0), now).await
}

async fn revoke(tx: &Tx, whose: Expr, now: DateTime<Utc>) -> Result<()> {
    let change = Entity::update_many().col_expr(Column::RevokedAt, Expr::value(now));
    change.filter(whose).filter(Column::RevokedAt.is_null()).exec(tx.db()).await?;
    Ok(())
}

/// Whether a sign-in still stands: it has a token that was neither revoked nor outlived.
pub async fn stands(tx: &Tx, family_id: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let live = Entity::find()
        .filter(Column::FamilyId.eq(family_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .one(tx.db())
        .await?;
    Ok(live.is_some())
}

/// Sweeps out what can never be shown again. Answers how many.
pub async fn sweep(tx: &Tx, expired_before: DateTime<Utc>) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::ExpiresAt.lt(expired_before)).exec(tx.db()).await?.rows_affected)
}

impl From<Model> for RefreshToken {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            family_id: row.family_id,
            staff_id: row.staff_id.into(),
            token_hash: row.token_hash,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
        }
    }
}
