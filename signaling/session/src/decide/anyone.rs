//! What anyone at the table may do: raise a hand, leave, stop (parties), call for help, write from the lobby, agree to
//! be recorded or not.

use domain::{Refusal, SeatId};

use super::{Decision, not_over};
use crate::{
    AreaId, Command, Event, Outcome, Phase, Seat, Session, captions, chat, confidence, floor, guests,
    opening, safety, visits,
};

pub(super) fn decide(session: &Session, actor: SeatId, me: &Seat, command: Command) -> Decision {
    let once = |already: bool, event: Event| if already { vec![] } else { vec![event] };
    match command {
        // Who was called and goes is done: the place is not kept.
        Command::Leave if !me.left && me.until.is_some() => {
            Ok(vec![Event::Moved { seat: actor, to: AreaId::Lobby }, Event::Left { seat: actor }])
        }
        Command::Leave => Ok(once(me.left, Event::Left { seat: actor })),
        // A call for help is heard in every phase, after the end too.
        Command::Distress => Ok(once(me.distress, Event::Distress { seat: actor })),
        Command::Stop => stop(session, me),
        Command::Hand { up } => {
            not_over(session)?;
            Ok(once(me.hand.is_some() == up, Event::Hand { seat: actor, up }))
        }
        // R12: a word on being recorded counts whenever it is said, asked or not.
        Command::ConsentRecording { yes } => {
            not_over(session)?;
            Ok(once(me.recording == Some(yes), Event::RecordingAnswered { seat: actor, yes }))
        }
        Command::Note { text } => note(session, actor, me, &text),
        Command::EndFloor => floor::end(session, actor),
        Command::AnswerAsk => Ok(once(!me.asked, Event::AnsweredAsk { seat: actor })),
        Command::AnswerInvitation { accept } => visits::answer(session, actor, me, accept),
        Command::Knock { up } => visits::knock(session, actor, me, up),
        Command::Ready { readiness } => opening::ready(session, actor, me, readiness),
        Command::AskForAnother { reason } => opening::ask_for_another(session, actor, me, &reason),
        Command::AnswerGuest { seat, yes } => guests::agree(session, actor, me, seat, yes),
        Command::Release { confidence, text, go } => {
            confidence::release(session, actor, confidence, &text, go)
        }
        Command::AnswerSafety { afraid } => safety::answer(session, actor, me, afraid),
        Command::Say { text } => chat::say(session, actor, &text),
        Command::Caption { of, text } => captions::caption(session, actor, me, of, &text),
        _ => Err(Refusal::forbidden("host_only")),
    }
}

/// R2 (PML 3, 23(2)): a party ends the mediation at any time, in any phase, without a reason.
fn stop(session: &Session, me: &Seat) -> Decision {
    if !me.may_stop() {
        return Err(Refusal::forbidden("party_only"));
    }
    match (session.phase(), session.outcome()) {
        (Phase::Ended, Some(Outcome::Stopped)) => Ok(vec![]),
        (Phase::Ended | Phase::Cancelled, _) => Err(Refusal::conflict("session_over")),
        _ => Ok(vec![Event::Ended { outcome: Outcome::Stopped, next_at: None }]),
    }
}

fn note(session: &Session, actor: SeatId, me: &Seat, text: &str) -> Decision {
    not_over(session)?;
    if me.admitted() {
        return Err(Refusal::conflict("only_from_lobby"));
    }
    let text = crate::words::words(text, Command::NOTE_LIMIT)?;
    let text = (!text.is_empty()).then_some(text);
    Ok(if me.note == text { vec![] } else { vec![Event::Noted { seat: actor, text }] })
}
