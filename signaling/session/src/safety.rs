//! Safety of a person (R32: 反家庭暴力法 14): a question put to each natural person in private, whose answer the
//! mediators alone know; a yes keeps the sides apart, and what was done about it is written down.

use chrono::{DateTime, Utc};
use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{Decision, known, not_over};
use crate::words::some_words;
use crate::{AreaId, Event, Seat, Session, Time};

/// Characters of what was done.
const ACTION_LIMIT: usize = 500;

/// What was done about reported violence: whom it was reported to, what help was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SafetyReport {
    /// Whose safety.
    pub seat: SeatId,
    /// What a human did.
    pub action: String,
    /// Who wrote it down.
    pub by: SeatId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Session {
    /// Whether the question may be on this seat's screen now: asked, not answered, and nobody of another side there to
    /// look on.
    pub(crate) fn safety_question(&self, me: &Seat) -> bool {
        me.asked_safety && me.afraid.is_none() && me.area != AreaId::Joint && !self.phase.is_over()
    }

    /// A yes stands: it can be forced out of nobody again. It parts the sides wherever they are together; all go to
    /// the lobby, so that the parting points at nobody.
    pub(crate) fn evolve_safety(&mut self, fact: &Event, by: Option<SeatId>, at: Time) {
        match fact {
            Event::SafetyAnswered { seat, afraid } => {
                self.with(*seat, |s| s.afraid = Some(*afraid || s.afraid == Some(true)));
                if *afraid {
                    self.apart = true;
                    self.part_sides(at);
                }
            }
            Event::SafetyReported { seat, action } => {
                let Some(by) = by else { return };
                self.safety_reports.push(SafetyReport { seat: *seat, action: action.clone(), by, at });
            }
            _ => {}
        }
    }

    fn part_sides(&mut self, at: Time) {
        let opposed = |(_, x): &(SeatId, &Seat)| {
            x.admitted() && self.within(x.area).any(|(_, y)| !y.left && !x.left && x.side.opposes(y.side))
        };
        let parted: Vec<SeatId> = self.seats().filter(opposed).map(|(id, _)| id).collect();
        for seat in parted {
            self.place(seat, AreaId::Lobby, at);
        }
    }
}

/// A party: is afraid of the other side, or is not. Said again, a yes stays a yes.
pub(crate) fn answer(session: &Session, actor: SeatId, me: &Seat, afraid: bool) -> Decision {
    not_over(session)?;
    if !me.asked_safety {
        return Err(Refusal::conflict("not_asked"));
    }
    let said = me.afraid == Some(true) || me.afraid == Some(afraid);
    Ok(if said { vec![] } else { vec![Event::SafetyAnswered { seat: actor, afraid }] })
}

/// Host: what was done about it.
pub(crate) fn report(session: &Session, seat: SeatId, action: &str) -> Decision {
    known(session, seat)?;
    Ok(vec![Event::SafetyReported { seat, action: some_words(action, ACTION_LIMIT)? }])
}
