//! The recording of a sitting (R12: PML 27, OMR 22): off unless the host asks for it and everybody present agrees.
//!
//! ```text
//!  off ──host asks──▶ asking ──everybody present agreed, a host is here, the sitting runs──▶ on ⇄ paused
//!   ▲                                                                                         │
//!   └───────────────── host stops · the sitting is over · it cannot be written ────────────────┘
//! ```
//!
//! Whose sound and picture reaches the recorder is decided in `visibility.rs`, afresh from every state; the facts
//! here only say when that began and ended.

use domain::SeatRole;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AreaId, Event, Phase, Seat, Session, Time};

/// What a sitting remembers of its recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recording {
    /// Since when a host wants one.
    pub asked_at: Option<Time>,
    /// Since when it runs.
    pub on_since: Option<Time>,
    /// It has run since it was asked for.
    pub has_run: bool,
    /// What the recorder has last complained of.
    pub trouble: Option<RecordingTrouble>,
}

/// Whether a recording runs, on one seat's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Nobody asked for one.
    Off,
    /// A host asked; it has not run yet.
    Asking,
    /// It runs, and the viewer is in it.
    On,
    /// It has run and does not now, or not here.
    Paused,
}

/// Why nothing is recorded though a host asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingPause {
    /// Somebody present has not agreed, or has taken it back. Who it is, only hosts are told.
    Consent,
    /// No mediator is in the joint area: what people say while they wait is nobody's.
    Unattended,
    /// The sitting does not run.
    Break,
    /// No room on the disk; it goes on by itself when there is.
    Disk,
    /// The viewer is in the lobby or in a private area, where nothing is ever recorded.
    Elsewhere,
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingEnd {
    /// A host ended it.
    Host,
    /// The sitting is over.
    Over,
    /// It cannot be written.
    Failed,
}

/// What the recorder complains of; hosts are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingTrouble {
    /// The disk is nearly full; it still runs.
    DiskLow,
    /// The disk is full; nothing is written until there is room again.
    DiskFull,
    /// It cannot be written; it was stopped.
    Failed,
}

impl Session {
    /// Since when a host wants a recording.
    pub fn recording_asked_at(&self) -> Option<Time> {
        self.recording.asked_at
    }

    /// Since when the joint area is being recorded.
    pub fn recording_since(&self) -> Option<Time> {
        self.recording.on_since
    }

    /// Why nothing may be recorded now; none if everything that R12 asks for is there.
    pub fn recording_bar(&self) -> Option<RecordingPause> {
        // A room's camera is nobody who could agree, and is never recorded.
        let is_person = |s: &Seat| s.role != SeatRole::RoomCamera;
        let mut present = self.within(AreaId::Joint).filter(|(_, s)| s.online() && is_person(s));
        if self.phase != Phase::Live {
            Some(RecordingPause::Break)
        } else if !self.within(AreaId::Joint).any(|(_, s)| s.attends() && s.online()) {
            Some(RecordingPause::Unattended)
        } else if present.any(|(_, s)| s.recording != Some(true)) {
            Some(RecordingPause::Consent)
        } else if self.recording.trouble == Some(RecordingTrouble::DiskFull) {
            Some(RecordingPause::Disk)
        } else {
            None
        }
    }

    /// The fact that follows from the state, if the recording has to begin, pause or end.
    pub(crate) fn recording_follows(&self) -> Option<Event> {
        self.recording.asked_at?;
        if self.phase.is_over() {
            return Some(Event::RecordingStopped { cause: RecordingEnd::Over });
        }
        match (self.recording.on_since, self.recording_bar()) {
            (None, None) => Some(Event::RecordingStarted),
            (Some(_), Some(why)) => Some(Event::RecordingPaused { why }),
            _ => None,
        }
    }
}

impl Recording {
    /// Takes a fact in.
    pub fn evolve(&mut self, event: &Event, at: Time) {
        match event {
            Event::RecordingAsked => *self = Self { asked_at: Some(at), ..Self::default() },
            Event::RecordingStarted => (self.on_since, self.has_run) = (Some(at), true),
            Event::RecordingPaused { .. } => self.on_since = None,
            Event::RecordingStopped { cause } => {
                let trouble = match cause {
                    RecordingEnd::Host | RecordingEnd::Over => None,
                    RecordingEnd::Failed => Some(RecordingTrouble::Failed),
                };
                *self = Self { trouble, ..Self::default() };
            }
            Event::RecordingTroubled { trouble } => self.trouble = *trouble,
            // Another recorder begins, which has not complained yet.
            Event::Recovered => self.trouble = None,
            _ => {}
        }
    }
}
