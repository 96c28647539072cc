//! Calls for help, and what humans did about them: the incident desk's list. Lines of the log are only added.

use chrono::{DateTime, Utc};
use domain::duress::{Act, Duress, Logged};
use domain::{DuressId, OrganizationId, SeatId, SessionId};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::entity::case_file;
use crate::entity::duress::{Column, Entity, Model};
use crate::entity::duress_log as log;
use crate::{Result, StoreError, Tx, word};

/// Adds a call for help.
pub async fn insert(tx: &Tx, duress: &Duress) -> Result<()> {
    Entity::insert(row(duress).into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// One, kept from other writers until the transaction ends.
pub async fn lock(tx: &Tx, id: DuressId) -> Result<Option<Duress>> {
    Entity::find_by_id(id.0).lock_exclusive().one(tx.db()).await?.map(Duress::try_from).transpose()
}

/// The last call of a seat.
pub async fn last_of_seat(tx: &Tx, session: SessionId, seat: SeatId) -> Result<Option<Duress>> {
    let found = Entity::find()
        .filter(Column::SessionId.eq(session.0))
        .filter(Column::SeatId.eq(seat.0))
        .order_by_desc(Column::At);
    found.one(tx.db()).await?.map(Duress::try_from).transpose()
}

/// Those in cases of these organisations that are open, or were made since then; the newest first.
pub async fn at_desk(tx: &Tx, organizations: &[OrganizationId], since: DateTime<Utc>) -> Result<Vec<Duress>> {
    let cases = Query::select()
        .column(case_file::Column::Id)
        .from(case_file::Entity)
        .and_where(case_file::Column::OrganizationId.is_in(organizations.iter().map(|id| id.0)))
        .to_owned();
    let found = Entity::find()
        .filter(Column::CaseId.in_subquery(cases))
        .filter(Condition::any().add(Column::ClosedAt.is_null()).add(Column::At.gte(since)))
        .order_by_desc(Column::At)
        .order_by_desc(Column::Id)
        .limit(100);
    found.all(tx.db()).await?.into_iter().map(Duress::try_from).collect()
}

/// Writes down what somebody did; the first acknowledgement and the closing are kept with the call as well.
pub async fn log(tx: &Tx, duress: &Duress, line: &Logged) -> Result<()> {
    let last = log::Entity::find()
        .filter(log::Column::DuressId.eq(duress.id.0))
        .order_by_desc(log::Column::Seq)
        .one(tx.db())
        .await?;
    let row = log::Model {
        duress_id: duress.id.0,
        seq: last.map_or(1, |row| row.seq + 1),
        at: line.at,
        by: line.by.clone(),
        act: word::of(&line.act),
        words: line.words.clone(),
    };
    log::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    let mut changed = duress.clone();
    if line.act.is_of_desk() {
        // Whatever the desk does about it, it has seen it.
        changed.acknowledged_at.get_or_insert(line.at);
    }
    if line.act == Act::Closed {
        changed.closed_at.get_or_insert(line.at);
    }
    if changed != *duress {
        let changed = self::row(&changed).into_active_model().reset_all();
        Entity::update(changed).exec_without_returning(tx.db()).await?;
    }
    Ok(())
}

/// The log of a call, the first line first.
pub async fn log_of(tx: &Tx, id: DuressId) -> Result<Vec<Logged>> {
    let rows = log::Entity::find()
        .filter(log::Column::DuressId.eq(id.0))
        .order_by_asc(log::Column::Seq)
        .all(tx.db())
        .await?;
    rows.into_iter()
        .map(|row| Ok(Logged { at: row.at, by: row.by, act: word::parse(&row.act)?, words: row.words }))
        .collect()
}

fn row(duress: &Duress) -> Model {
    Model {
        id: duress.id.0,
        session_id: duress.session_id.0,
        case_id: duress.case_id.0,
        seat_id: duress.seat_id.0,
        place: word::of(&duress.place),
        at: duress.at,
        acknowledged_at: duress.acknowledged_at,
        closed_at: duress.closed_at,
    }
}

impl TryFrom<Model> for Duress {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self> {
        Ok(Self {
            id: row.id.into(),
            session_id: row.session_id.into(),
            case_id: row.case_id.into(),
            seat_id: row.seat_id.into(),
            place: word::parse(&row.place)?,
            at: row.at,
            acknowledged_at: row.acknowledged_at,
            closed_at: row.closed_at,
        })
    }
}
