//! The state of a sitting. It changes only by [`Session::apply`] and [`Session::signal`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::TimeDelta;
use domain::{SeatId, SeatRole, SessionId};
use serde::{Deserialize, Serialize};

use crate::{
    Announcement, Area, AreaId, Call, Confidence, Event, Greeting, LaidPaper, Line, Offer, Opening, Outcome,
    PauseCause, Phase, Seat, Setup, Stamped, Time, recording::Recording,
};

/// A sitting. Serialising two equal ones gives the same bytes: all maps are ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub(crate) id: SessionId,
    pub(crate) scheduled_at: Time,
    pub(crate) started_at: Option<Time>,
    pub(crate) ended_at: Option<Time>,
    pub(crate) phase: Phase,
    pub(crate) outcome: Option<Outcome>,
    /// Why and since when there is a break.
    pub(crate) paused: Option<(PauseCause, Time)>,
    pub(crate) seats: BTreeMap<SeatId, Seat>,
    /// Open areas; the lobby needs no entry.
    #[serde(with = "area_map")]
    pub(crate) areas: BTreeMap<AreaId, Area>,
    /// The last caucus number that was used.
    pub(crate) caucuses: u32,
    /// Ordered pairs (smaller, larger).
    pub(crate) screens: BTreeSet<(SeatId, SeatId)>,
    pub(crate) recording: Recording,
    pub(crate) grace_ms: u32,
    /// What is done before the start.
    pub(crate) opening: Opening,
    /// Violence was reported (R32): opposite sides share no area until a host decides otherwise, with a reason.
    pub(crate) apart: bool,
    /// What was done about reported violence.
    pub(crate) safety_reports: Vec<crate::SafetyReport>,
    /// The mediator's word to everybody.
    pub(crate) announcement: Option<Announcement>,
    /// What was said in private talks, behind the release gate.
    pub(crate) confidences: Vec<Confidence>,
    /// Bids and proposals.
    pub(crate) offers: Vec<Offer>,
    /// Lines written at the table, the latest of them.
    pub(crate) chat: VecDeque<Line>,
    /// Calls for experts.
    pub(crate) calls: Vec<Call>,
    /// When the parties meet again, if the sitting was adjourned.
    pub(crate) next_at: Option<Time>,
    /// The host in the chair, once it was handed over.
    pub(crate) chair: Option<SeatId>,
    /// Who meets at the door before the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) greeting: Option<Greeting>,
    /// Papers handed in, oldest first.
    #[serde(default)]
    pub(crate) papers: Vec<LaidPaper>,
    /// Number and time of the last event.
    pub(crate) seq: u64,
    pub(crate) last_at: Time,
}

impl Session {
    /// Sets a sitting up. The event that is answered must be stored: it is the first one of every replay.
    pub fn convene(now: Time, setup: Setup) -> (Self, Stamped) {
        let mut session = Self::blank(&setup, now);
        let first = Stamped { seq: 1, at: now, by: None, event: Event::Convened(setup) };
        session.evolve(&first);
        (session, first)
    }

    /// The state after these events, in their order; none if the first is not the set-up or one is missing.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Stamped>) -> Option<Self> {
        let mut events = events.into_iter();
        let first = events.next()?;
        let Event::Convened(setup) = &first.event else { return None };
        let mut session = Self::blank(setup, first.at);
        session.evolve(first);
        for event in events {
            if event.seq != session.seq + 1 {
                return None;
            }
            session.evolve(event);
        }
        Some(session)
    }

    fn blank(setup: &Setup, at: Time) -> Self {
        Self {
            id: setup.session,
            scheduled_at: setup.scheduled_at,
            started_at: None,
            ended_at: None,
            phase: Phase::Scheduled,
            outcome: None,
            paused: None,
            seats: BTreeMap::new(),
            areas: BTreeMap::new(),
            caucuses: 0,
            screens: BTreeSet::new(),
            recording: Recording::default(),
            grace_ms: setup.grace_ms,
            opening: Opening { required: setup.checklist, ..Opening::default() },
            apart: setup.apart,
            safety_reports: Vec::new(),
            announcement: None,
            confidences: Vec::new(),
            offers: Vec::new(),
            chat: VecDeque::new(),
            calls: Vec::new(),
            next_at: None,
            chair: None,
            greeting: None,
            papers: Vec::new(),
            seq: 0,
            last_at: at,
        }
    }

    /// The sitting's id; the name of its media room as well.
    pub fn id(&self) -> SessionId {
        self.id
    }
    /// How far it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }
    /// How it ended.
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }
    /// When it began.
    pub fn started_at(&self) -> Option<Time> {
        self.started_at
    }
    /// When it was over.
    pub fn ended_at(&self) -> Option<Time> {
        self.ended_at
    }
    /// Number of the last event.
    pub fn seq(&self) -> u64 {
        self.seq
    }
    /// One seat.
    pub fn seat(&self, id: SeatId) -> Option<&Seat> {
        self.seats.get(&id)
    }
    /// All seats, in the order of their ids.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &Seat)> {
        self.seats.iter().map(|(id, s)| (*id, s))
    }
    /// Who is in this area.
    pub fn within(&self, area: AreaId) -> impl Iterator<Item = (SeatId, &Seat)> {
        self.seats().filter(move |(_, s)| s.area == area)
    }
    /// Whether this private area is open. Lobby and joint always are.
    pub fn is_open(&self, area: AreaId) -> bool {
        area == AreaId::Lobby || self.areas.contains_key(&area)
    }
    /// The private areas that are open.
    pub fn private_areas(&self) -> impl Iterator<Item = AreaId> {
        self.areas.keys().copied().filter(|a| a.private())
    }

    /// Whether these two may never share an area.
    pub fn screened(&self, a: SeatId, b: SeatId) -> bool {
        self.screens.contains(&(a.min(b), a.max(b)))
    }

    /// Whether a mediator keeps people company in this area. Everybody is alone in the lobby.
    pub fn attended(&self, area: AreaId) -> bool {
        area != AreaId::Lobby && self.within(area).any(|(_, s)| s.attends())
    }

    /// The host in the chair: whom it was handed to, else the first mediator; a co-mediator only while neither is
    /// there to keep the sitting.
    pub fn chair(&self) -> Option<SeatId> {
        let attends = |id: &SeatId| self.seat(*id).is_some_and(Seat::attends);
        let hosts = || self.seats().filter(|(_, s)| s.attends());
        let mediator = || hosts().find(|(_, s)| s.role == SeatRole::Mediator);
        self.chair.filter(attends).or_else(|| mediator().or_else(|| hosts().next()).map(|(id, _)| id))
    }

    /// When [`crate::Signal::Tick`] is due: an unreachable host counts as lost, or a timed statement is over.
    pub fn next_tick(&self) -> Option<Time> {
        if self.phase != Phase::Live {
            return None;
        }
        let lost = self.seats.values().filter_map(|s| self.lost_at(s));
        lost.chain(self.next_floor_end()).chain(self.next_visit_end()).min()
    }

    /// When the parties meet again.
    pub fn next_at(&self) -> Option<Time> {
        self.next_at
    }

    /// Whether opposite sides are kept apart (R32).
    pub fn kept_apart(&self) -> bool {
        self.apart
    }

    /// When this host counts as lost, if they are on the way to it.
    pub(crate) fn lost_at(&self, seat: &Seat) -> Option<Time> {
        if !seat.attends() || seat.online() {
            return None;
        }
        Some(seat.away_since? + TimeDelta::milliseconds(self.grace_ms.into()))
    }
}

/// JSON objects want text keys; an area's name is one.
mod area_map {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::{Area, AreaId};

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<AreaId, Area>, s: S) -> Result<S::Ok, S::Error> {
        map.iter().map(|(k, v)| (k.to_string(), v)).collect::<BTreeMap<_, _>>().serialize(s)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<AreaId, Area>, D::Error> {
        BTreeMap::<String, Area>::deserialize(d)?
            .into_iter()
            .map(|(k, v)| Ok((k.parse().map_err(D::Error::custom)?, v)))
            .collect()
    }
}
