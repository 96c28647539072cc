//! Who is where, as a host wishes it. Where people may be is checked once, on the state that would come out
//! (`apply.rs`).

use std::collections::BTreeSet;

use domain::{Refusal, SeatId};

use super::{Decision, known, live, not_over, world};
use crate::{AreaId, Command, Event, Session};

pub(super) fn decide(session: &Session, actor: SeatId, command: Command) -> Decision {
    match command {
        Command::Admit { seat } => {
            not_over(session)?;
            let who = known(session, seat)?;
            if who.admitted() {
                return Ok(vec![]);
            }
            // Who goes with somebody comes in with them, to where they are.
            let to = match who.bound_to.and_then(|lead| session.seat(lead)) {
                Some(lead) if !lead.admitted() => return Err(Refusal::conflict("bound_seat")),
                Some(lead) => lead.area,
                None => AreaId::Joint,
            };
            Ok(vec![Event::Moved { seat, to }])
        }
        Command::SendBack { seat } => relocate(session, actor, seat, AreaId::Lobby),
        Command::Move { seat, area } => relocate(session, actor, seat, area),
        Command::OpenCaucus { seats } => open_caucus(session, actor, seats),
        Command::CloseCaucus { area } => close_caucus(session, area),
        Command::Screen { a, b } => {
            not_over(session)?;
            world::screen(session, a, b)
        }
        _ => Err(Refusal::forbidden("host_only")),
    }
}

fn relocate(session: &Session, actor: SeatId, seat: SeatId, to: AreaId) -> Decision {
    not_over(session)?;
    let who = known(session, seat)?;
    if who.area == to {
        return Ok(vec![]);
    }
    if who.bound_to.is_some_and(|whom| session.seat(whom).is_some_and(|s| s.area == who.area)) {
        return Err(Refusal::conflict("bound_seat"));
    }
    if session.areas.get(&to).is_some_and(|area| area.locked) && known(session, actor)?.area != to {
        return Err(Refusal::conflict("area_locked"));
    }
    if session.is_open(to) {
        return Ok(vec![Event::Moved { seat, to }]);
    }
    match to {
        AreaId::Consult(_) => Ok(vec![Event::Opened { area: to }, Event::Moved { seat, to }]),
        _ => Err(Refusal::conflict("area_closed")),
    }
}

fn open_caucus(session: &Session, actor: SeatId, seats: Vec<SeatId>) -> Decision {
    live(session)?;
    for seat in &seats {
        known(session, *seat)?;
    }
    let mut inside: BTreeSet<SeatId> = seats.into_iter().collect();
    inside.remove(&actor);
    if inside.is_empty() {
        return Err(Refusal::invalid("nobody_named"));
    }
    // Who goes with somebody comes along with them, not alone.
    let leads = |id: &SeatId| session.seat(*id)?.bound_to.filter(|lead| session.seat(*lead).is_some());
    if inside.iter().filter_map(leads).any(|lead| !inside.contains(&lead)) {
        return Err(Refusal::conflict("bound_seat"));
    }
    inside.insert(actor);
    let here = known(session, actor)?.area;
    let already = matches!(here, AreaId::Caucus(_)) && {
        let present: BTreeSet<SeatId> = session.within(here).map(|(id, _)| id).collect();
        // Who goes with somebody inside belongs there.
        inside.is_subset(&present)
            && present.difference(&inside).all(|id| session.seat(*id).is_some_and(|s| s.bound_to.is_some()))
    };
    if already {
        return Ok(vec![]);
    }
    let area = AreaId::Caucus(session.caucuses + 1);
    let moves = inside.into_iter().map(|seat| Event::Moved { seat, to: area });
    Ok(std::iter::once(Event::Opened { area }).chain(moves).collect())
}

fn close_caucus(session: &Session, area: AreaId) -> Decision {
    not_over(session)?;
    if !area.private() {
        return Err(Refusal::invalid("not_private"));
    }
    // A guest whom those outside have not agreed to does not come along (R5).
    let welcome = |seat: SeatId| session.unasked(seat, AreaId::Joint).is_empty();
    let to = |seat: SeatId| if welcome(seat) { AreaId::Joint } else { AreaId::Lobby };
    Ok(session.within(area).map(|(seat, _)| Event::Moved { seat, to: to(seat) }).collect())
}
