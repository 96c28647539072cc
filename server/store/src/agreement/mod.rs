//! Agreements: read and written whole, under the lock of their row.

mod code;
mod number;
mod row;

use domain::agreement::Agreement;
use domain::{AgreementId, CaseId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    TryInsertResult,
};

pub use code::{code, keep_code};
pub use number::{numbers_of, reserve_number, void_number};

use crate::entity::agreement::{Column, Entity, Model};
use crate::entity::{clause, signature};
use crate::{Result, Tx};

/// Adds an empty agreement to a case. Answers false when the case has one already.
pub async fn insert(tx: &Tx, agreement: &Agreement) -> Result<bool> {
    let tried = Entity::insert(row::of(agreement)?.into_active_model())
        .on_conflict_do_nothing_on([Column::CaseId])
        .exec_without_returning(tx.db())
        .await?;
    Ok(matches!(tried, TryInsertResult::Inserted(rows) if rows > 0))
}

/// The agreement of a case.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Option<Agreement>> {
    let found = Entity::find().filter(Column::CaseId.eq(case.0)).one(tx.db()).await?;
    whole(tx, found).await
}

/// The same, and nobody else changes it until this transaction ends.
pub async fn lock_of_case(tx: &Tx, case: CaseId) -> Result<Option<Agreement>> {
    let found = Entity::find().filter(Column::CaseId.eq(case.0)).lock_exclusive().one(tx.db()).await?;
    whole(tx, found).await
}

/// One agreement by its id.
pub async fn find(tx: &Tx, id: AgreementId) -> Result<Option<Agreement>> {
    let found = Entity::find_by_id(id.0).one(tx.db()).await?;
    whole(tx, found).await
}

/// One agreement by its id, locked.
pub async fn lock(tx: &Tx, id: AgreementId) -> Result<Option<Agreement>> {
    let found = Entity::find_by_id(id.0).lock_exclusive().one(tx.db()).await?;
    whole(tx, found).await
}

/// Writes an agreement back as it is now. Signatures of a text that was taken back stay on record.
pub async fn save(tx: &Tx, agreement: &Agreement) -> Result<()> {
    let changed = row::of(agreement)?.into_active_model().reset_all();
    Entity::update(changed).exec_without_returning(tx.db()).await?;
    clause::Entity::delete_many()
        .filter(clause::Column::AgreementId.eq(agreement.id.0))
        .exec(tx.db())
        .await?;
    for clause in &agreement.clauses {
        let row = row::clause(agreement.id, clause)?;
        clause::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    }
    let Some(frozen) = &agreement.frozen else { return Ok(()) };
    signature::Entity::delete_many()
        .filter(signature::Column::AgreementId.eq(agreement.id.0))
        .filter(signature::Column::TextSha256.eq(&frozen.text_sha256))
        .exec(tx.db())
        .await?;
    for (position, signatory) in (1..).zip(&agreement.required) {
        let row = row::signature(agreement.id, &frozen.text_sha256, position, signatory)?;
        signature::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// Who ever signed a text of this agreement, those taken back included: hash of the text and name, in order.
pub async fn signatures_ever(tx: &Tx, id: AgreementId) -> Result<Vec<(String, String)>> {
    let rows = signature::Entity::find()
        .filter(signature::Column::AgreementId.eq(id.0))
        .filter(signature::Column::SignedAt.is_not_null())
        .order_by_asc(signature::Column::SignedAt)
        .order_by_asc(signature::Column::TextSha256)
        .all(tx.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.text_sha256, row.name)).collect())
}

async fn whole(tx: &Tx, found: Option<Model>) -> Result<Option<Agreement>> {
    let Some(found) = found else { return Ok(None) };
    let clauses = clause::Entity::find()
        .filter(clause::Column::AgreementId.eq(found.id))
        .order_by_asc(clause::Column::Position)
        .all(tx.db())
        .await?;
    let frozen = row::frozen(found.frozen.as_deref())?;
    let signatures = match &frozen {
        None => Vec::new(),
        Some(frozen) => {
            signature::Entity::find()
                .filter(signature::Column::AgreementId.eq(found.id))
                .filter(signature::Column::TextSha256.eq(&frozen.text_sha256))
                .order_by_asc(signature::Column::Position)
                .all(tx.db())
                .await?
        }
    };
    row::agreement(found, frozen, clauses, signatures).map(Some)
}
