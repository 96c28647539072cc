//! Invited persons (R5: PML 20): each party agrees before a guest comes to its table, by entering through a door that
//! names the guest or by an answer of its own. And experts on call, who come for some minutes into the area that asked.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Expert, Refusal, Right, SeatId, SeatRole, Side};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{Decision, known, live, not_over};
use crate::words::words;
use crate::{AreaId, Event, Seat, Session, Time};

/// How long somebody who was called stays, unless it is prolonged.
pub(crate) const VISIT: TimeDelta = TimeDelta::minutes(10);
/// After that a visit is over by itself: a minute to finish the sentence.
pub(crate) const LAST_WORD: TimeDelta = TimeDelta::minutes(1);
/// Characters in the question to an expert.
const QUESTION_LIMIT: usize = 300;
/// Characters in a department's name.
const DEPARTMENT_LIMIT: usize = 60;

/// A call for an expert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Call {
    /// 1, 2, 3 … in this sitting.
    pub id: u32,
    /// Whom.
    pub expert: Expert,
    /// Where they are wanted.
    #[schema(value_type = String, example = "joint")]
    pub area: AreaId,
    /// Of which department; empty: of any.
    pub department: String,
    /// What is asked of them.
    pub question: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who came.
    pub answered_by: Option<SeatId>,
    /// Whose desk rings now.
    pub ringing: Option<String>,
    /// Everybody on duty was rung, and nobody came.
    pub unanswered: bool,
    /// Called off, or the visit is over.
    pub over: bool,
}

impl Seat {
    /// Came by invitation: needs the word of the parties it sits with (R5, R6). Who acts for a side, helps or
    /// interprets for it does not, nor do the mediators and their clerk.
    pub fn is_guest(&self) -> bool {
        self.role.has(Right::NeedsConsent)
            || (self.role.has(Right::NeedsConsentIfNeutral) && self.side == Side::Neutral)
    }
}

impl Session {
    /// Parties in this area who have not agreed to the guest.
    pub(crate) fn unasked(&self, guest: SeatId, area: AreaId) -> Vec<SeatId> {
        let Some(seat) = self.seat(guest).filter(|s| s.is_guest()) else { return vec![] };
        self.within(area)
            .filter(|(id, s)| s.role.is_party() && !s.left && !seat.agreed_by.contains(id))
            .map(|(id, _)| id)
            .collect()
    }

    /// Whether somebody who comes back may not stay where they were: a guest they did not agree to sits there, the
    /// parties there did not agree to them, or opposite sides are kept apart meanwhile.
    pub(crate) fn out_of_place(&self, id: SeatId) -> bool {
        let Some(me) = self.seat(id) else { return false };
        let unwelcome = self.within(me.area).any(|(other, s)| {
            let opposed = self.kept_apart() && s.side.opposes(me.side);
            let disagreed = s.is_guest() && me.role.is_party() && !s.agreed_by.contains(&id);
            !s.left && other != id && (opposed || disagreed)
        });
        me.admitted() && (unwelcome || !self.unasked(id, me.area).is_empty())
    }

    /// The door names everybody with a seat before a party comes in: who enters agrees to the guests named there.
    /// Not to observers, who are asked about one by one (R6), and not to guests who are added later.
    pub(crate) fn accept_company(&mut self, party: SeatId) {
        let first_time = |s: &Seat| s.role.is_party() && !s.live && !s.media && s.away_since.is_none();
        if !self.seat(party).is_some_and(first_time) {
            return;
        }
        for guest in self.seats.values_mut().filter(|s| s.is_guest() && s.role != SeatRole::Observer) {
            if !guest.refused_by.contains(&party) {
                guest.agreed_by.insert(party);
            }
        }
    }

    /// Guests this party was asked about and has not answered.
    pub fn asked_about(&self, party: SeatId) -> Vec<SeatId> {
        let is_party = self.seat(party).is_some_and(|s| s.role.is_party());
        self.seats()
            .filter(|(_, s)| is_party && s.is_guest() && s.put_to_parties)
            .filter(|(_, s)| !s.agreed_by.contains(&party) && !s.refused_by.contains(&party))
            .map(|(id, _)| id)
            .collect()
    }

    pub(crate) fn call_mut(&mut self, id: u32) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.id == id)
    }

    /// Calls that wait for somebody.
    pub fn open_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| !call.over && !call.unanswered && call.answered_by.is_none())
    }

    /// Every call of this sitting, the first one first.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// When a visit is over by itself: somebody who was called has outstayed their minutes.
    pub(crate) fn visit_over_at(seat: &Seat) -> Option<Time> {
        seat.until.filter(|_| seat.admitted() && !seat.left).map(|until| until + LAST_WORD)
    }

    /// The moment at which the next visit is over.
    pub(crate) fn next_visit_end(&self) -> Option<Time> {
        self.seats().filter_map(|(_, seat)| Self::visit_over_at(seat)).min()
    }
}

/// Host: asks the parties whether this guest may come.
pub(crate) fn propose(session: &Session, guest: SeatId) -> Decision {
    not_over(session)?;
    let who = known(session, guest)?;
    if !who.is_guest() {
        return Err(Refusal::invalid("not_a_guest"));
    }
    Ok(if who.put_to_parties { vec![] } else { vec![Event::GuestProposed { guest }] })
}

/// A party: this guest may come to my table, or may not. The word can be changed.
pub(crate) fn agree(session: &Session, actor: SeatId, me: &Seat, guest: SeatId, yes: bool) -> Decision {
    not_over(session)?;
    if !me.role.is_party() {
        return Err(Refusal::forbidden("party_only"));
    }
    let asked = |s: &&Seat| s.is_guest() && (s.put_to_parties || s.agreed_by.contains(&actor));
    let who = session.seat(guest).filter(asked);
    let who = who.ok_or_else(|| Refusal::not_found("unknown_seat"))?;
    let same = if yes { who.agreed_by.contains(&actor) } else { who.refused_by.contains(&actor) };
    if same {
        return Ok(vec![]);
    }
    let mut events = vec![Event::GuestAnswered { guest, party: actor, yes }];
    // Who is not agreed to any more leaves the table of the one who objects, at once.
    if !yes && who.area == me.area && who.admitted() {
        events.push(Event::Moved { seat: guest, to: AreaId::Lobby });
    }
    Ok(events)
}

/// Host: rings for an expert, who is to come to the host's own area.
pub(crate) fn ring(
    session: &Session,
    actor: SeatId,
    expert: Expert,
    department: &str,
    question: &str,
) -> Decision {
    live(session)?;
    let area = known(session, actor)?.area;
    let question = words(question, QUESTION_LIMIT)?;
    let department = words(department, DEPARTMENT_LIMIT)?;
    let same = |call: &Call| {
        call.expert == expert
            && call.area == area
            && call.department == department
            && call.question == question
    };
    let rang = || Event::Rang { expert, area, department: department.clone(), question: question.clone() };
    Ok(if session.open_calls().any(same) { vec![] } else { vec![rang()] })
}

/// The world: somebody's desk rings for this call, or nobody is left whose desk could.
pub(crate) fn rings(session: &Session, id: u32, whom: Option<String>) -> Decision {
    not_over(session)?;
    let call = session.calls.iter().find(|call| call.id == id);
    let call = call.ok_or_else(|| Refusal::not_found("unknown_call"))?;
    if call.over || call.answered_by.is_some() || (call.ringing == whom && call.unanswered == whom.is_none())
    {
        return Ok(vec![]);
    }
    Ok(vec![Event::CallRings { call: id, whom }])
}

/// The minutes of those who were called are over: back to the lobby.
pub(crate) fn outstayed(session: &Session, now: Time) -> impl Iterator<Item = Event> {
    let over = move |seat: &Seat| Session::visit_over_at(seat).is_some_and(|at| at <= now);
    session.seats().filter(move |(_, s)| over(s)).map(|(seat, _)| Event::Moved { seat, to: AreaId::Lobby })
}

/// Host: nobody is needed any more.
pub(crate) fn call_off(session: &Session, id: u32) -> Decision {
    not_over(session)?;
    let call = session.calls.iter().find(|call| call.id == id);
    let call = call.ok_or_else(|| Refusal::not_found("unknown_call"))?;
    Ok(if call.over { vec![] } else { vec![Event::CalledOff { call: id }] })
}

/// The world: somebody on duty took the call and has a seat.
pub(crate) fn take(session: &Session, id: u32, seat: SeatId) -> Decision {
    not_over(session)?;
    known(session, seat)?;
    let call = session.calls.iter().find(|call| call.id == id);
    let call = call.ok_or_else(|| Refusal::not_found("unknown_call"))?;
    match call.answered_by {
        Some(who) if who == seat => Ok(vec![]),
        Some(_) => Err(Refusal::conflict("call_taken")),
        None if call.over => Err(Refusal::conflict("call_over")),
        None => Ok(vec![Event::CallTaken { call: id, seat }]),
    }
}

/// Host: some minutes more.
pub(crate) fn prolong(session: &Session, seat: SeatId) -> Decision {
    not_over(session)?;
    let who = known(session, seat)?;
    if who.until.is_none() {
        return Err(Refusal::invalid("not_called"));
    }
    Ok(vec![Event::Prolonged { seat }])
}

/// The word of parties, as it is kept.
pub(crate) fn note_word(seat: &mut Seat, party: SeatId, yes: bool) {
    let (to, from): (&mut BTreeSet<_>, &mut BTreeSet<_>) = if yes {
        (&mut seat.agreed_by, &mut seat.refused_by)
    } else {
        (&mut seat.refused_by, &mut seat.agreed_by)
    };
    to.insert(party);
    from.remove(&party);
}

/// When a visit ends.
pub(crate) fn visit_end(now: Time) -> Time {
    now + VISIT
}
