//! The course of a sitting: start, break, end. Some of it is the chair's alone.

use chrono::TimeDelta;
use domain::{Refusal, SeatId};

use super::{Decision, known, live, not_over};
use crate::words::some_words;
use crate::{Command, Event, Outcome, PauseCause, Phase, Session, Time, opening};

/// How long people are waited for before somebody counts as not having come (domain.md §4).
const NO_SHOW: TimeDelta = TimeDelta::minutes(15);
/// A next date further away than this is a slip of the finger.
const FURTHEST: TimeDelta = TimeDelta::days(366);
/// Characters in a reason.
const REASON_LIMIT: usize = 500;

pub(super) fn decide(session: &Session, now: Time, actor: SeatId, command: Command) -> Decision {
    match command {
        Command::Start => match session.phase() {
            Phase::Scheduled | Phase::Lobby => {
                kept_company(session)?;
                opening::ready_to_start(session)?;
                Ok(vec![Event::Started])
            }
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
        Command::End { outcome } => end(session, outcome, None),
        Command::Adjourn { next_at } => {
            if next_at.is_some_and(|at| at <= now || at > now + FURTHEST) {
                return Err(Refusal::invalid("next_date"));
            }
            end(session, Outcome::Adjourned, next_at)
        }
        Command::NoShow => no_show(session, now),
        Command::AllowJoint { reason } => {
            not_over(session)?;
            let reason = some_words(&reason, REASON_LIMIT)?;
            Ok(if session.apart { vec![Event::JointAllowed { reason }] } else { vec![] })
        }
        Command::GiveChair { seat } => give_chair(session, actor, seat),
        _ => Err(Refusal::forbidden("host_only")),
    }
}

/// Never alone: without a mediator who is reachable, the sitting would be paused again at once.
fn kept_company(session: &Session) -> Result<(), Refusal> {
    if session.seats().any(|(_, s)| s.attends()) { Ok(()) } else { Err(Refusal::conflict("host_away")) }
}

fn end(session: &Session, outcome: Outcome, next_at: Option<Time>) -> Decision {
    match (session.phase(), session.outcome()) {
        (Phase::Ended, Some(before)) if before == outcome && session.next_at == next_at => Ok(vec![]),
        (Phase::Ended | Phase::Cancelled, _) => Err(Refusal::conflict("session_over")),
        // “Stopped” is a party's own word (R2): a host cannot put it into a party's mouth.
        _ if outcome == Outcome::Stopped => Err(Refusal::forbidden("party_only")),
        _ if outcome == Outcome::NoShow => Err(Refusal::invalid("say_no_show")),
        _ => Ok(vec![Event::Ended { outcome, next_at }]),
    }
}

/// Nobody is said not to have come before the grace time is over, nor while everybody is there.
fn no_show(session: &Session, now: Time) -> Decision {
    match session.phase() {
        Phase::Ended if session.outcome() == Some(Outcome::NoShow) => return Ok(vec![]),
        Phase::Scheduled | Phase::Lobby => {}
        Phase::Live | Phase::Paused => return Err(Refusal::conflict("already_started")),
        Phase::Ended | Phase::Cancelled => return Err(Refusal::conflict("session_over")),
    }
    if now < session.scheduled_at + NO_SHOW {
        return Err(Refusal::conflict("too_early").with("minutes", NO_SHOW.num_minutes()));
    }
    if session.seats().filter(|(_, s)| s.role.is_party()).all(|(_, s)| s.online()) {
        return Err(Refusal::conflict("all_came"));
    }
    Ok(vec![Event::Ended { outcome: Outcome::NoShow, next_at: None }])
}

fn give_chair(session: &Session, actor: SeatId, seat: SeatId) -> Decision {
    not_over(session)?;
    let who = known(session, seat)?;
    if !who.attends() {
        return Err(Refusal::invalid("not_a_host"));
    }
    Ok(if session.chair() == Some(seat) && seat != actor { vec![] } else { vec![Event::ChairGiven { seat }] })
}
