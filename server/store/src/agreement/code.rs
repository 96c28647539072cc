//! The last signing code of a seat.

use domain::signature::SigningCode;
use domain::{AgreementId, SeatId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel, QuerySelect};

use crate::entity::signing_code::{Column, Entity, Model};
use crate::{Result, Tx};

/// Keeps a code; it replaces the seat's former one.
pub async fn keep_code(tx: &Tx, code: &SigningCode) -> Result<()> {
    let row = Model {
        agreement_id: code.agreement_id.0,
        seat_id: code.seat_id.0,
        text_sha256: code.text_sha256.clone(),
        hash: code.hash.clone(),
        expires_at: code.expires_at,
        tries_left: code.tries_left,
    };
    let replace = OnConflict::columns([Column::AgreementId, Column::SeatId])
        .update_columns([Column::TextSha256, Column::Hash, Column::ExpiresAt, Column::TriesLeft])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(replace).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// The seat's code, locked: two answers at once cost two tries.
pub async fn code(tx: &Tx, agreement: AgreementId, seat: SeatId) -> Result<Option<SigningCode>> {
    let found = Entity::find_by_id((agreement.0, seat.0)).lock_exclusive().one(tx.db()).await?;
    Ok(found.map(|row| SigningCode {
        seat_id: row.seat_id.into(),
        agreement_id: row.agreement_id.into(),
        text_sha256: row.text_sha256,
        hash: row.hash,
        expires_at: row.expires_at,
        tries_left: row.tries_left,
    }))
}
