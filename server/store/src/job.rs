//! Jobs: work that outlives its request. A row is written in the transaction of the request that wants it; a worker
//! takes it under a lease, so that a worker that dies does not take the work with it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::JobId;
use sea_orm::sea_query::{Cond, Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::entity::job::{Column, Entity, Model};
use crate::{Result, StoreError, Tx};

const WAITING: &str = "waiting";
const DONE: &str = "done";
const BURIED: &str = "buried";

/// After so many failures a job is buried, for a human to look at: about an hour of backoff.
pub const ATTEMPTS_AT_MOST: i32 = 10;

/// A job that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// What kind of work, `snake_case`.
    pub kind: String,
    /// What the work needs to know; ids, never copies of facts.
    pub payload: Value,
    /// This attempt's number, from 1.
    pub attempt: i32,
}

/// Leaves work behind, to be done when this transaction has become true.
pub async fn enqueue(tx: &Tx, id: JobId, kind: &str, payload: &Value, now: DateTime<Utc>) -> Result<()> {
    let row = Model {
        id: id.0,
        kind: kind.to_owned(),
        payload: payload.to_string(),
        state: WAITING.to_owned(),
        attempts: 0,
        progress: 0,
        run_at: now,
        leased_until: None,
        last_error: None,
        created_at: now,
        done_at: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Takes the job that is due longest, for `lease`. Two workers never get the same one.
pub async fn take(tx: &Tx, now: DateTime<Utc>, lease: TimeDelta) -> Result<Option<Job>> {
    let free = Cond::any().add(Column::LeasedUntil.is_null()).add(Column::LeasedUntil.lt(now));
    let found = Entity::find()
        .filter(Column::State.eq(WAITING))
        .filter(Column::RunAt.lte(now))
        .filter(free)
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::Id)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(tx.db())
        .await?;
    let Some(row) = found else { return Ok(None) };
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(row.attempts + 1))
        .col_expr(Column::LeasedUntil, Expr::value(now + lease))
        .filter(Column::Id.eq(row.id))
        .exec(tx.db())
        .await?;
    let payload = serde_json::from_str(&row.payload)
        .map_err(|_| StoreError::Unreadable { place: "job.payload", value: row.payload.clone() })?;
    Ok(Some(Job { id: row.id.into(), kind: row.kind, payload, attempt: row.attempts + 1 }))
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits, or somebody works on it; in percent.
    Going(i32),
    /// It is done.
    Done,
    /// It gave up.
    Buried,
}

/// How this job stands; none if there is no such one.
pub async fn standing(tx: &Tx, id: JobId) -> Result<Option<Standing>> {
    let row = Entity::find_by_id(id.0).one(tx.db()).await?;
    Ok(row.map(|row| match row.state.as_str() {
        DONE => Standing::Done,
        BURIED => Standing::Buried,
        _ => Standing::Going(row.progress),
    }))
}

/// Keeps the lease of a job that takes long.
pub async fn extend(tx: &Tx, id: JobId, until: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(until))
        .filter(Column::Id.eq(id.0))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// Says how far a job has got, in percent.
pub async fn progress(tx: &Tx, id: JobId, percent: i32) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Progress, Expr::value(percent.clamp(0, 100)))
        .filter(Column::Id.eq(id.0))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// The work is done; written in the transaction of its result.
pub async fn finish(tx: &Tx, id: JobId, now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(DONE))
        .col_expr(Column::Progress, Expr::value(100))
        .col_expr(Column::DoneAt, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .exec(tx.db())
        .await?;
    Ok(())
}

/// It failed: again later, twice as late each time (1 s, 2 s … at most 15 min), or buried. Answers the next time.
pub async fn fail(tx: &Tx, job: &Job, error: &str, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let buried = job.attempt >= ATTEMPTS_AT_MOST;
    let seconds = 1_i64 << job.attempt.clamp(1, 20).saturating_sub(1);
    let next = now + TimeDelta::seconds(seconds.min(900));
    Entity::update_many()
        .col_expr(Column::State, Expr::value(if buried { BURIED } else { WAITING }))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::RunAt, Expr::value(next))
        .col_expr(Column::LastError, Expr::value(error))
        .filter(Column::Id.eq(job.id.0))
        .exec(tx.db())
        .await?;
    Ok((!buried).then_some(next))
}

/// Jobs that gave up, for `readyz` and the operator.
pub async fn buried(tx: &Tx) -> Result<Vec<JobId>> {
    let rows = Entity::find().filter(Column::State.eq(BURIED)).all(tx.db()).await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}
