//! Calls for experts, seen from the desk of who is rung: what rings, the one page, come or not, the note.
//!
//! A call is there for who is rung, for who came, and for nobody else: everybody else is told that there is none.

mod answer;
mod list;
pub(super) mod live;
mod note;
mod summary;

use chrono::TimeDelta;
use domain::access::{Action, Actor};
use domain::duty::{CallStatus, ExpertCall, RingAnswer, Rung};
use domain::{CallId, StaffId};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::caller::StaffCaller;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// A call is shown this long; the note in one's own hand stays open as long.
const SHOWN: TimeDelta = TimeDelta::days(1);

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(live::live))
        .routes(routes!(summary::summary))
        .routes(routes!(answer::answer))
        .routes(routes!(answer::decline))
        .routes(routes!(note::read, note::write))
        .routes(routes!(note::of_case))
}

/// A call the caller was rung for, with what they did; `ringing` or `taken` and not older than a day.
async fn mine(tx: &Tx, app: &AppState, caller: &StaffCaller, id: CallId) -> Answer<(ExpertCall, Rung)> {
    Actor::staff(caller.role, []).demand_general(Action::AnswerCalls)?;
    let call = store::expert_call::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    let rung = ring_of(tx, id, caller.id).await?.ok_or_else(Problem::not_found)?;
    let fresh = app.clock.now() - rung.at < SHOWN;
    if fresh && is_open(&call, &rung) { Ok((call, rung)) } else { Err(Problem::not_found()) }
}

async fn ring_of(tx: &Tx, call: CallId, staff: StaffId) -> Answer<Option<Rung>> {
    Ok(store::expert_call::rung(tx, call).await?.into_iter().find(|ring| ring.staff_id == staff))
}

/// Whether it is still there for who was rung: it rings at their desk, or they came.
fn is_open(call: &ExpertCall, rung: &Rung) -> bool {
    match rung.answer {
        None => call.status == CallStatus::Ringing,
        Some(RingAnswer::Taken) => true,
        Some(RingAnswer::Declined | RingAnswer::Missed | RingAnswer::Conflict) => false,
    }
}
