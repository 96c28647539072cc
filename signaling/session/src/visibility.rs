//! Who sees and hears whom, whom the recorder hears, and who sees which paper: decided here and nowhere else.
//!
//! The forwarding table of the media plane, “who can hear you now” and the people listed on a screen are all read
//! from [`visible`]. It is total: whatever the state and whichever two seats, it has an answer, and the answer of
//! everything unknown is no.

use std::collections::BTreeSet;

use domain::{PaperScope, SeatId, SeatRole, Side};

use crate::{AreaId, LaidPaper, Phase, Seat, Session, Shown};

/// Directed pairs (from, to): what `from` sends reaches `to`.
pub type Pairs = BTreeSet<(SeatId, SeatId)>;

/// What the forwarding table must be: everything that is forwarded, and nothing else is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Between seats.
    pub pairs: Pairs,
    /// From seats to the recorder.
    pub recorded: BTreeSet<Recorded>,
}

impl Table {
    /// The stricter of both: only what each of them allows.
    #[must_use]
    pub fn both(&self, other: &Self) -> Self {
        Self {
            pairs: self.pairs.intersection(&other.pairs).copied().collect(),
            recorded: self.recorded.intersection(&other.recorded).copied().collect(),
        }
    }
}

/// A seat the recorder hears. There is no way to make one but [`Recorded::now`], and of a seat that is not in the joint
/// area there is none: a caucus is not recorded by type (T1), and nobody is without their consent (R12, T5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recorded(SeatId);

impl Recorded {
    /// This seat, if it is to be recorded now: the host asked, everybody present in the joint area agreed and a
    /// mediator is among them, and the seat itself is there and agreed.
    fn now(session: &Session, seat: SeatId) -> Option<Self> {
        let who = session.seat(seat)?;
        let recorded = session.recording_asked_at().is_some()
            && session.recording_bar().is_none()
            && who.area == AreaId::Joint
            && !who.left
            && who.recording == Some(true);
        recorded.then_some(Self(seat))
    }

    /// Whose sound and picture it is.
    pub fn seat(self) -> SeatId {
        self.0
    }
}

/// Whether what `from` sends reaches `to`.
///
/// Opposite sides reach each other only while a mediator keeps them company in the same area: they are never left
/// alone together.
///
/// Before the start a host and one waiting person may meet at the door.
///
/// A room's camera hears and sees nobody. While any private talk goes on it shows nothing: the talk may be held in the
/// very room it looks at.
pub fn visible(session: &Session, from: SeatId, to: SeatId) -> bool {
    let (Some(a), Some(b)) = (session.seat(from), session.seat(to)) else { return false };
    let apart =
        from == to || a.left || b.left || session.screened(from, to) || b.role == SeatRole::RoomCamera;
    !apart && (session.greets(from, to) || at_one_table(session, a, b))
}

/// In one area of a sitting that runs.
fn at_one_table(session: &Session, a: &Seat, b: &Seat) -> bool {
    session.phase() == Phase::Live
        && a.admitted()
        && b.admitted()
        && (a.role != SeatRole::RoomCamera || session.private_areas().next().is_none())
        && a.area == b.area
        && (!a.side.opposes(b.side) || (session.attended(a.area) && !session.kept_apart()))
}

/// Whether this seat may see a paper at all, its name and its existence included. Its owner and the mediators always;
/// who goes with somebody of the owner's side (an interpreter, a helper) like them; everybody at the table if the
/// owner said so. Nobody in the lobby sees another's paper.
pub fn sees_paper(session: &Session, viewer: SeatId, laid: &LaidPaper) -> bool {
    let Some(me) = session.seat(viewer) else { return false };
    if laid.owned_by(viewer, me) || me.role.hosts() {
        return true;
    }
    let on_side = |seat: &Seat| seat.side == laid.paper.side && seat.side != Side::Neutral;
    let lead = me.bound_to.and_then(|lead| session.seat(lead));
    me.admitted()
        && match laid.paper.scope {
            PaperScope::Mediator => false,
            PaperScope::Side => on_side(me) || lead.is_some_and(on_side),
            PaperScope::All => me.role != SeatRole::RoomCamera,
        }
}

/// What lies on the table before this seat: of its own area, by somebody it can see, and only a paper it may see.
pub fn shown_to(session: &Session, viewer: SeatId) -> Option<&Shown> {
    let me = session.seat(viewer).filter(|s| s.admitted() && !s.left)?;
    let shown = session.on_table(me.area).filter(|_| session.table_is_open())?;
    let may = session.paper(shown.paper).is_some_and(|laid| sees_paper(session, viewer, laid));
    (may && (shown.by == viewer || visible(session, shown.by, viewer))).then_some(shown)
}

impl Session {
    /// What the forwarding table must be now.
    pub fn table(&self) -> Table {
        Table { pairs: self.pairs(), recorded: self.recorded() }
    }

    /// Every visible pair.
    pub fn pairs(&self) -> Pairs {
        let seats = || self.seats().map(|(id, _)| id);
        seats()
            .flat_map(|from| seats().map(move |to| (from, to)))
            .filter(|&(from, to)| visible(self, from, to))
            .collect()
    }

    /// Whether this seat is being recorded.
    pub fn is_recorded(&self, seat: SeatId) -> bool {
        Recorded::now(self, seat).is_some()
    }

    /// Everybody who is being recorded.
    pub fn recorded(&self) -> BTreeSet<Recorded> {
        self.seats().filter_map(|(seat, _)| Recorded::now(self, seat)).collect()
    }
}
