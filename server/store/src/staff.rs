//! Staff and their password hashes. A hash leaves this file only through [`credentials`].

use std::collections::HashMap;

use domain::{OrganizationId, Staff, StaffId, StaffRole};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::entity::staff::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// Adds a member of staff; `password_hash` is a PHC string, empty for no sign-in by password.
pub async fn insert(tx: &Tx, staff: &Staff, password_hash: &str) -> Result<()> {
    let row = Model {
        id: staff.id.0,
        organization_id: staff.organization_id.0,
        role: word::of(&staff.role),
        name: staff.name.clone(),
        title: staff.title.clone(),
        username: staff.username.to_lowercase(),
        password_hash: password_hash.to_owned(),
        active: staff.active,
        created_at: staff.created_at,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One member of staff.
pub async fn find(tx: &Tx, id: StaffId) -> Result<Option<Staff>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Staff::try_from).transpose()
}

/// For sign-in: the member of staff and the password hash, by name in any case.
pub async fn credentials(tx: &Tx, username: &str) -> Result<Option<(Staff, String)>> {
    let row = Entity::find().filter(Column::Username.eq(username.to_lowercase())).one(tx.db()).await?;
    row.map(|row| {
        let hash = row.password_hash.clone();
        Ok((row.try_into()?, hash))
    })
    .transpose()
}

/// Puts a new password hash. Whether there is such a member of staff.
pub async fn set_password(tx: &Tx, id: StaffId, password_hash: &str) -> Result<bool> {
    let change = Entity::update_many().col_expr(Column::PasswordHash, Expr::value(password_hash));
    Ok(change.filter(Column::Id.eq(id.0)).exec(tx.db()).await?.rows_affected == 1)
}

/// Opens or closes sign-in.
pub async fn set_active(tx: &Tx, id: StaffId, active: bool) -> Result<bool> {
    let change = Entity::update_many().col_expr(Column::Active, Expr::value(active));
    Ok(change.filter(Column::Id.eq(id.0)).exec(tx.db()).await?.rows_affected == 1)
}

/// Everybody, by user name.
pub async fn all(tx: &Tx) -> Result<Vec<Staff>> {
    let rows = Entity::find().order_by_asc(Column::Username).all(tx.db()).await?;
    rows.into_iter().map(Staff::try_from).collect()
}

/// Who holds this office in an organisation.
pub async fn in_office(tx: &Tx, organization: OrganizationId, role: StaffRole) -> Result<Vec<Staff>> {
    let rows = Entity::find()
        .filter(Column::OrganizationId.eq(organization.0))
        .filter(Column::Role.eq(word::of(&role)))
        .filter(Column::Active.eq(true))
        .order_by_asc(Column::Username)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Staff::try_from).collect()
}

/// The names of some.
pub async fn names(tx: &Tx, ids: impl IntoIterator<Item = StaffId>) -> Result<HashMap<StaffId, String>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids.into_iter().map(|id| id.0))).all(tx.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.name)).collect())
}

/// How many there are: a fresh database has none.
pub async fn count(tx: &Tx) -> Result<u64> {
    Ok(Entity::find().count(tx.db()).await?)
}

impl TryFrom<Model> for Staff {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            organization_id: row.organization_id.into(),
            role: word::parse(&row.role)?,
            name: row.name,
            title: row.title,
            username: row.username,
            active: row.active,
            created_at: row.created_at,
        })
    }
}
