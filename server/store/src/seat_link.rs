//! Personal links of seats. Only hashes are kept; redeeming is atomic: of many devices at once, exactly one wins (T3).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::link::Admission;
use domain::{Link, Refusal, SeatId, SessionId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entity::seat;
use crate::entity::seat_link::{Column, Entity, Model};
use crate::{Result, Tx};

/// A new link, by the hash of its token.
#[derive(Clone, Debug)]
pub struct NewLink<'a> {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub seat_id: SeatId,
    /// SHA-256 of the token, hex.
    pub token_hash: &'a str,
    /// Until when it opens.
    pub expires_at: DateTime<Utc>,
}

/// Makes a link; the seat's former ones are taken back.
pub async fn issue(tx: &Tx, link: &NewLink<'_>, now: DateTime<Utc>) -> Result<()> {
    revoke(tx, link.seat_id, now).await?;
    let row = Model {
        id: link.id,
        seat_id: link.seat_id.0,
        token_hash: link.token_hash.to_owned(),
        issued_at: now,
        expires_at: link.expires_at,
        revoked_at: None,
        device_hash: None,
        bound_at: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// The seat's link opens for this device from now on, and no more for the one before, nor do the tokens it was given.
pub async fn rebind(tx: &Tx, seat: SeatId, device_hash: &str, now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DeviceHash, Expr::value(device_hash))
        .col_expr(Column::BoundAt, Expr::value(now))
        .col_expr(Column::IssuedAt, Expr::value(now))
        .filter(Column::SeatId.eq(seat.0))
        .filter(Column::RevokedAt.is_null())
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Takes back a seat's links. Whether there was one to take.
pub async fn revoke(tx: &Tx, seat: SeatId, now: DateTime<Utc>) -> Result<bool> {
    let change = Entity::update_many().col_expr(Column::RevokedAt, Expr::value(now));
    let revoked =
        change.filter(Column::SeatId.eq(seat.0)).filter(Column::RevokedAt.is_null()).exec(tx.db()).await?;
    Ok(revoked.rows_affected > 0)
}

/// The link behind a token's hash, with its seat.
pub async fn find(tx: &Tx, token_hash: &str) -> Result<Option<(SeatId, Link)>> {
    let row = Entity::find().filter(Column::TokenHash.eq(token_hash)).one(tx.db()).await?;
    Ok(row.map(|row| (row.seat_id.into(), row.into())))
}

/// Redeems a link for a device: binds it if it is free, and answers the seat if it is this device's.
pub async fn redeem(
    tx: &Tx,
    token_hash: &str,
    device_hash: &str,
    now: DateTime<Utc>,
) -> Result<std::result::Result<SeatId, Refusal>> {
    let unknown = || Refusal::not_found("link_unknown");
    let Some((seat, link)) = find(tx, token_hash).await? else { return Ok(Err(unknown())) };
    match link.admit(Some(device_hash), now) {
        Err(refusal) => return Ok(Err(refusal)),
        Ok(Admission::Mine) => return Ok(Ok(seat)),
        Ok(Admission::Free) => {}
    }
    // Between the look and this write another device may have been faster: the condition decides, not the look.
    let won = Entity::update_many()
        .col_expr(Column::DeviceHash, Expr::value(device_hash))
        .col_expr(Column::BoundAt, Expr::value(now))
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::DeviceHash.is_null())
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(tx.db())
        .await?;
    if won.rows_affected == 1 {
        return Ok(Ok(seat));
    }
    let Some((_, link)) = find(tx, token_hash).await? else { return Ok(Err(unknown())) };
    Ok(link.admit(Some(device_hash), now).map(|_| seat))
}

/// The last link of each seat of a sitting.
pub async fn of_session(tx: &Tx, session: SessionId) -> Result<HashMap<SeatId, Link>> {
    let seats = Query::select()
        .column(seat::Column::Id)
        .from(seat::Entity)
        .and_where(seat::Column::SessionId.eq(session.0))
        .to_owned();
    let rows = Entity::find()
        .filter(Column::SeatId.in_subquery(seats))
        .order_by_asc(Column::IssuedAt)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.seat_id.into(), row.into())).collect())
}

/// The last link of a seat.
pub async fn of_seat(tx: &Tx, seat: SeatId) -> Result<Option<Link>> {
    let row = Entity::find()
        .filter(Column::SeatId.eq(seat.0))
        .order_by_desc(Column::IssuedAt)
        .order_by_desc(Column::Id)
        .one(tx.db())
        .await?;
    Ok(row.map(Into::into))
}

impl From<Model> for Link {
    fn from(row: Model) -> Self {
        Self {
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            device_hash: row.device_hash,
        }
    }
}
