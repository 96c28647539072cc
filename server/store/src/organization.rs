//! Organisations and their tree.

use chrono::{DateTime, Utc};
use domain::{Organization, OrganizationId};
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};

use crate::entity::organization::{Column, Entity, Model};
use crate::{Result, Tx, word};

/// Adds an organisation.
pub async fn insert(tx: &Tx, organization: &Organization, now: DateTime<Utc>) -> Result<()> {
    let row = Model {
        id: organization.id.0,
        parent_id: organization.parent_id.map(|id| id.0),
        level: word::of(&organization.level),
        name: organization.name.clone(),
        short_name: organization.short_name.clone(),
        created_at: now,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One organisation.
pub async fn find(tx: &Tx, id: OrganizationId) -> Result<Option<Organization>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Organization::try_from).transpose()
}

/// All, the oldest first. A county has some dozens.
pub async fn all(tx: &Tx) -> Result<Vec<Organization>> {
    let rows = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(tx.db()).await?;
    rows.into_iter().map(Organization::try_from).collect()
}

/// An organisation and everything below it.
pub async fn subtree(tx: &Tx, root: OrganizationId) -> Result<Vec<OrganizationId>> {
    let all = all(tx).await?;
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = all.iter().filter(|o| o.parent_id == Some(parent)).map(|o| o.id);
        let fresh: Vec<_> = children.filter(|id| !found.contains(id)).collect();
        found.extend(fresh);
        next += 1;
    }
    Ok(found)
}

impl TryFrom<Model> for Organization {
    type Error = crate::StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            parent_id: row.parent_id.map(Into::into),
            level: word::parse(&row.level)?,
            name: row.name,
            short_name: row.short_name,
        })
    }
}
