//! From a wish or a report to effects: decide, evolve, settle, check, and put the effects in the switch order.

use domain::{Refusal, SeatId};

use crate::{
    AreaId, Command, Effect, Event, LineFor, PauseCause, Phase, Session, Signal, Stamped, Time, decide,
    view::View,
};

impl Session {
    /// A seat wants something. Refused, it leaves the state as it was; asked twice, the second time nothing happens.
    pub fn apply(&mut self, now: Time, actor: SeatId, command: Command) -> Result<Vec<Effect>, Refusal> {
        let events = decide::command(self, now, actor, command)?;
        self.commit(now, Some(actor), events)
    }

    /// The world reports something.
    pub fn signal(&mut self, now: Time, signal: Signal) -> Result<Vec<Effect>, Refusal> {
        let events = decide::signal(self, now, signal)?;
        self.commit(now, None, events)
    }

    fn commit(&mut self, now: Time, by: Option<SeatId>, events: Vec<Event>) -> Result<Vec<Effect>, Refusal> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let mut next = self.clone();
        let mut facts = Vec::with_capacity(events.len() + 1);
        for event in events {
            next.record(now, by, event, &mut facts);
        }
        while let Some(event) = next.settle(now) {
            next.record(now, None, event, &mut facts);
        }
        next.check()?;
        let effects = effects(self, &next, facts);
        *self = next;
        Ok(effects)
    }

    fn record(&mut self, now: Time, by: Option<SeatId>, event: Event, facts: &mut Vec<Stamped>) {
        let fact = Stamped { seq: self.seq + 1, at: now.max(self.last_at), by, event };
        self.evolve(&fact);
        facts.push(fact);
    }

    /// What follows by itself from the state, one fact at a time; each makes its own condition false.
    fn settle(&self, now: Time) -> Option<Event> {
        if let Some(event) = self.follower() {
            return Some(event);
        }
        if let Some(area) = self.private_areas().find(|a| self.within(*a).next().is_none()) {
            return Some(Event::Closed { area });
        }
        if let Some(area) = self.forsaken_table() {
            return Some(Event::TableCleared { area });
        }
        if let Some(area) = self.idle_floor(now) {
            return Some(Event::FloorEnded { area });
        }
        if self.phase == Phase::Scheduled && self.seats().any(|(_, s)| s.online()) {
            return Some(Event::Gathered);
        }
        if self.phase == Phase::Live && !self.seats().any(|(_, s)| s.attends()) {
            return Some(Event::Paused { cause: PauseCause::NeverAlone });
        }
        self.recording_follows()
    }

    /// Who goes with somebody follows; who was called comes in when the parties there have agreed.
    fn follower(&self) -> Option<Event> {
        for (seat, who) in self.seats().filter(|(_, s)| !s.left && !s.role.hosts()) {
            let lead = who.bound_to.and_then(|lead| self.seat(lead)).filter(|lead| lead.bound_to.is_none());
            if let Some(lead) = lead.filter(|lead| who.admitted() && lead.area != who.area) {
                return Some(Event::Moved { seat, to: lead.area });
            }
        }
        self.calls.iter().filter(|call| !call.over && self.is_open(call.area)).find_map(|call| {
            let seat = call.answered_by?;
            let who = self.seat(seat).filter(|s| s.online() && !s.admitted())?;
            let welcome = self.unasked(seat, call.area).is_empty()
                && self
                    .within(call.area)
                    .all(|(id, s)| !self.screened(id, seat) && !s.side.opposes(who.side));
            welcome.then_some(Event::Moved { seat, to: call.area })
        })
    }

    /// What no command may lead to.
    fn check(&self) -> Result<(), Refusal> {
        for &(a, b) in &self.screens {
            let (Some(x), Some(y)) = (self.seat(a), self.seat(b)) else { continue };
            if x.admitted() && x.area == y.area {
                return Err(Refusal::conflict("screened"));
            }
        }
        for area in self.private_areas() {
            let opposed =
                self.within(area).any(|(_, x)| self.within(area).any(|(_, y)| x.side.opposes(y.side)));
            if opposed {
                return Err(Refusal::conflict("opposed_sides"));
            }
        }
        if self.apart {
            let mut sides = self.seats().filter(|(_, s)| s.admitted() && !s.left);
            let meets = |(id, x): (SeatId, &crate::Seat)| {
                self.within(x.area).any(|(other, y)| other != id && !y.left && x.side.opposes(y.side))
            };
            if sides.any(meets) {
                return Err(Refusal::conflict("kept_apart"));
            }
        }
        for (guest, seat) in self.seats().filter(|(_, s)| s.admitted() && !s.left) {
            if !self.unasked(guest, seat.area).is_empty() {
                return Err(Refusal::conflict("guest_needs_consent"));
            }
        }
        if self.seats().any(|(_, s)| s.role.hosts() && s.area == AreaId::Lobby && !s.left) {
            return Err(Refusal::conflict("host_stays"));
        }
        Ok(())
    }
}

/// What a fact brings besides: somebody is silenced, called or written to.
fn aside(after: &Session, fact: &Stamped) -> Option<Effect> {
    match &fact.event {
        Event::Muted { seat } => Some(Effect::Mute(*seat)),
        Event::Distress { seat } => Some(Effect::Alert(*seat)),
        Event::Rang { .. } => after.calls.last().cloned().map(Effect::Ring),
        Event::Said { seat, to, .. } => {
            let line = after.lines(*seat).find(|line| line.seq == fact.seq)?;
            let readers = to.iter().copied().chain([*seat]).collect();
            Some(Effect::Said(Box::new(LineFor { readers, line })))
        }
        _ => None,
    }
}

/// The switch order: the forwarding table, the facts, then people. A seat is told only if what it may know changed.
fn effects(before: &Session, after: &Session, facts: Vec<Stamped>) -> Vec<Effect> {
    let mut effects = Vec::new();
    let table = after.table();
    if table != before.table() {
        effects.push(Effect::Flip(table));
    }
    let mut asides: Vec<Effect> = facts.iter().filter_map(|fact| aside(after, fact)).collect();
    asides.extend(after.seats().filter_map(|(seat, _)| {
        let silenced = after.silenced(seat);
        (before.silenced(seat) != silenced).then_some(Effect::Silence(seat, silenced))
    }));
    effects.push(Effect::Persist(facts));
    effects.extend(asides);
    effects.extend(after.seats().filter_map(|(seat, _)| {
        let view = View::of(after, seat)?;
        (View::of(before, seat).as_ref() != Some(&view)).then(|| Effect::Tell(seat, Box::new(view)))
    }));
    effects
}
