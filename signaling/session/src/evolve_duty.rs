//! How the facts about experts on call change the state: who is rung, who came, when their minutes began and ended.

use domain::SeatId;

use crate::evolve_craft::number;
use crate::guests::{self, Call};
use crate::{AreaId, Event, Session, Time};

impl Session {
    /// Takes in a fact about a call; every other one changes nothing here.
    pub(crate) fn evolve_duty(&mut self, fact: &Event, at: Time) {
        match fact {
            Event::Rang { expert, area, department, question } => {
                let id = number(self.calls.len());
                let (expert, area) = (*expert, *area);
                let (department, question) = (department.clone(), question.clone());
                let (answered_by, ringing, unanswered, over) = (None, None, false, false);
                self.calls.push(Call {
                    id,
                    expert,
                    area,
                    department,
                    question,
                    at,
                    answered_by,
                    ringing,
                    unanswered,
                    over,
                });
            }
            Event::CallRings { call, whom } => {
                if let Some(call) = self.call_mut(*call) {
                    (call.unanswered, call.ringing) = (whom.is_none(), whom.clone());
                }
            }
            Event::CalledOff { call } => {
                let Some(call) = self.call_mut(*call) else { return };
                (call.over, call.ringing) = (true, None);
                if let Some(seat) = call.answered_by {
                    self.with(seat, |s| s.put_to_parties = false);
                }
            }
            Event::CallTaken { call, seat } => {
                if let Some(call) = self.call_mut(*call) {
                    (call.answered_by, call.ringing, call.unanswered) = (Some(*seat), None, false);
                }
                self.with(*seat, |s| s.put_to_parties = true);
            }
            _ => {}
        }
    }

    /// Somebody who was called has come to where they are wanted: their minutes begin.
    pub(crate) fn begin_visit(&mut self, seat: SeatId, at: Time) {
        let Some(area) = self.seat(seat).map(|s| s.area) else { return };
        let Some(call) = self.calls.iter_mut().find(|c| c.answered_by == Some(seat) && !c.over) else {
            return;
        };
        let wanted = call.area;
        // Sent back, or gone: the call is done, and nobody is brought in again by it.
        call.over = area == AreaId::Lobby;
        self.with(seat, |s| {
            if area == AreaId::Lobby {
                // Who has not answered is asked no more: the guest is gone.
                (s.until, s.put_to_parties) = (None, false);
            } else if s.until.is_none() && wanted == area {
                s.until = Some(guests::visit_end(at));
            }
        });
    }
}
