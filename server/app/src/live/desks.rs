//! What of a sitting is kept for desks elsewhere, in the transaction of the facts: calls for experts, for the
//! switchboard; calls for help, for the incident desk (值守席). So neither is lost with a server.

use domain::duress::{Act, Duress, Logged, Place};
use domain::duty::{CallStatus, ExpertCall};
use domain::{SeatId, SessionId};
use session::{AreaId, Call, Event, Stamped};
use sha2::{Digest, Sha256};
use store::Tx;
use uuid::Uuid;

use super::journal::Page;

/// Whether somebody at a desk elsewhere may want to know.
pub(super) fn concerns(facts: &[Stamped]) -> bool {
    facts.iter().any(|fact| {
        moves_calls(&fact.event)
            || matches!(
                fact.event,
                Event::CallTaken { .. }
                    | Event::Distress { .. }
                    | Event::DistressSeen { .. }
                    | Event::DistressClosed { .. }
            )
    })
}

/// Whether a call may begin or be over by this.
fn moves_calls(event: &Event) -> bool {
    matches!(
        event,
        Event::Rang { .. }
            | Event::CalledOff { .. }
            | Event::Moved { .. }
            | Event::Dismissed { .. }
            | Event::Ended { .. }
            | Event::Cancelled
    )
}

/// Keeps what these facts mean for desks elsewhere.
pub(super) async fn keep(tx: &Tx, page: Page<'_>) -> store::Result<()> {
    if !page.session.calls().is_empty() && page.facts.iter().any(|fact| moves_calls(&fact.event)) {
        keep_calls(tx, page).await?;
    }
    for fact in page.facts {
        match &fact.event {
            Event::Distress { seat } => cry(tx, page, fact, *seat).await?,
            Event::DistressSeen { seat } => host_did(tx, page, fact, *seat, Act::HostSaw, "").await?,
            Event::DistressClosed { seat, action } => {
                host_did(tx, page, fact, *seat, Act::HostDecided, action).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn keep_calls(tx: &Tx, page: Page<'_>) -> store::Result<()> {
    let (session, known) = (page.session, store::expert_call::of_session(tx, page.session.id()).await?);
    for call in session.calls() {
        match known.iter().find(|kept| kept.number == call.id) {
            None => store::expert_call::insert(tx, &fresh(page, call)).await?,
            Some(kept) if (call.over || session.phase().is_over()) && kept.status != CallStatus::Over => {
                let over = ExpertCall { status: CallStatus::Over, ..kept.clone() };
                store::expert_call::save(tx, &over).await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn fresh(page: Page<'_>, call: &Call) -> ExpertCall {
    let session = page.session.id();
    ExpertCall {
        id: made_of("call", session, call.id.into()).into(),
        session_id: session,
        case_id: page.case,
        number: call.id,
        expert: call.expert,
        department: call.department.clone(),
        private: call.area.private(),
        question: call.question.clone(),
        rang_at: call.at,
        status: CallStatus::Ringing,
        taken_by: None,
        seat_id: None,
    }
}

async fn cry(tx: &Tx, page: Page<'_>, fact: &Stamped, seat: SeatId) -> store::Result<()> {
    let session = page.session;
    let place = match session.seat(seat).map(|s| s.area) {
        None | Some(AreaId::Lobby) => Place::Lobby,
        Some(AreaId::Joint) => Place::Joint,
        Some(_) => Place::Private,
    };
    let duress = Duress {
        id: made_of("duress", session.id(), fact.seq).into(),
        session_id: session.id(),
        case_id: page.case,
        seat_id: seat,
        place,
        at: fact.at,
        acknowledged_at: None,
        closed_at: None,
    };
    store::duress::insert(tx, &duress).await
}

async fn host_did(
    tx: &Tx,
    page: Page<'_>,
    fact: &Stamped,
    seat: SeatId,
    act: Act,
    words: &str,
) -> store::Result<()> {
    let Some(duress) = store::duress::last_of_seat(tx, page.session.id(), seat).await? else { return Ok(()) };
    let by = fact.by.and_then(|by| page.session.seat(by)).map(|s| s.name.clone()).unwrap_or_default();
    let line = Logged { at: fact.at, by, act, words: words.to_owned() };
    store::duress::log(tx, &duress, &line).await
}

/// An id that the same fact always has: stored twice, it is one row.
fn made_of(what: &str, session: SessionId, number: u64) -> Uuid {
    let digest = Sha256::digest(format!("onedoor {what} {session} {number}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
