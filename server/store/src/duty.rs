//! The duty roster: who can be called, by organisation; and on whose side somebody has stood before (R30).

use chrono::{DateTime, Utc};
use domain::duty::{Hours, Stand};
use domain::{Duty, DutyId, OrganizationId, Side, StaffId};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::entity::duty::{Column, Entity, Model};
use crate::entity::seat;
use crate::{Result, StoreError, Tx, party, sitting, word};

/// Adds a line.
pub async fn insert(tx: &Tx, duty: &Duty, now: DateTime<Utc>) -> Result<()> {
    Entity::insert(row(duty, now).into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Keeps what changed.
pub async fn save(tx: &Tx, duty: &Duty) -> Result<()> {
    let Some(former) = Entity::find_by_id(duty.id.0).one(tx.db()).await? else {
        return Err(StoreError::Unreadable { place: "duty.id", value: duty.id.to_string() });
    };
    let changed = row(duty, former.created_at);
    Entity::update(changed.into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Takes a line off. Whether there was one.
pub async fn remove(tx: &Tx, id: DutyId) -> Result<bool> {
    Ok(Entity::delete_by_id(id.0).exec(tx.db()).await?.rows_affected == 1)
}

/// One line.
pub async fn find(tx: &Tx, id: DutyId) -> Result<Option<Duty>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Duty::try_from).transpose()
}

/// The rosters of these organisations, in the order of ringing within each kind.
pub async fn of(tx: &Tx, organizations: &[OrganizationId]) -> Result<Vec<Duty>> {
    let rows = Entity::find()
        .filter(Column::OrganizationId.is_in(organizations.iter().map(|id| id.0)))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Duty::try_from).collect()
}

/// Every seat on a side that a member of staff has or had, with the parties of that side.
pub async fn stands(tx: &Tx, staff: StaffId) -> Result<Vec<Stand>> {
    let seats = seat::Entity::find()
        .filter(seat::Column::StaffId.eq(staff.0))
        .filter(seat::Column::Side.ne(word::of(&Side::Neutral)))
        .all(tx.db())
        .await?;
    let mut stands = Vec::with_capacity(seats.len());
    for seat in seats {
        let side: Side = word::parse(&seat.side)?;
        let Some(sitting) = sitting::find(tx, seat.session_id.into()).await? else { continue };
        let mut clients = party::of_case(tx, sitting.case_id).await?;
        clients.retain(|party| party.side == side);
        stands.push(Stand { case: sitting.case_id, side, clients });
    }
    Ok(stands)
}

fn row(duty: &Duty, created_at: DateTime<Utc>) -> Model {
    Model {
        id: duty.id.0,
        organization_id: duty.organization_id.0,
        staff_id: duty.staff_id.0,
        expert: word::of(&duty.expert),
        department: duty.department.clone(),
        residency: word::of(&duty.residency),
        days: duty.hours.days.into(),
        from_minute: duty.hours.from.into(),
        until_minute: duty.hours.until.into(),
        position: duty.position,
        created_at,
    }
}

impl TryFrom<Model> for Duty {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        let number = |value: i32| {
            u16::try_from(value)
                .map_err(|_| StoreError::Unreadable { place: "duty.hours", value: value.to_string() })
        };
        let hours = Hours {
            days: u8::try_from(row.days & 0x7f).unwrap_or(0),
            from: number(row.from_minute)?,
            until: number(row.until_minute)?,
        };
        Ok(Self {
            id: row.id.into(),
            organization_id: row.organization_id.into(),
            staff_id: row.staff_id.into(),
            expert: word::parse(&row.expert)?,
            department: row.department,
            residency: word::parse(&row.residency)?,
            hours,
            position: row.position,
        })
    }
}
