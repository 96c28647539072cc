//! Safety of persons at the table: who may never share an area, and what parties answered in private (R32).

use chrono::{DateTime, Utc};
use domain::{CaseId, SeatId, SessionId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::entity::{safety_answer as answer, seat_screen as screen};
use crate::{Result, Tx};

/// These two may never share an area; said twice it is the same.
pub async fn screen(tx: &Tx, session: SessionId, one: SeatId, other: SeatId) -> Result<()> {
    let row = screen::Model { session_id: session.0, a: one.min(other).0, b: one.max(other).0 };
    screen::Entity::insert(row.into_active_model())
        .on_conflict_do_nothing_on([screen::Column::SessionId, screen::Column::A, screen::Column::B])
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// The pairs of a sitting.
pub async fn screens(tx: &Tx, session: SessionId) -> Result<Vec<(SeatId, SeatId)>> {
    let rows = screen::Entity::find()
        .filter(screen::Column::SessionId.eq(session.0))
        .order_by_asc(screen::Column::A)
        .order_by_asc(screen::Column::B)
        .all(tx.db())
        .await?;
    Ok(rows.into_iter().map(|row| (row.a.into(), row.b.into())).collect())
}

/// What a seat answered in private, as a fact of its sitting.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// In which sitting.
    pub session: SessionId,
    /// The number of the fact there.
    pub seq: i64,
    /// By whom.
    pub seat: SeatId,
    /// Is afraid of the other side.
    pub afraid: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// Keeps an answer in the case file, out of its timeline.
pub async fn answered(tx: &Tx, case: CaseId, said: Answer) -> Result<()> {
    let row = answer::Model {
        session_id: said.session.0,
        seq: said.seq,
        case_id: case.0,
        seat_id: said.seat.0,
        afraid: said.afraid,
        at: said.at,
    };
    answer::Entity::insert(row.into_active_model()).exec_without_returning(tx.db()).await?;
    Ok(())
}

/// Whether anybody in this case has ever said to be afraid: the next sitting begins apart.
pub async fn feared(tx: &Tx, case: CaseId) -> Result<bool> {
    let yes = answer::Entity::find()
        .filter(answer::Column::CaseId.eq(case.0))
        .filter(answer::Column::Afraid.eq(true))
        .count(tx.db())
        .await?;
    Ok(yes > 0)
}
