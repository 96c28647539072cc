//! Which facts follow from a wish or a report, or why not. Nothing changes here.

mod anyone;
mod host;
mod world;

use domain::{Refusal, SeatId};

use crate::{Command, Event, Phase, Seat, Session, Signal, Time};

type Decision = Result<Vec<Event>, Refusal>;

/// A seat wants something.
pub(crate) fn command(session: &Session, actor: SeatId, command: Command) -> Decision {
    let me = session.seat(actor).ok_or_else(|| Refusal::not_found("unknown_seat"))?;
    if me.left && command != Command::Leave {
        return Err(Refusal::conflict("you_left"));
    }
    match command {
        Command::Hand { .. }
        | Command::Leave
        | Command::Stop
        | Command::Distress
        | Command::Note { .. }
        | Command::ConsentRecording { .. } => anyone::decide(session, actor, me, command),
        _ if !me.role.hosts() => Err(Refusal::forbidden("host_only")),
        _ => host::decide(session, actor, command),
    }
}

/// The world reports something.
pub(crate) fn signal(session: &Session, now: Time, signal: Signal) -> Decision {
    world::decide(session, now, signal)
}

fn known(session: &Session, seat: SeatId) -> Result<&Seat, Refusal> {
    session.seat(seat).ok_or_else(|| Refusal::not_found("unknown_seat"))
}

fn not_over(session: &Session) -> Result<(), Refusal> {
    if session.phase().is_over() { Err(Refusal::conflict("session_over")) } else { Ok(()) }
}

fn live(session: &Session) -> Result<(), Refusal> {
    not_over(session)?;
    if session.phase() == Phase::Live { Ok(()) } else { Err(Refusal::conflict("not_live")) }
}
