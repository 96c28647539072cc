//! Speech order: hands in their order, the floor with or without a time, quiet, silence that holds, talk-time.
//!
//! A host may ask for silence and may keep a microphone closed. Nobody but its owner ever opens one: a host can
//! only ask, and the seat answers.

use chrono::TimeDelta;
use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};

use crate::decide::{Decision, known, live, not_over};
use crate::{AreaId, Event, Phase, Session, Time};

/// Seconds a statement may be given; less is no statement, more is no order.
pub(crate) const STATEMENT: std::ops::RangeInclusive<u32> = 10..=1800;

/// Who has the floor of an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// Who speaks.
    pub seat: SeatId,
    /// Since when.
    pub since: Time,
    /// Until when, if it is a timed statement.
    pub until: Option<Time>,
    /// The others' microphones are kept closed meanwhile.
    pub quiet: bool,
}

impl Session {
    /// Who has the floor of this area.
    pub fn floor(&self, area: AreaId) -> Option<&Floor> {
        self.areas.get(&area)?.floor.as_ref()
    }

    /// Whether this seat's microphone must stay closed now: a host locked it, or somebody else speaks in quiet.
    pub fn silenced(&self, id: SeatId) -> bool {
        let Some(seat) = self.seat(id) else { return false };
        let quiet = self.floor(seat.area).is_some_and(|floor| floor.quiet && floor.seat != id);
        !seat.role.hosts() && (seat.locked || quiet)
    }

    /// Hands of an area, the oldest first.
    pub fn hands(&self, area: AreaId) -> Vec<SeatId> {
        let mut hands: Vec<_> =
            self.within(area).filter_map(|(id, s)| s.hand.map(|since| (since, id))).collect();
        hands.sort_unstable();
        hands.into_iter().map(|(_, id)| id).collect()
    }

    /// The floor of an area passes to `seat`, or to nobody. Whoever gets it takes the hand down.
    pub(crate) fn pass_floor(&mut self, area: AreaId, floor: Option<Floor>) {
        if let Some(seat) = floor.as_ref().and_then(|floor| self.seats.get_mut(&floor.seat)) {
            seat.hand = None;
        }
        if let Some(place) = self.areas.get_mut(&area) {
            place.floor = floor;
        }
    }

    /// The next end of a timed statement.
    pub(crate) fn next_floor_end(&self) -> Option<Time> {
        self.areas.values().filter_map(|area| area.floor.as_ref()?.until).min()
    }

    /// An area whose floor must be given up: its time is over, or the speaker is not there any more.
    pub(crate) fn idle_floor(&self, now: Time) -> Option<AreaId> {
        self.areas.iter().find_map(|(id, area)| {
            let floor = area.floor.as_ref()?;
            let there = self.seat(floor.seat).is_some_and(|s| s.area == *id && !s.left);
            (!there || floor.until.is_some_and(|until| until <= now)).then_some(*id)
        })
    }
}

/// Host: one seat speaks now, perhaps for a time, perhaps in quiet.
pub(crate) fn give(session: &Session, seat: SeatId, seconds: Option<u32>, quiet: bool) -> Decision {
    live(session)?;
    let who = known(session, seat)?;
    if !who.admitted() || who.left {
        return Err(Refusal::conflict("not_admitted"));
    }
    if seconds.is_some_and(|seconds| !STATEMENT.contains(&seconds)) {
        return Err(Refusal::invalid("floor_time")
            .with("least", *STATEMENT.start())
            .with("most", *STATEMENT.end()));
    }
    let already = session.floor(who.area).is_some_and(|floor| {
        let given = floor.until.map(|until| until - floor.since);
        floor.seat == seat
            && floor.quiet == quiet
            && given == seconds.map(|s| TimeDelta::seconds(i64::from(s)))
    });
    Ok(if already { vec![] } else { vec![Event::FloorGiven { seat, area: who.area, seconds, quiet }] })
}

/// A host, or who has it: the floor of the actor's area is free.
pub(crate) fn end(session: &Session, actor: SeatId) -> Decision {
    not_over(session)?;
    let me = known(session, actor)?;
    match session.floor(me.area) {
        None => Ok(vec![]),
        Some(floor) if me.role.hosts() || floor.seat == actor => {
            Ok(vec![Event::FloorEnded { area: me.area }])
        }
        Some(_) => Err(Refusal::forbidden("host_only")),
    }
}

/// Host: a microphone is kept closed, or may be opened again by its owner.
pub(crate) fn lock(session: &Session, seat: SeatId, on: bool) -> Decision {
    not_over(session)?;
    let who = known(session, seat)?;
    if who.role.hosts() {
        return Err(Refusal::invalid("host_is_never_locked"));
    }
    Ok(if who.locked == on { vec![] } else { vec![Event::Locked { seat, on }] })
}

/// Host: asks a seat to open its microphone. The seat alone can do it.
pub(crate) fn ask(session: &Session, seat: SeatId) -> Decision {
    live(session)?;
    let who = known(session, seat)?;
    if session.silenced(seat) {
        return Err(Refusal::conflict("silenced"));
    }
    Ok(if who.asked { vec![] } else { vec![Event::AskedToSpeak { seat }] })
}

/// Milliseconds of speech the media plane measured since it last told. Only what is said at the table counts: a
/// private talk is nobody's turn.
pub(crate) fn talked(session: &Session, spoken: &[(SeatId, u32)]) -> Vec<Event> {
    let at_table = |id: SeatId| session.seat(id).is_some_and(|s| s.area == AreaId::Joint && !s.left);
    let counts: Vec<_> = spoken.iter().copied().filter(|(id, ms)| *ms > 0 && at_table(*id)).collect();
    let counts = if session.phase() == Phase::Live { counts } else { vec![] };
    if counts.is_empty() { vec![] } else { vec![Event::Talked { counts }] }
}
