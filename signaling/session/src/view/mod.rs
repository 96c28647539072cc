//! What one seat may know of the sitting: the only thing of it that ever leaves the server.
//!
//! A party, and everybody else who is not a host, is shown the people they can see and hear, and nobody else: not in
//! another area, not in the lobby, not screened from them. The mediator's name is on the invitation and always shown.

mod mine;
mod seat;

use chrono::{DateTime, Utc};
use domain::{SeatId, SeatRole, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    AreaId, AreaKind, Call, OpeningView, Outcome, PaperView, PauseCause, Phase, RecordingPause,
    RecordingState, RecordingTrouble, SafetyReport, Seat, Session, ShownView, Time, visible,
};

pub use mine::{GuestView, Mine};
pub use seat::{SeatPrivate, SeatView};

/// The sitting, seen from one seat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct View {
    /// The sitting.
    pub session_id: SessionId,
    /// How far it is.
    pub phase: Phase,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was to begin.
    pub scheduled_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why there is a break.
    pub pause_cause: Option<PauseCause>,
    /// My own seat.
    pub me: SeatView,
    /// Where I am, with those I can see.
    pub area: AreaView,
    /// Names of those who can hear me now, read from the same rule as the forwarding table.
    pub hears_me: Vec<String>,
    /// I am in a caucus or a consult.
    pub private: bool,
    /// Since when I wait, if I do: in the lobby, in a break, or while no mediator is with me.
    pub waiting_since: Option<DateTime<Utc>>,
    /// The mediator.
    pub host: HostView,
    /// Whether I am being recorded, and why not.
    pub recording: RecordingView,
    /// What is asked of me and what I was told.
    pub mine: Mine,
    /// The papers I may see.
    pub papers: Vec<PaperView>,
    /// The page that lies before me.
    pub shown: Option<ShownView>,
    /// Hosts only: every area with every seat.
    pub corridor: Option<Corridor>,
}

/// Who has the floor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FloorView {
    /// Who speaks.
    pub seat: SeatId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when.
    pub until: Option<DateTime<Utc>>,
    /// The others are kept silent.
    pub quiet: bool,
}

/// An area on somebody's screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AreaView {
    /// Which.
    #[schema(value_type = String, example = "caucus-1")]
    pub id: AreaId,
    /// Its kind.
    pub kind: AreaKind,
    /// Those in it whom the viewer may know of, the viewer included.
    pub seats: Vec<SeatView>,
    /// Since when it is open; in the lobby, since when the viewer waits.
    pub since: DateTime<Utc>,
    /// Who has the floor, if the viewer may know of them.
    pub floor: Option<FloorView>,
    /// The door is closed.
    pub locked: bool,
}

/// The mediator, as everybody may know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HostView {
    /// The mediator's name.
    pub name: String,
    /// A mediator is in my area.
    pub here: bool,
    /// A mediator is reachable.
    pub online: bool,
}

/// The recording, seen from one seat. Where the viewer is not in the joint area it says nothing of what happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingView {
    /// Whether the viewer is being recorded.
    pub state: RecordingState,
    /// Why not, though a host asked for it.
    pub why: Option<RecordingPause>,
    /// Since when it runs.
    pub since: Option<DateTime<Utc>>,
    /// The viewer is asked and has not answered.
    pub question: bool,
    /// Hosts only: what the recorder complains of.
    pub trouble: Option<RecordingTrouble>,
}

/// Every area with every seat, for hosts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Corridor {
    /// Lobby and joint first, then the private ones.
    pub areas: Vec<AreaView>,
    /// What is done before the start.
    pub opening: OpeningView,
    /// Calls for experts.
    pub calls: Vec<Call>,
    /// Pairs who may never share an area.
    pub screens: Vec<(SeatId, SeatId)>,
    /// Opposite sides are kept apart (R32).
    pub kept_apart: bool,
    /// What was done about reported violence (R32).
    pub safety_reports: Vec<SafetyReport>,
    /// The host in the chair.
    pub chair: Option<SeatId>,
    /// Who is met at the door.
    pub greeted: Option<SeatId>,
}

impl View {
    /// What this seat may know now; none for a seat that is not of this sitting.
    pub fn of(session: &Session, viewer: SeatId) -> Option<Self> {
        let me = session.seat(viewer)?;
        let live = session.phase == Phase::Live;
        Some(Self {
            session_id: session.id,
            phase: session.phase,
            outcome: session.outcome,
            scheduled_at: session.scheduled_at,
            started_at: session.started_at,
            ended_at: session.ended_at,
            pause_cause: session.paused.map(|(cause, _)| cause),
            me: SeatView::of(viewer, me, true, me.role.hosts()),
            area: AreaView {
                id: me.area,
                kind: me.area.kind(),
                seats: session
                    .seats()
                    .filter(|&(id, _)| id == viewer || visible(session, id, viewer))
                    .map(|(id, seat)| {
                        SeatView::of(id, seat, id == viewer || me.role.hosts(), me.role.hosts())
                    })
                    .collect(),
                since: session.areas.get(&me.area).map_or(me.since, |a| a.since),
                floor: floor(session, me.area, |id| id == viewer || visible(session, id, viewer)),
                locked: session.areas.get(&me.area).is_some_and(|a| a.locked),
            },
            hears_me: session
                .seats()
                .filter(|&(id, seat)| seat.online() && visible(session, viewer, id))
                .map(|(_, seat)| seat.name.clone())
                .collect(),
            private: me.area.private() && !session.phase.is_over(),
            waiting_since: waiting_since(session, me, live),
            host: host(session, me),
            recording: RecordingView::of(session, viewer, me),
            mine: Mine::of(session, viewer, me),
            papers: session.papers(viewer),
            shown: session.shown_view(viewer),
            corridor: me.role.hosts().then(|| corridor(session)),
        })
    }
}

impl RecordingView {
    fn of(session: &Session, viewer: SeatId, me: &Seat) -> Self {
        let trouble = session.recording.trouble.filter(|_| me.role.hosts());
        if session.recording.asked_at.is_none() {
            return Self { state: RecordingState::Off, why: None, since: None, question: false, trouble };
        }
        let why = if me.area == AreaId::Joint && !me.left {
            session.recording_bar()
        } else {
            Some(RecordingPause::Elsewhere)
        };
        let since = session.recording.on_since.filter(|_| session.is_recorded(viewer));
        let state = match (since, session.recording.has_run) {
            (Some(_), _) => RecordingState::On,
            (None, true) => RecordingState::Paused,
            (None, false) => RecordingState::Asking,
        };
        Self { state, why, since, question: me.recording.is_none(), trouble }
    }
}

fn floor(session: &Session, area: AreaId, known: impl Fn(SeatId) -> bool) -> Option<FloorView> {
    let floor = session.floor(area).filter(|floor| known(floor.seat))?;
    Some(FloorView { seat: floor.seat, since: floor.since, until: floor.until, quiet: floor.quiet })
}

fn waiting_since(session: &Session, me: &Seat, live: bool) -> Option<Time> {
    if me.role.hosts() || session.phase.is_over() {
        return None;
    }
    if !me.admitted() {
        return Some(me.since);
    }
    if let Some((_, at)) = session.paused {
        return Some(at);
    }
    if !live {
        return Some(me.since);
    }
    // Who came into the area after the mediator had gone waits since then.
    session.areas.get(&me.area)?.unattended_since.map(|at| at.max(me.since))
}

/// The mediator named on the invitation: the first one, a co-mediator only if there is no other.
fn host(session: &Session, me: &Seat) -> HostView {
    let hosts = || session.seats.values().filter(|s| s.role.hosts());
    let chair = session.chair().and_then(|id| session.seat(id));
    let named = chair.or_else(|| hosts().find(|s| s.role == SeatRole::Mediator)).or_else(|| hosts().next());
    HostView {
        name: named.map(|s| s.name.clone()).unwrap_or_default(),
        here: session.attended(me.area),
        online: hosts().any(Seat::online),
    }
}

fn corridor(session: &Session) -> Corridor {
    let lobby = (AreaId::Lobby, session.areas.get(&AreaId::Joint).map_or(session.scheduled_at, |a| a.since));
    let areas = std::iter::once(lobby)
        .chain(session.areas.iter().map(|(id, area)| (*id, area.since)))
        .map(|(id, since)| AreaView {
            id,
            kind: id.kind(),
            seats: session.within(id).map(|(seat, s)| SeatView::of(seat, s, true, true)).collect(),
            since,
            floor: floor(session, id, |_| true),
            locked: session.areas.get(&id).is_some_and(|a| a.locked),
        })
        .collect();
    Corridor {
        areas,
        opening: session.opening(),
        calls: session.calls.clone(),
        screens: session.screens.iter().copied().collect(),
        kept_apart: session.kept_apart(),
        safety_reports: session.safety_reports.clone(),
        chair: session.chair(),
        greeted: session.greeted(),
    }
}
