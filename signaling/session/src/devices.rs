//! Moving to another device: a battery dies, a bigger screen is at hand. The new device asks, with a number that stands on
//! its screen; the old one, or a host who has spoken with the person, lets it. Then the old one is out (T3).
//!
//! ```text
//!  asks ──▶ the seat's own screen and the hosts see the number ──▶ yes: moved, the old device is out
//!                                                             └──▶ no: forgotten
//! ```
//!
//! A forwarded link thus opens nothing: who has it can ask, and is told nothing but the number.

use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};

use crate::decide::{Decision, known, not_over};
use crate::{Event, Seat, Session};

/// A device that would like to have a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceWish {
    /// SHA-256 of its cookie.
    pub device: String,
    /// What stands on its screen.
    pub code: String,
}

/// A device asks; a later one takes the place of an earlier one.
pub(crate) fn wish(session: &Session, seat: SeatId, wish: DeviceWish) -> Decision {
    not_over(session)?;
    let same = known(session, seat)?.device_wish.as_ref() == Some(&wish);
    Ok(if same { vec![] } else { vec![Event::DeviceAsked { seat, wish }] })
}

/// The seat itself, or a host: this is the person's other device, or it is not. `code` is the number they have read: who
/// answers one device does not let in another that came meanwhile.
pub(crate) fn answer(
    session: &Session,
    actor: SeatId,
    me: &Seat,
    (seat, code, yes): (SeatId, &str, bool),
) -> Decision {
    not_over(session)?;
    if actor != seat && !me.role.hosts() {
        return Err(Refusal::forbidden("host_only"));
    }
    let wish = known(session, seat)?.device_wish.as_ref().filter(|wish| wish.code == code);
    let Some(DeviceWish { device, .. }) = wish.cloned() else {
        return Err(Refusal::conflict("device_wish_gone"));
    };
    Ok(vec![if yes { Event::DeviceMoved { seat, device } } else { Event::DeviceTurnedAway { seat } }])
}
