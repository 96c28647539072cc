//! What the world reports: connections, time, and changes made outside the sitting.

use domain::{Refusal, SeatId};

use super::{Decision, known, papers};
use crate::{
    Event, Link, Phase, RecordingEnd, RecordingTrouble, Session, Signal, Time, devices, floor, guests,
};

pub(super) fn decide(session: &Session, now: Time, signal: Signal) -> Decision {
    match signal {
        Signal::Connected(seat, link) => connected(session, seat, link),
        Signal::Disconnected(seat, link) => {
            let who = known(session, seat)?;
            let up = if link == Link::Live { who.live } else { who.media };
            Ok(if up { vec![Event::Disconnected { seat, link }] } else { vec![] })
        }
        Signal::Tick => Ok(tick(session, now)),
        Signal::Recovered => {
            let anybody = session.seats().any(|(_, s)| s.live || s.media);
            Ok(if anybody { vec![Event::Recovered] } else { vec![] })
        }
        Signal::Enrol(who) => {
            let same = session.seat(who.seat).is_some_and(|s| {
                (s.role, s.side, &s.name, s.party, s.bound_to, s.asked_safety)
                    == (who.role, who.side, &who.name, who.party, who.bound_to, who.asked_safety)
                    && (s.minor, &s.mandate, s.same_device) == (who.minor, &who.mandate, who.same_device)
                    && who.recording.is_none_or(|yes| yes == (s.recording == Some(true)))
            });
            Ok(if same { vec![] } else { vec![Event::Enrolled(who)] })
        }
        Signal::Dismiss(seat) => {
            let who = known(session, seat)?;
            Ok(if who.left && !who.admitted() { vec![] } else { vec![Event::Dismissed { seat }] })
        }
        Signal::DeviceAsks(seat, wish) => devices::wish(session, seat, wish),
        Signal::Screen(a, b) => screen(session, a, b),
        Signal::Talked(spoken) => Ok(floor::talked(session, &spoken)),
        Signal::CallRings(call, whom) => guests::rings(session, call, whom),
        Signal::PaperLodged(paper) => Ok(papers::lodge(session, *paper)),
        Signal::TakeCall(call, seat) => guests::take(session, call, seat),
        Signal::DeskAnswered(seat) => {
            let waits = known(session, seat)?;
            let news = waits.distress && waits.desk_answered.is_none();
            Ok(if news { vec![Event::DeskAnswered { seat }] } else { vec![] })
        }
        Signal::Cancel => match session.phase() {
            Phase::Cancelled => Ok(vec![]),
            Phase::Scheduled | Phase::Lobby => Ok(vec![Event::Cancelled]),
            _ => Err(Refusal::conflict("already_started")),
        },
        Signal::Recorder(trouble) => Ok(recorder(session, trouble)),
    }
}

/// Opening the live socket is how somebody who left comes back; a media connection alone is not.
fn connected(session: &Session, seat: SeatId, link: Link) -> Decision {
    let who = known(session, seat)?;
    let up = if link == Link::Live { who.live } else { who.media };
    let mut events = Vec::new();
    if link == Link::Live && who.left {
        events.push(Event::Returned { seat });
    }
    if !up {
        events.push(Event::Connected { seat, link });
    }
    Ok(events)
}

/// Never alone: a host who has been unreachable for the grace time counts as lost. A timed statement ends, and so does
/// the visit of somebody who was called.
fn tick(session: &Session, now: Time) -> Vec<Event> {
    if session.phase() != Phase::Live {
        return vec![];
    }
    let lost = session
        .seats()
        .filter(|(_, s)| session.lost_at(s).is_some_and(|at| at <= now))
        .map(|(seat, _)| Event::HostLost { seat });
    let over = session.idle_floor(now).map(|area| Event::FloorEnded { area });
    lost.chain(over).chain(guests::outstayed(session, now)).collect()
}

/// A recorder that is still writing after its sitting stopped wanting it has nothing to say.
fn recorder(session: &Session, trouble: Option<RecordingTrouble>) -> Vec<Event> {
    if session.recording_asked_at().is_none() || session.recording.trouble == trouble {
        return vec![];
    }
    vec![match trouble {
        Some(RecordingTrouble::Failed) => Event::RecordingStopped { cause: RecordingEnd::Failed },
        Some(RecordingTrouble::DiskLow | RecordingTrouble::DiskFull) | None => {
            Event::RecordingTroubled { trouble }
        }
    }]
}

pub(super) fn screen(session: &Session, a: SeatId, b: SeatId) -> Decision {
    let (x, y) = (known(session, a)?, known(session, b)?);
    if a == b || (x.role.hosts() && y.role.hosts()) {
        return Err(Refusal::invalid("not_a_pair"));
    }
    Ok(if session.screened(a, b) { vec![] } else { vec![Event::Screened { a, b }] })
}
