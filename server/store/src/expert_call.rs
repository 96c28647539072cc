//! Calls for experts: what the switchboard goes by, so that a server that dies goes on ringing where it was.

use chrono::{DateTime, Utc};
use domain::duty::{CallStatus, ExpertCall, RingAnswer, Rung};
use domain::{CallId, CaseId, SessionId, StaffId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entity::call_ring as ring;
use crate::entity::expert_call::{Column, Entity, Model};
use crate::{Result, StoreError, Tx, word};

/// Adds a call.
pub async fn insert(tx: &Tx, call: &ExpertCall) -> Result<()> {
    Entity::insert(row(call).into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Keeps what changed.
pub async fn save(tx: &Tx, call: &ExpertCall) -> Result<()> {
    Entity::update(row(call).into_active_model().reset_all()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One call.
pub async fn find(tx: &Tx, id: CallId) -> Result<Option<ExpertCall>> {
    Entity::find_by_id(id.0).one(tx.db()).await?.map(ExpertCall::try_from).transpose()
}

/// The same, kept from other writers until the transaction ends.
pub async fn lock(tx: &Tx, id: CallId) -> Result<Option<ExpertCall>> {
    Entity::find_by_id(id.0).lock_exclusive().one(tx.db()).await?.map(ExpertCall::try_from).transpose()
}

/// The calls of a sitting, the first one first.
pub async fn of_session(tx: &Tx, session: SessionId) -> Result<Vec<ExpertCall>> {
    let found = Entity::find().filter(Column::SessionId.eq(session.0)).order_by_asc(Column::Number);
    found.all(tx.db()).await?.into_iter().map(ExpertCall::try_from).collect()
}

/// Those that ring, the oldest first.
pub async fn ringing(tx: &Tx) -> Result<Vec<ExpertCall>> {
    let found = Entity::find()
        .filter(Column::Status.eq(word::of(&CallStatus::Ringing)))
        .order_by_asc(Column::RangAt)
        .order_by_asc(Column::Id);
    found.all(tx.db()).await?.into_iter().map(ExpertCall::try_from).collect()
}

/// Writes down that somebody's desk rings.
pub async fn ring(tx: &Tx, call: CallId, staff: StaffId, now: DateTime<Utc>) -> Result<()> {
    let row = ring::Model { call_id: call.0, staff_id: staff.0, rung_at: now, answer: None };
    ring::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Writes down what they did.
pub async fn answer(tx: &Tx, call: CallId, staff: StaffId, answer: RingAnswer) -> Result<()> {
    ring::Entity::update_many()
        .col_expr(ring::Column::Answer, Expr::value(word::of(&answer)))
        .filter(ring::Column::CallId.eq(call.0))
        .filter(ring::Column::StaffId.eq(staff.0))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Who was rung for a call, the last one last.
pub async fn rung(tx: &Tx, call: CallId) -> Result<Vec<Rung>> {
    let rows = ring::Entity::find()
        .filter(ring::Column::CallId.eq(call.0))
        .order_by_asc(ring::Column::RungAt)
        .all(tx.db())
        .await?;
    rows.into_iter().map(Rung::try_from).collect()
}

/// The calls somebody was rung for since then, with what they did; the newest first.
pub async fn of_staff(tx: &Tx, staff: StaffId, since: DateTime<Utc>) -> Result<Vec<(ExpertCall, Rung)>> {
    let rings = ring::Entity::find()
        .filter(ring::Column::StaffId.eq(staff.0))
        .filter(ring::Column::RungAt.gte(since))
        .order_by_desc(ring::Column::RungAt)
        .limit(50)
        .all(tx.db())
        .await?;
    let mut calls = Vec::with_capacity(rings.len());
    for row in rings {
        if let Some(call) = find(tx, row.call_id.into()).await? {
            calls.push((call, row.try_into()?));
        }
    }
    Ok(calls)
}

/// Whether somebody is being rung, or sits with another call.
pub async fn is_busy(tx: &Tx, staff: StaffId) -> Result<bool> {
    let with_one = Entity::find()
        .filter(Column::TakenBy.eq(staff.0))
        .filter(Column::Status.eq(word::of(&CallStatus::Taken)))
        .one(tx.db())
        .await?;
    let open = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::Status.eq(word::of(&CallStatus::Ringing)))
        .to_owned();
    let rung = ring::Entity::find()
        .filter(ring::Column::StaffId.eq(staff.0))
        .filter(ring::Column::Answer.is_null())
        .filter(ring::Column::CallId.in_subquery(open))
        .one(tx.db())
        .await?;
    Ok(with_one.is_some() || rung.is_some())
}

/// Whether somebody said, when rung for this case, that they have to do with a party of it.
pub async fn declared_conflict(tx: &Tx, staff: StaffId, case: CaseId) -> Result<bool> {
    let of_case =
        Query::select().column(Column::Id).from(Entity).and_where(Column::CaseId.eq(case.0)).to_owned();
    let said = ring::Entity::find()
        .filter(ring::Column::StaffId.eq(staff.0))
        .filter(ring::Column::Answer.eq(word::of(&RingAnswer::Conflict)))
        .filter(ring::Column::CallId.in_subquery(of_case))
        .one(tx.db())
        .await?;
    Ok(said.is_some())
}

fn row(call: &ExpertCall) -> Model {
    Model {
        id: call.id.0,
        session_id: call.session_id.0,
        case_id: call.case_id.0,
        number: i32::try_from(call.number).unwrap_or(i32::MAX),
        expert: word::of(&call.expert),
        department: call.department.clone(),
        private: call.private,
        question: call.question.clone(),
        rang_at: call.rang_at,
        status: word::of(&call.status),
        taken_by: call.taken_by.map(|id| id.0),
        seat_id: call.seat_id.map(|id| id.0),
    }
}

impl TryFrom<Model> for ExpertCall {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            session_id: row.session_id.into(),
            case_id: row.case_id.into(),
            number: u32::try_from(row.number).unwrap_or(0),
            expert: word::parse(&row.expert)?,
            department: row.department,
            private: row.private,
            question: row.question,
            rang_at: row.rang_at,
            status: word::parse(&row.status)?,
            taken_by: row.taken_by.map(Into::into),
            seat_id: row.seat_id.map(Into::into),
        })
    }
}

impl TryFrom<ring::Model> for Rung {
    type Error = StoreError;
    fn try_from(row: ring::Model) -> Result<Self> {
        Ok(Self {
            staff_id: row.staff_id.into(),
            at: row.rung_at,
            answer: word::parse_opt(row.answer.as_deref())?,
        })
    }
}
