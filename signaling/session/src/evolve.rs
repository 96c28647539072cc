//! How a fact changes the state. Total: it never refuses and never panics, whatever is replayed.

use domain::SeatId;

use crate::{Area, AreaId, Event, Invited, Link, Phase, Seat, Session, Stamped, Time};

impl Session {
    /// Takes one fact in.
    pub(crate) fn evolve(&mut self, fact: &Stamped) {
        let at = fact.at;
        (self.seq, self.last_at) = (fact.seq, at);
        match &fact.event {
            Event::Convened(setup) => {
                self.areas.insert(AreaId::Joint, Area::opened(at));
                setup.seats.iter().for_each(|who| self.enrol(who, at));
                setup.screens.iter().for_each(|&(a, b)| self.screen(a, b, at));
            }
            Event::Enrolled(who) => self.enrol(who, at),
            Event::Gathered => self.phase = Phase::Lobby,
            Event::Connected { seat, link } => {
                self.accept_company(*seat);
                self.connect(*seat, *link, true, at);
            }
            Event::Disconnected { seat, link } => self.connect(*seat, *link, false, at),
            Event::Left { seat } => {
                self.with(*seat, |s| (s.left, s.hand) = (true, None));
                self.greeting = self.greeting.filter(|g| ![g.host, g.seat].contains(seat));
            }
            Event::Returned { seat } => self.return_to_place(*seat, at),
            Event::HostLost { seat } => self.with(*seat, |s| s.lost = true),
            Event::Dismissed { seat } => {
                self.with(*seat, |s| (s.left, s.hand) = (true, None));
                self.place(*seat, AreaId::Lobby, at);
                self.greeting = self.greeting.filter(|g| ![g.host, g.seat].contains(seat));
            }
            Event::Opened { area } => self.open(*area, at),
            Event::Moved { seat, to } => self.place(*seat, *to, at),
            Event::Closed { area } => {
                self.areas.remove(area);
            }
            Event::Greeted { greeting } => self.greeting = *greeting,
            Event::Started => {
                (self.phase, self.greeting) = (Phase::Live, None);
                self.started_at.get_or_insert(at);
            }
            Event::Paused { cause } => (self.phase, self.paused) = (Phase::Paused, Some((*cause, at))),
            Event::Resumed => (self.phase, self.paused) = (Phase::Live, None),
            Event::Ended { outcome, next_at } => {
                (self.phase, self.outcome, self.ended_at, self.paused) =
                    (Phase::Ended, Some(*outcome), Some(at), None);
                (self.next_at, self.greeting) = (*next_at, None);
            }
            Event::Cancelled => {
                (self.phase, self.ended_at, self.paused) = (Phase::Cancelled, Some(at), None);
                self.greeting = None;
            }
            Event::Hand { seat, up } => self.with(*seat, |s| s.hand = up.then_some(at)),
            Event::Muted { .. } => {}
            Event::ChairGiven { seat } => self.chair = Some(*seat),
            Event::JointAllowed { .. } => self.apart = false,
            Event::Distress { seat } => self.with(*seat, |s| (s.distress, s.desk_answered) = (true, None)),
            Event::DeskAnswered { seat } => self.with(*seat, |s| s.desk_answered = Some(at)),
            Event::DistressSeen { seat } | Event::DistressClosed { seat, .. } => {
                self.with(*seat, |s| s.distress = false);
            }
            Event::Noted { seat, text } => self.with(*seat, |s| s.note.clone_from(text)),
            Event::Screened { a, b } => self.screen(*a, *b, at),
            Event::RecordingAnswered { seat, yes } => self.with(*seat, |s| s.recording = Some(*yes)),
            Event::RecordingAsked
            | Event::RecordingStarted
            | Event::RecordingPaused { .. }
            | Event::RecordingStopped { .. }
            | Event::RecordingTroubled { .. } => self.recording.evolve(&fact.event, at),
            Event::Recovered => {
                self.recording.evolve(&fact.event, at);
                for seat in self.seats.values_mut().filter(|s| s.live || s.media) {
                    (seat.live, seat.media, seat.away_since) = (false, false, Some(at));
                }
            }
            Event::SafetyAnswered { .. } | Event::SafetyReported { .. } => {
                self.evolve_safety(&fact.event, fact.by, at);
            }
            other if self.evolve_papers(other, at) => {}
            other => self.evolve_craft(other, fact.seq, at),
        }
        if let Some(by) = fact.by {
            self.evolve_authored(&fact.event, by, at);
        }
        self.count_attendance(at);
    }

    pub(crate) fn with(&mut self, seat: SeatId, change: impl FnOnce(&mut Seat)) {
        if let Some(seat) = self.seats.get_mut(&seat) {
            change(seat);
        }
    }

    /// A host's place is the joint area from the start: somebody has to be there to receive the others.
    fn enrol(&mut self, who: &Invited, at: Time) {
        let area = if who.role.hosts() { AreaId::Joint } else { AreaId::Lobby };
        let seat = self.seats.entry(who.seat).or_insert_with(|| Seat::of(who, area, at));
        (seat.role, seat.side, seat.party, seat.bound_to) = (who.role, who.side, who.party, who.bound_to);
        seat.name.clone_from(&who.name);
        (seat.asked_safety, seat.minor) = (who.asked_safety, who.minor);
        let device = (seat.same_device, who.same_device);
        seat.same_device = who.same_device;
        seat.mandate.clone_from(&who.mandate);
        // The case file's word is the party's own; who is no party has none there. A no there takes a yes back; it is
        // no answer to a question that is put later, in the sitting.
        if who.recording == Some(true) || seat.recording == Some(true) {
            seat.recording = who.recording.or(seat.recording);
        }
        // Who sits down at somebody's device is there if it is; who gets up has to come by a link of their own.
        let up = match device {
            (_, true) => who.bound_to.and_then(|lead| self.seat(lead)).is_some_and(|lead| lead.live),
            (true, false) => false,
            (false, false) => return,
        };
        if who.same_device {
            self.with(who.seat, |s| s.left = false);
        }
        self.connect(who.seat, Link::Live, up, at);
    }

    fn connect(&mut self, seat: SeatId, link: Link, up: bool, at: Time) {
        let beside = |(id, s): (SeatId, &Seat)| (s.same_device && s.bound_to == Some(seat)).then_some(id);
        for other in self.seats().filter_map(beside).filter(|_| link == Link::Live).collect::<Vec<_>>() {
            self.connect(other, link, up, at);
        }
        self.with(seat, |s| {
            match link {
                Link::Live => s.live = up,
                Link::Media => s.media = up,
            }
            if s.live || s.media {
                (s.away_since, s.lost) = (None, false);
            } else {
                (s.away_since, s.hand) = (Some(at), None);
            }
        });
    }

    /// The place was kept, except a dismissed host's: the lobby is no place for a host.
    fn return_to_place(&mut self, seat: SeatId, at: Time) {
        self.with(seat, |s| s.left = false);
        if self.out_of_place(seat) {
            self.place(seat, AreaId::Lobby, at);
        }
        if self.seat(seat).is_some_and(|s| s.role.hosts() && !s.admitted()) {
            self.place(seat, AreaId::Joint, at);
        }
    }

    pub(crate) fn place(&mut self, seat: SeatId, to: AreaId, at: Time) {
        if to != AreaId::Lobby && !self.areas.contains_key(&to) {
            self.open(to, at);
        }
        self.with(seat, |s| {
            if s.area != to {
                (s.area, s.since) = (to, at);
                // What was asked before the move is answered by it.
                (s.asked_into, s.knock) = (None, None);
            }
        });
        self.begin_visit(seat, at);
    }

    fn open(&mut self, area: AreaId, at: Time) {
        if let AreaId::Caucus(n) = area {
            self.caucuses = self.caucuses.max(n);
        }
        if area != AreaId::Lobby {
            self.areas.entry(area).or_insert_with(|| Area::opened(at));
        }
    }

    /// Who shares an area with the one they are screened from goes back to the lobby; a host never does.
    fn screen(&mut self, a: SeatId, b: SeatId, at: Time) {
        if a == b {
            return;
        }
        self.screens.insert((a.min(b), a.max(b)));
        let (Some(x), Some(y)) = (self.seat(a), self.seat(b)) else { return };
        if x.area == y.area && x.admitted() {
            let goes = if y.role.hosts() { a } else { b };
            self.place(goes, AreaId::Lobby, at);
        }
    }

    /// Since when the people of an area wait for a mediator.
    fn count_attendance(&mut self, at: Time) {
        let attended: Vec<AreaId> = self.areas.keys().copied().filter(|a| self.attended(*a)).collect();
        for (id, area) in &mut self.areas {
            if attended.contains(id) {
                area.unattended_since = None;
            } else {
                area.unattended_since.get_or_insert(at);
            }
        }
    }
}
