//! Meeting at the door, before it begins: the mediator sees and hears one waiting person at a time, compares the document
//! with the face (R8 asks for that before the start, R9) and answers what somebody asks. Nobody else sees or hears it.

use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};

use crate::decide::{Decision, known, not_over};
use crate::{Event, Phase, Session};

/// A host at the door, and whom it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// The host.
    pub host: SeatId,
    /// Who is met; who goes with this person is met as well.
    pub seat: SeatId,
}

/// Host: meets this person at the door, and nobody else there any more; or nobody.
pub(crate) fn greet(session: &Session, actor: SeatId, seat: Option<SeatId>) -> Decision {
    not_over(session)?;
    if !matches!(session.phase(), Phase::Scheduled | Phase::Lobby) {
        return Err(Refusal::conflict("already_started"));
    }
    if let Some(seat) = seat {
        let who = known(session, seat)?;
        if who.role.hosts() {
            return Err(Refusal::invalid("host_stays"));
        }
        if !who.online() {
            return Err(Refusal::conflict("seat_away"));
        }
    }
    // Who sits at another's device is met with it.
    let device = |seat: SeatId| session.seat(seat).filter(|s| s.same_device).and_then(|s| s.bound_to);
    let wanted = seat.map(|seat| Greeting { host: actor, seat: device(seat).unwrap_or(seat) });
    Ok(if session.greeting == wanted { vec![] } else { vec![Event::Greeted { greeting: wanted }] })
}

impl Session {
    /// Whether these two meet at the door now.
    pub(crate) fn greets(&self, a: SeatId, b: SeatId) -> bool {
        let Some(Greeting { host, seat }) = self.greeting else { return false };
        let goes_along =
            |id: SeatId| self.seat(id).is_some_and(|s| s.bound_to == Some(seat) && !s.role.hosts());
        let there = |id: SeatId| id == host || id == seat || goes_along(id);
        matches!(self.phase, Phase::Scheduled | Phase::Lobby) && there(a) && there(b)
    }

    /// Whom the host at the door meets now.
    pub fn greeted(&self) -> Option<SeatId> {
        self.greeting.map(|g| g.seat).filter(|seat| self.greets(*seat, *seat))
    }
}
