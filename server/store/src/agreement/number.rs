//! The numbers of agreements: reserved one after the other for each committee and year, void or kept, never reused.

use chrono::{DateTime, Utc};
use domain::agreement_number::{NumberState, agreement_number};
use domain::{AgreementId, Organization};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::agreement_number::{Column, Entity, Model};
use crate::entity::agreement_sequence as sequence;
use crate::{Result, StoreError, Tx, word};

/// Reserves the next number of this committee and year.
pub async fn reserve_number(
    tx: &Tx,
    organization: &Organization,
    year: i32,
    agreement: AgreementId,
    now: DateTime<Utc>,
) -> Result<String> {
    use sequence::Column::{Last, OrganizationId, Year};
    let first = sequence::Model { organization_id: organization.id.0, year, last: 0 };
    sequence::Entity::insert(first.into_active_model())
        .on_conflict_do_nothing_on([OrganizationId, Year])
        .exec_without_returning(tx.db())
        .await?;
    let key = (organization.id.0, year);
    let missing =
        || StoreError::Unreadable { place: "agreement_sequence", value: organization.short_name.clone() };
    let last =
        sequence::Entity::find_by_id(key).lock_exclusive().one(tx.db()).await?.ok_or_else(missing)?.last;
    let serial = last + 1;
    sequence::Entity::update_many()
        .col_expr(Last, Expr::value(serial))
        .filter(OrganizationId.eq(organization.id.0))
        .filter(Year.eq(year))
        .exec(tx.db())
        .await?;
    let number = agreement_number(year, &organization.short_name, serial);
    let row = Model {
        number: number.clone(),
        organization_id: organization.id.0,
        year,
        serial,
        agreement_id: agreement.0,
        state: word::of(&NumberState::Reserved),
        reserved_at: now,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(number)
}

/// 作废: the number will never be used again.
pub async fn void_number(tx: &Tx, number: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(word::of(&NumberState::Void)))
        .filter(Column::Number.eq(number))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Every number an agreement ever had, in order.
pub async fn numbers_of(tx: &Tx, agreement: AgreementId) -> Result<Vec<(String, NumberState)>> {
    let rows = Entity::find()
        .filter(Column::AgreementId.eq(agreement.0))
        .order_by_asc(Column::Serial)
        .all(tx.db())
        .await?;
    rows.into_iter().map(|row| Ok((row.number, word::parse(&row.state)?))).collect()
}
