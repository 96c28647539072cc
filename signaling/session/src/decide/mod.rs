//! Which facts follow from a wish or a report, or why not. Nothing changes here.

mod anyone;
mod course;
mod host;
mod papers;
mod places;
mod world;

use domain::{Power, Refusal, Right, SeatId};

use crate::{Command, Event, Phase, Seat, Session, Signal, Time, devices, identity, mandates, offers};

pub(crate) type Decision = Result<Vec<Event>, Refusal>;

/// A seat wants something.
pub(crate) fn command(session: &Session, now: Time, actor: SeatId, command: Command) -> Decision {
    let me = session.seat(actor).ok_or_else(|| Refusal::not_found("unknown_seat"))?;
    if me.left && command != Command::Leave {
        return Err(Refusal::conflict("you_left"));
    }
    // A room's camera shows; it asks for nothing.
    if !me.role.has(Right::Speak) && !matches!(command, Command::Leave | Command::Ready { .. }) {
        return Err(Refusal::forbidden("camera_only_shows"));
    }
    match command {
        Command::AnswerOffer { offer, answer } => {
            mandates::demand(now, me, Power::Settle)?;
            offers::answer(session, actor, offer, answer)
        }
        Command::Hand { .. }
        | Command::Leave
        | Command::Stop
        | Command::Distress
        | Command::Note { .. }
        | Command::ConsentRecording { .. }
        | Command::EndFloor
        | Command::AnswerAsk
        | Command::AnswerInvitation { .. }
        | Command::Knock { .. }
        | Command::Ready { .. }
        | Command::AskForAnother { .. }
        | Command::AnswerGuest { .. }
        | Command::Release { .. }
        | Command::AnswerSafety { .. }
        | Command::Say { .. }
        | Command::Caption { .. } => anyone::decide(session, actor, me, command),
        Command::AnswerDevice { seat, code, yes } => devices::answer(session, actor, me, (seat, &code, yes)),
        Command::PresentDocument { paper } => identity::present(session, actor, me, paper),
        Command::WidenPaper { .. }
        | Command::ShowPaper { .. }
        | Command::TurnPage { .. }
        | Command::ClearTable
        | Command::MarkPaper { .. } => papers::decide(session, actor, me, &command),
        Command::Identify { seat, method, matches, id_tail } if me.role.has(Right::Identify) => {
            identity::identify(session, seat, method, matches, id_tail)
        }
        _ if !me.role.hosts() => Err(Refusal::forbidden("host_only")),
        Command::Start
        | Command::End { .. }
        | Command::Adjourn { .. }
        | Command::NoShow
        | Command::AllowJoint { .. }
        | Command::GiveChair { .. }
            if session.chair().is_some_and(|chair| chair != actor) =>
        {
            Err(Refusal::forbidden("chair_only"))
        }
        Command::Start
        | Command::Pause
        | Command::Resume
        | Command::End { .. }
        | Command::Adjourn { .. }
        | Command::NoShow
        | Command::AllowJoint { .. }
        | Command::GiveChair { .. } => course::decide(session, now, actor, command),
        Command::Admit { .. }
        | Command::SendBack { .. }
        | Command::Move { .. }
        | Command::OpenCaucus { .. }
        | Command::CloseCaucus { .. }
        | Command::Screen { .. } => places::decide(session, actor, command),
        _ => host::decide(session, now, actor, command),
    }
}

/// The world reports something.
pub(crate) fn signal(session: &Session, now: Time, signal: Signal) -> Decision {
    world::decide(session, now, signal)
}

pub(crate) fn known(session: &Session, seat: SeatId) -> Result<&Seat, Refusal> {
    session.seat(seat).ok_or_else(|| Refusal::not_found("unknown_seat"))
}

pub(crate) fn not_over(session: &Session) -> Result<(), Refusal> {
    if session.phase().is_over() { Err(Refusal::conflict("session_over")) } else { Ok(()) }
}

pub(crate) fn live(session: &Session) -> Result<(), Refusal> {
    not_over(session)?;
    if session.phase() == Phase::Live { Ok(()) } else { Err(Refusal::conflict("not_live")) }
}
