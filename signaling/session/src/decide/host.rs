//! What the host may do. Where people may be is checked once, on the state that would come out (`apply.rs`).

use std::collections::BTreeSet;

use domain::{Refusal, SeatId};

use super::{Decision, known, live, not_over};
use crate::{AreaId, Command, Event, Outcome, PauseCause, Phase, RecordingEnd, Session};

pub(super) fn decide(session: &Session, actor: SeatId, command: Command) -> Decision {
    match command {
        Command::Start => match session.phase() {
            Phase::Scheduled | Phase::Lobby => kept_company(session).map(|()| vec![Event::Started]),
            Phase::Live => Ok(vec![]),
            Phase::Paused => Err(Refusal::conflict("paused")),
            Phase::Ended | Phase::Cancelled => Err(Refusal::conflict("session_over")),
        },
        Command::Pause => match session.phase() {
            Phase::Paused => Ok(vec![]),
            _ => live(session).map(|()| vec![Event::Paused { cause: PauseCause::Host }]),
        },
        Command::Resume => match session.phase() {
            Phase::Paused => kept_company(session).map(|()| vec![Event::Resumed]),
            _ => live(session).map(|()| vec![]),
        },
        Command::End { outcome } => end(session, outcome),
        Command::Admit { seat } => {
            not_over(session)?;
            let who = known(session, seat)?;
            Ok(if who.admitted() { vec![] } else { vec![Event::Moved { seat, to: AreaId::Joint }] })
        }
        Command::SendBack { seat } => relocate(session, seat, AreaId::Lobby),
        Command::Move { seat, area } => relocate(session, seat, area),
        Command::OpenCaucus { seats } => open_caucus(session, actor, seats),
        Command::CloseCaucus { area } => close_caucus(session, area),
        Command::Mute { seat } => {
            not_over(session)?;
            known(session, seat).map(|_| vec![Event::Muted { seat }])
        }
        Command::DistressSeen { seat } => {
            Ok(if known(session, seat)?.distress { vec![Event::DistressSeen { seat }] } else { vec![] })
        }
        Command::Record { on } => record(session, actor, on),
        _ => Err(Refusal::forbidden("host_only")),
    }
}

/// Never alone: without a mediator who is reachable, the sitting would be paused again at once.
fn kept_company(session: &Session) -> Result<(), Refusal> {
    if session.seats().any(|(_, s)| s.attends()) { Ok(()) } else { Err(Refusal::conflict("host_away")) }
}

fn end(session: &Session, outcome: Outcome) -> Decision {
    match (session.phase(), session.outcome()) {
        (Phase::Ended, Some(before)) if before == outcome => Ok(vec![]),
        (Phase::Ended | Phase::Cancelled, _) => Err(Refusal::conflict("session_over")),
        // “Stopped” is a party's own word (R2): a host cannot put it into a party's mouth.
        _ if outcome == Outcome::Stopped => Err(Refusal::forbidden("party_only")),
        _ => Ok(vec![Event::Ended { outcome }]),
    }
}

/// R12: who asks for a recording agrees to it. Asking is not recording: that begins when everybody present agreed.
fn record(session: &Session, actor: SeatId, on: bool) -> Decision {
    not_over(session)?;
    let asked = session.recording_asked_at().is_some();
    if !on {
        return Ok(if asked { vec![Event::RecordingStopped { cause: RecordingEnd::Host }] } else { vec![] });
    }
    let mut events = Vec::new();
    if known(session, actor)?.recording != Some(true) {
        events.push(Event::RecordingAnswered { seat: actor, yes: true });
    }
    if !asked {
        events.push(Event::RecordingAsked);
    }
    Ok(events)
}

fn relocate(session: &Session, seat: SeatId, to: AreaId) -> Decision {
    not_over(session)?;
    let who = known(session, seat)?;
    if who.area == to {
        return Ok(vec![]);
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
    inside.insert(actor);
    let here = known(session, actor)?.area;
    let already = matches!(here, AreaId::Caucus(_))
        && session.within(here).map(|(id, _)| id).eq(inside.iter().copied());
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
    Ok(session.within(area).map(|(seat, _)| Event::Moved { seat, to: AreaId::Joint }).collect())
}
