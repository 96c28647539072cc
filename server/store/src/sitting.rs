//! Sittings of cases.

use chrono::{DateTime, Utc};
use domain::{CaseId, Phase, SessionId, Sitting};
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::entity::session::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// Adds a sitting.
pub async fn insert(tx: &Tx, sitting: &Sitting, now: DateTime<Utc>) -> Result<()> {
    Entity::insert(row(sitting, now).into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One sitting.
pub async fn find(tx: &Tx, id: SessionId) -> Result<Option<Sitting>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(Sitting::try_from).transpose()
}

/// Writes back phase, outcome and times.
pub async fn save(tx: &Tx, sitting: &Sitting) -> Result<()> {
    let Some(former) = Entity::find_by_id(sitting.id.0).lock_exclusive().one(tx.db()).await? else {
        return Err(StoreError::Unreadable { place: "session.id", value: sitting.id.to_string() });
    };
    let changed = row(sitting, former.created_at);
    Entity::update(changed.into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// The sittings of a case, the first one first.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Sitting>> {
    let rows = Entity::find()
        .filter(Column::CaseId.eq(case.0))
        .order_by_asc(Column::ScheduledAt)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Sitting::try_from).collect()
}

/// The sittings of these cases that begin within a time, and those that are going on.
pub async fn around(
    tx: &Tx,
    cases: &[CaseId],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Sitting>> {
    let going_on = [Phase::Lobby, Phase::Live, Phase::Paused].iter().map(word::of);
    let rows = Entity::find()
        .filter(Column::CaseId.is_in(cases.iter().map(|id| id.0)))
        .filter(
            Condition::any()
                .add(Column::ScheduledAt.gte(from).and(Column::ScheduledAt.lt(until)))
                .add(Column::Phase.is_in(going_on)),
        )
        .order_by_asc(Column::ScheduledAt)
        .order_by_asc(Column::Id)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Sitting::try_from).collect()
}

/// The sittings that are going on, of all cases: what a restarted server takes up again.
pub async fn going_on(tx: &Tx) -> Result<Vec<Sitting>> {
    let phases = [Phase::Lobby, Phase::Live, Phase::Paused].iter().map(word::of);
    let rows =
        Entity::find().filter(Column::Phase.is_in(phases)).order_by_asc(Column::Id).all(tx.db()).await?;
    rows.into_iter().map(Sitting::try_from).collect()
}

/// Whether a member of staff has a seat in a sitting of this case.
pub async fn seats_staff(tx: &Tx, case: CaseId, staff: domain::StaffId) -> Result<bool> {
    use crate::entity::seat;
    let of_case =
        Query::select().column(Column::Id).from(Entity).and_where(Column::CaseId.eq(case.0)).to_owned();
    let seat = seat::Entity::find()
        .filter(seat::Column::StaffId.eq(staff.0))
        .filter(seat::Column::SessionId.in_subquery(of_case))
        .one(tx.db())
        .await?;
    Ok(seat.is_some())
}

fn row(sitting: &Sitting, created_at: DateTime<Utc>) -> Model {
    Model {
        id: sitting.id.0,
        case_id: sitting.case_id.0,
        scheduled_at: sitting.scheduled_at,
        room: sitting.room.clone(),
        phase: word::of(&sitting.phase),
        outcome: sitting.outcome.as_ref().map(word::of),
        started_at: sitting.started_at,
        ended_at: sitting.ended_at,
        created_at,
        checklist: sitting.checklist,
    }
}

impl TryFrom<Model> for Sitting {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            case_id: row.case_id.into(),
            scheduled_at: row.scheduled_at,
            room: row.room,
            phase: word::parse(&row.phase)?,
            outcome: word::parse_opt(row.outcome.as_deref())?,
            started_at: row.started_at,
            ended_at: row.ended_at,
            checklist: row.checklist,
        })
    }
}
