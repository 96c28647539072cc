//! Parties of a case, in the order they are named.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{CaseId, Particulars, Party, PartyId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::entity::party::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// Adds a party; its position is the next free one.
pub async fn insert(tx: &Tx, party: &Party, now: DateTime<Utc>) -> Result<()> {
    let p = &party.particulars;
    let row = Model {
        id: party.id.0,
        case_id: party.case_id.0,
        position: party.position,
        side: word::of(&party.side),
        name: p.name.clone(),
        phone: p.phone.clone(),
        id_number: p.id_number.clone(),
        address: p.address.clone(),
        age: p.age,
        is_organization: p.is_organization,
        representative: p.representative.clone(),
        created_at: now,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One party of this case.
pub async fn find(tx: &Tx, case: CaseId, id: PartyId) -> Result<Option<Party>> {
    let row = Entity::find_by_id(id.0).filter(Column::CaseId.eq(case.0)).one(tx.db()).await?;
    row.map(Party::try_from).transpose()
}

/// All parties of a case.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Party>> {
    let rows = Entity::find()
        .filter(Column::CaseId.eq(case.0))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Party::try_from).collect()
}

/// How many parties a case has: the next one's position.
pub async fn count(tx: &Tx, case: CaseId) -> Result<u64> {
    Ok(Entity::find().filter(Column::CaseId.eq(case.0)).count(tx.db()).await?)
}

/// The parties' names of many cases at once.
pub async fn names(tx: &Tx, cases: impl IntoIterator<Item = CaseId>) -> Result<HashMap<CaseId, Vec<String>>> {
    let rows = Entity::find()
        .filter(Column::CaseId.is_in(cases.into_iter().map(|id| id.0)))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    let mut names: HashMap<CaseId, Vec<String>> = HashMap::new();
    for row in rows {
        names.entry(row.case_id.into()).or_default().push(row.name);
    }
    Ok(names)
}

impl TryFrom<Model> for Party {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            case_id: row.case_id.into(),
            position: row.position,
            side: word::parse(&row.side)?,
            particulars: Particulars {
                name: row.name,
                phone: row.phone,
                id_number: row.id_number,
                address: row.address,
                age: row.age,
                is_organization: row.is_organization,
                representative: row.representative,
            },
        })
    }
}
