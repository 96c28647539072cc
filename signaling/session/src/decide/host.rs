//! What else a host may do at the table: silence and the floor, invitations and words, guests and experts, notes
//! behind the release gate, offers, and help for somebody in distress.

use domain::{Refusal, SeatId};

use super::{Decision, known, not_over};
use crate::words::some_words;
use crate::{
    Command, Event, RecordingEnd, Session, Time, confidence, floor, greeting, guests, identity, offers,
    opening, safety, visits,
};

/// Characters in what a human decided about a call for help.
const ACTION_LIMIT: usize = 500;

pub(super) fn decide(session: &Session, now: Time, actor: SeatId, command: Command) -> Decision {
    match command {
        Command::Mute { seat } => {
            not_over(session)?;
            known(session, seat).map(|_| vec![Event::Muted { seat }])
        }
        Command::GiveFloor { seat, seconds, quiet } => floor::give(session, seat, seconds, quiet),
        Command::Lock { seat, on } => floor::lock(session, seat, on),
        Command::AskToSpeak { seat } => floor::ask(session, seat),
        Command::Invite { seats } => visits::invite(session, actor, &seats),
        Command::LockArea { area, on } => visits::lock(session, area, on),
        Command::Announce { text } => visits::announce(session, &text),
        Command::Greet { seat } => greeting::greet(session, actor, seat),
        Command::AskDocument { seat } => identity::ask(session, seat),
        Command::TickOff { item } => opening::tick_off(session, item),
        Command::DeclareConflict { disclosed } => opening::declare(session, disclosed.as_deref()),
        Command::ProposeGuest { seat } => guests::propose(session, seat),
        Command::Ring { expert, department, question } => {
            guests::ring(session, actor, expert, &department, &question)
        }
        Command::CallOff { call } => guests::call_off(session, call),
        Command::Prolong { seat } => guests::prolong(session, seat),
        Command::Confide { seat, text } => confidence::confide(session, actor, seat, &text),
        Command::Convey { confidence, seats } => confidence::convey(session, actor, confidence, &seats),
        Command::PutOffer { kind, text, seats } => offers::put(session, now, kind, &text, &seats),
        Command::WithdrawOffer { offer } => offers::withdraw(session, offer),
        Command::DistressSeen { seat } => {
            Ok(if known(session, seat)?.distress { vec![Event::DistressSeen { seat }] } else { vec![] })
        }
        Command::CloseDistress { seat, action } => {
            known(session, seat)?;
            let action = some_words(&action, ACTION_LIMIT)?;
            Ok(vec![Event::DistressClosed { seat, action }])
        }
        Command::ReportSafety { seat, action } => safety::report(session, seat, &action),
        Command::Record { on } => record(session, actor, on),
        _ => Err(Refusal::forbidden("host_only")),
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
