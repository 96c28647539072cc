//! Seats at the table of a sitting.

use domain::{Seat, SeatId, SessionId, StaffId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::entity::seat::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// Adds a seat after the last one.
pub async fn insert(tx: &Tx, seat: &Seat) -> Result<()> {
    let before = Entity::find().filter(Column::SessionId.eq(seat.session_id.0)).count(tx.db()).await?;
    let row = Model {
        mandate: mandate(seat)?,
        id: seat.id.0,
        session_id: seat.session_id.0,
        position: i32::try_from(before).unwrap_or(i32::MAX),
        role: word::of(&seat.role),
        side: word::of(&seat.side),
        name: seat.name.clone(),
        party_id: seat.party_id.map(|id| id.0),
        staff_id: seat.staff_id.map(|id| id.0),
        bound_to: seat.bound_to.map(|id| id.0),
        same_device: seat.same_device,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Writes back what the seat may do for a party.
pub async fn save_mandate(tx: &Tx, seat: &Seat) -> Result<()> {
    let change = Entity::update_many().col_expr(Column::Mandate, Expr::value(mandate(seat)?));
    change.filter(Column::Id.eq(seat.id.0)).exec(tx.db()).await?;
    Ok(())
}

/// Writes back whose device the seat sits at.
pub async fn save_device(tx: &Tx, seat: &Seat) -> Result<()> {
    let change = Entity::update_many()
        .col_expr(Column::BoundTo, Expr::value(seat.bound_to.map(|id| id.0)))
        .col_expr(Column::SameDevice, Expr::value(seat.same_device));
    change.filter(Column::Id.eq(seat.id.0)).exec(tx.db()).await?;
    Ok(())
}

/// One seat.
pub async fn find(tx: &Tx, id: SeatId) -> Result<Option<Seat>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Seat::try_from).transpose()
}

/// One seat of this sitting.
pub async fn find_in(tx: &Tx, session: SessionId, id: SeatId) -> Result<Option<Seat>> {
    Ok(find(tx, id).await?.filter(|seat| seat.session_id == session))
}

/// All seats of a sitting, in the order they were set.
pub async fn of_session(tx: &Tx, session: SessionId) -> Result<Vec<Seat>> {
    let rows = Entity::find()
        .filter(Column::SessionId.eq(session.0))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Seat::try_from).collect()
}

/// The seat of a member of staff in a sitting.
pub async fn of_staff(tx: &Tx, session: SessionId, staff: StaffId) -> Result<Option<Seat>> {
    let row = Entity::find()
        .filter(Column::SessionId.eq(session.0))
        .filter(Column::StaffId.eq(staff.0))
        .order_by_asc(Column::Position)
        .one(tx.db())
        .await?;
    row.map(Seat::try_from).transpose()
}

impl TryFrom<Model> for Seat {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            session_id: row.session_id.into(),
            role: word::parse(&row.role)?,
            side: word::parse(&row.side)?,
            name: row.name,
            party_id: row.party_id.map(Into::into),
            staff_id: row.staff_id.map(Into::into),
            bound_to: row.bound_to.map(Into::into),
            same_device: row.same_device,
            mandate: row.mandate.map(|text| unreadable(serde_json::from_str(&text), &text)).transpose()?,
        })
    }
}

fn mandate(seat: &Seat) -> Result<Option<String>> {
    seat.mandate.as_ref().map(|given| unreadable(serde_json::to_string(given), &seat.name)).transpose()
}

fn unreadable<T>(read: serde_json::Result<T>, value: &str) -> Result<T> {
    read.map_err(|_| StoreError::Unreadable { place: "seat.mandate", value: value.to_owned() })
}
