//! A sitting that is adjourned to a date goes on then: the next one stands in the case file in the same transaction, with
//! the same people, who goes with whom and who may never meet. Links are made anew: the old ones open the old sitting.

use std::collections::HashMap;

use domain::timeline::Draft;
use domain::{Outcome, Phase, Seat, SeatId, SessionId, Sitting};
use serde_json::json;
use session::{Event, Stamped};
use store::Tx;

use super::journal::Page;
use crate::ids::Ids;

pub(super) async fn follow(tx: &Tx, ids: &Ids, page: Page<'_>, fact: &Stamped) -> store::Result<()> {
    let Event::Ended { outcome: Outcome::Adjourned, next_at: Some(scheduled_at) } = fact.event else {
        return Ok(());
    };
    let Some(before) = store::sitting::find(tx, page.session.id()).await? else { return Ok(()) };
    let next = Sitting {
        id: ids.next(),
        case_id: page.case,
        scheduled_at,
        room: before.room,
        phase: Phase::Scheduled,
        outcome: None,
        started_at: None,
        ended_at: None,
        checklist: true,
    };
    store::sitting::insert(tx, &next, fact.at).await?;
    seats(tx, ids, page, next.id).await?;
    let author = fact.by.and_then(|seat| page.session.seat(seat));
    let draft = Draft {
        actor: author.map_or_else(|| "system".to_owned(), |seat| seat.name.clone()),
        kind: "session_scheduled".to_owned(),
        summary: "择日再调，已安排下一次调解会".to_owned(),
        data: json!({"session": next.id, "follows": before.id, "scheduled_at": scheduled_at, "room": next.room}),
    };
    store::timeline::append(tx, page.case, draft, fact.at).await.map(drop)
}

/// Everybody but those who were called in for some minutes.
async fn seats(tx: &Tx, ids: &Ids, page: Page<'_>, next: SessionId) -> store::Result<()> {
    let called = |seat: &Seat| {
        let answered = page.session.calls().iter().any(|call| call.answered_by == Some(seat.id));
        answered || page.session.seat(seat.id).is_some_and(|s| s.until.is_some())
    };
    let mut seats = store::seat::of_session(tx, page.session.id()).await?;
    seats.retain(|seat| !called(seat));
    let new: HashMap<SeatId, SeatId> = seats.iter().map(|seat| (seat.id, ids.next())).collect();
    for seat in seats {
        let Some(&id) = new.get(&seat.id) else { continue };
        // Who shares a device today may come alone another day.
        let lead = seat.bound_to.filter(|_| !seat.same_device);
        let bound_to = lead.and_then(|lead| new.get(&lead).copied());
        store::seat::insert(tx, &Seat { id, session_id: next, bound_to, same_device: false, ..seat }).await?;
    }
    for (a, b) in store::safety::screens(tx, page.session.id()).await? {
        if let (Some(&a), Some(&b)) = (new.get(&a), new.get(&b)) {
            store::safety::screen(tx, next, a, b).await?;
        }
    }
    Ok(())
}
