//! The switchboard: rings for each open call one desk after another, until somebody comes or nobody is left.
//!
//! It keeps nothing in memory: what rings, since when and who said no stands in the store, so a restarted server goes
//! on where it was. Two nodes that look at one call at the same time meet at its row.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::CallId;
use domain::duty::{CallStatus, ExpertCall, RingAnswer};
use store::Tx;

use super::candidates;
use crate::problem::Fault;
use crate::state::AppState;

/// How often it looks by itself: somebody does not answer, or another node left a call.
const LOOK: Duration = Duration::from_secs(1);

/// Starts this node's switchboard; it ends with the server.
pub fn start(app: &AppState) {
    let app = app.clone();
    let tasks = app.tasks.clone();
    tasks.spawn("switchboard", async move {
        let mut bell = app.live.hub.bell().listen();
        loop {
            if let Err(fault) = look(&app).await {
                tracing::warn!(error = %fault, "the switchboard cannot work");
            }
            tokio::select! {
                () = app.tasks.stopping() => break,
                _ = bell.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    });
}

/// How long one desk rings.
pub fn patience(app: &AppState) -> TimeDelta {
    TimeDelta::seconds(app.config.duty.ring_seconds.into())
}

async fn look(app: &AppState) -> Result<(), Fault> {
    let tx = app.store.read().await.map_err(Fault::of("looking for calls"))?;
    let now = app.clock.now();
    let mut due = Vec::new();
    for call in store::expert_call::ringing(&tx).await.map_err(Fault::of("looking for calls"))? {
        if !rings(&tx, app, &call, now).await.map_err(Fault::of("looking for calls"))? {
            due.push(call);
        }
    }
    tx.rollback().await.map_err(Fault::of("looking for calls"))?;
    for call in due {
        next(app, call.id).await?;
    }
    Ok(())
}

/// Whether somebody's desk rings for it, and not for too long yet.
async fn rings(tx: &Tx, app: &AppState, call: &ExpertCall, now: DateTime<Utc>) -> store::Result<bool> {
    let rung = store::expert_call::rung(tx, call.id).await?;
    Ok(rung.iter().any(|ring| ring.answer.is_none() && now - ring.at < patience(app)))
}

/// The next desk rings, or the host is told that nobody is left.
pub async fn next(app: &AppState, id: CallId) -> Result<(), Fault> {
    let of = Fault::of::<store::StoreError>;
    let tx = app.store.begin().await.map_err(of("ringing the next desk"))?;
    let rung = advance(&tx, app, id).await.map_err(of("ringing the next desk"))?;
    tx.commit().await.map_err(of("ringing the next desk"))?;
    if let Some((call, whom)) = rung {
        metrics::counter!("onedoor_expert_rings_total").increment(1);
        // The host's screen; a sitting that is over meanwhile wants nobody.
        if let Err(refusal) = app.live.hub.call_rings(call.session_id, call.number, whom).await {
            tracing::info!(session = %call.session_id, code = refusal.code, "a call was not shown");
        }
        app.live.hub.bell().ring();
    }
    Ok(())
}

async fn advance(tx: &Tx, app: &AppState, id: CallId) -> store::Result<Option<(ExpertCall, Option<String>)>> {
    let now = app.clock.now();
    let Some(mut call) = store::expert_call::lock(tx, id).await? else { return Ok(None) };
    if call.status != CallStatus::Ringing || rings(tx, app, &call, now).await? {
        return Ok(None);
    }
    let rung = store::expert_call::rung(tx, id).await?;
    for late in rung.iter().filter(|ring| ring.answer.is_none()) {
        store::expert_call::answer(tx, id, late.staff_id, RingAnswer::Missed).await?;
    }
    let Some(case) = store::case::find(tx, call.case_id).await? else { return Ok(None) };
    let next = candidates::of_case(tx, &case, now).await?.into_iter().find(|candidate| {
        candidate.duty.expert == call.expert
            && (call.department.is_empty() || candidate.duty.department == call.department)
            && rung.iter().all(|ring| ring.staff_id != candidate.staff.id)
            && candidate.is_free()
    });
    if let Some(next) = next {
        store::expert_call::ring(tx, id, next.staff.id, now).await?;
        return Ok(Some((call, Some(next.staff.name))));
    }
    call.status = CallStatus::Unanswered;
    store::expert_call::save(tx, &call).await?;
    Ok(Some((call, None)))
}
