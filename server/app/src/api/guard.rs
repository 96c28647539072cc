//! Finds the thing a request names and asks `domain::access` whether this caller may do this to it.
//!
//! A handler gets a case or a sitting from here and nowhere else, so nothing is read before it is allowed. Absent and
//! foreign are told alike: 404.

use domain::access::{Action, Actor, Relation};
use domain::refusal::RefusalKind;
use domain::{Case, CaseId, Refusal, Seat, SessionId, Sitting};
use store::Tx;
use store::case::Scope;

use crate::caller::{Caller, SeatCaller, StaffCaller};
use crate::problem::{Answer, Problem};

/// The caller's case, if the action is allowed on it.
pub async fn case(tx: &Tx, caller: &StaffCaller, id: CaseId, action: Action) -> Answer<(Case, Actor)> {
    let case = store::case::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let actor = actor(tx, caller, &case).await?;
    actor.demand(action)?;
    Ok((case, actor))
}

/// The same, kept from other writers until the transaction ends.
pub async fn case_to_change(tx: &Tx, caller: &StaffCaller, id: CaseId, action: Action) -> Answer<Case> {
    let case = store::case::lock(tx, id).await?.ok_or_else(Problem::not_found)?;
    actor(tx, caller, &case).await?.demand(action)?;
    Ok(case)
}

/// A sitting of the caller's, with its case. `AtTable` means: at this table.
pub async fn sitting(
    tx: &Tx,
    caller: &StaffCaller,
    id: SessionId,
    action: Action,
) -> Answer<(Sitting, Case)> {
    let sitting = store::sitting::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let case = store::case::find(tx, sitting.case_id).await?.ok_or_else(Problem::not_found)?;
    let mut actor = actor(tx, caller, &case).await?;
    actor.relations.retain(|relation| *relation != Relation::AtTable);
    if store::seat::of_staff(tx, id, caller.id).await?.is_some() {
        actor.relations.push(Relation::AtTable);
    }
    actor.demand(action)?;
    Ok((sitting, case))
}

/// The seat behind a seat token, if the token still stands, the seat is of this sitting, and the action is allowed.
pub async fn seat(tx: &Tx, caller: &SeatCaller, session: SessionId, action: Action) -> Answer<Seat> {
    let seat = at_table(tx, caller, session).await?;
    Actor::own_seat(seat.role).demand(action)?;
    Ok(seat)
}

/// The seat behind a seat token that still stands, whatever its role: what it may see is the sitting's to say.
pub async fn at_table(tx: &Tx, caller: &SeatCaller, session: SessionId) -> Answer<Seat> {
    let seat = store::seat::find_in(tx, session, caller.seat_id).await?;
    let seat = seat.filter(|_| caller.session_id == session).ok_or_else(Problem::not_found)?;
    // Staff come to their seat by signing in and have no link.
    if seat.staff_id.is_none() {
        let link = store::seat_link::of_seat(tx, seat.id).await?;
        if !link.is_some_and(|link| link.carries_token_of(caller.issued_at)) {
            return Err(Refusal::new(RefusalKind::Gone, "link_revoked").into());
        }
    }
    // The phone was handed to somebody who sits beside: they act for themselves, by the same link.
    let Some(beside) = caller.beside.filter(|beside| *beside != seat.id) else { return Ok(seat) };
    let other = store::seat::find_in(tx, session, beside).await?;
    other.filter(|other| other.same_device && other.bound_to == Some(seat.id)).ok_or_else(Problem::not_found)
}

/// Whether this caller, staff or seat, may read something of a sitting.
pub async fn reader(tx: &Tx, caller: &Caller, session: SessionId, action: Action) -> Answer<()> {
    match caller {
        Caller::Staff(staff) => sitting(tx, staff, session, action).await.map(|_| ()),
        Caller::Seat(caller) => seat(tx, caller, session, action).await.map(|_| ()),
    }
}

/// How a member of staff stands to a case.
async fn actor(tx: &Tx, caller: &StaffCaller, case: &Case) -> Answer<Actor> {
    let mut relations = Vec::new();
    if case.mediator == Some(caller.id) {
        relations.push(Relation::Handler);
    }
    if case.first_receiver == caller.id {
        relations.push(Relation::Receiver);
    }
    if store::organization::subtree(tx, caller.organization_id).await?.contains(&case.organization_id) {
        relations.push(Relation::Organization);
    }
    if store::sitting::seats_staff(tx, case.id, caller.id).await? {
        relations.push(Relation::AtTable);
    }
    Ok(Actor::staff(caller.role, relations))
}

/// The cases this caller may see a row of: the same table, read as a condition.
pub async fn scope(tx: &Tx, caller: &StaffCaller) -> Answer<Scope> {
    let by = |relation| Actor::staff(caller.role, [relation]).may(Action::ReadSummary);
    let organizations = if by(Relation::Organization) {
        store::organization::subtree(tx, caller.organization_id).await?
    } else {
        Vec::new()
    };
    Ok(Scope {
        handler: by(Relation::Handler).then_some(caller.id),
        receiver: by(Relation::Receiver).then_some(caller.id),
        organizations,
        at_table: by(Relation::AtTable).then_some(caller.id),
    })
}

/// The caller's name, for the timeline.
pub async fn name(tx: &Tx, caller: &StaffCaller) -> Answer<String> {
    Ok(store::staff::find(tx, caller.id).await?.map(|staff| staff.name).unwrap_or_default())
}
