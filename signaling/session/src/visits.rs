//! Coming and going between areas by consent: asked into a private talk, a knock at the mediator's door, a door
//! that is locked, a word to everybody.

use chrono::{DateTime, Utc};
use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};

use crate::decide::{Decision, known, live, not_over};
use crate::words::words;
use crate::{AreaId, Event, Seat, Session};

/// Characters in a word to everybody.
pub(crate) const WORD_LIMIT: usize = 300;

/// The mediator's word to every area, the lobby included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Announcement {
    /// What.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Host: asks seats into the private area the host is in. They come when they say yes.
pub(crate) fn invite(session: &Session, actor: SeatId, seats: &[SeatId]) -> Decision {
    live(session)?;
    let area = known(session, actor)?.area;
    if !area.private() {
        return Err(Refusal::conflict("not_private"));
    }
    if seats.is_empty() {
        return Err(Refusal::invalid("nobody_named"));
    }
    let mut events = Vec::new();
    for &seat in seats {
        let who = known(session, seat)?;
        if !who.admitted() {
            return Err(Refusal::conflict("not_admitted"));
        }
        if who.area != area && who.asked_into != Some(area) {
            events.push(Event::AskedInto { seat, area });
        }
    }
    Ok(events)
}

/// The seat that was asked in: comes, or stays where it is. Nobody is told why.
pub(crate) fn answer(session: &Session, actor: SeatId, me: &Seat, accept: bool) -> Decision {
    not_over(session)?;
    let Some(area) = me.asked_into else { return Ok(vec![]) };
    let answered = Event::AnsweredInvitation { seat: actor, accept };
    if !accept {
        return Ok(vec![answered]);
    }
    if !session.is_open(area) {
        return Err(Refusal::conflict("area_closed"));
    }
    // An invitation is a key: a locked door opens for who was asked in.
    Ok(vec![answered, Event::Moved { seat: actor, to: area }])
}

/// Anyone: would like to speak to the mediator, who is elsewhere.
pub(crate) fn knock(session: &Session, actor: SeatId, me: &Seat, up: bool) -> Decision {
    not_over(session)?;
    Ok(if me.knock.is_some() == up { vec![] } else { vec![Event::Knocked { seat: actor, up }] })
}

/// Host: nobody else comes in until it is opened again.
pub(crate) fn lock(session: &Session, area: AreaId, on: bool) -> Decision {
    not_over(session)?;
    if !area.private() {
        return Err(Refusal::invalid("not_private"));
    }
    let Some(place) = session.areas.get(&area) else { return Err(Refusal::conflict("area_closed")) };
    Ok(if place.locked == on { vec![] } else { vec![Event::AreaLocked { area, on }] })
}

/// Host: one sentence for everybody, wherever they are. An empty one takes it back.
pub(crate) fn announce(session: &Session, text: &str) -> Decision {
    not_over(session)?;
    let text = words(text, WORD_LIMIT)?;
    let text = (!text.is_empty()).then_some(text);
    let same = session.announcement.as_ref().map(|a| &a.text) == text.as_ref();
    Ok(if same { vec![] } else { vec![Event::Announced { text }] })
}
