//! What is written into a recording beside the media: who sat where, whose consent stood from when to when, and why
//! nothing was recorded for a while.

use std::collections::{BTreeMap, BTreeSet};

use domain::SeatId;
use recorder::{Mark, PauseCause};
use session::{AreaId, RecordingPause, Session};

/// What was written down so far.
#[derive(Default)]
pub(super) struct Marks {
    people: BTreeMap<SeatId, String>,
    consents: BTreeSet<SeatId>,
    /// None before the first state; then whether it rolls, or why not.
    state: Option<Result<(), PauseCause>>,
}

impl Marks {
    /// What there is to write down now.
    pub fn follow(&mut self, session: &Session) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (id, seat) in session.seats() {
            if self.people.get(&id) != Some(&seat.name) {
                self.people.insert(id, seat.name.clone());
                marks.push(Mark::Seat { seat: id.to_string(), person: seat.name.clone() });
            }
        }
        let consents: BTreeSet<SeatId> = session
            .within(AreaId::Joint)
            .filter(|(_, seat)| seat.online() && seat.recording == Some(true))
            .map(|(id, _)| id)
            .collect();
        marks.extend(
            self.consents.difference(&consents).map(|seat| Mark::Withdrew { seat: seat.to_string() }),
        );
        marks.extend(
            consents.difference(&self.consents).map(|seat| Mark::Consented { seat: seat.to_string() }),
        );
        self.consents = consents;
        let state = match session.recording_since() {
            Some(_) => Ok(()),
            None => Err(cause(session)),
        };
        match (self.state, state) {
            (Some(before), now) if before == now => {}
            (None, Ok(())) => marks.push(chapter()),
            (_, Ok(())) => marks.extend([Mark::Resumed, chapter()]),
            (_, Err(cause)) => marks.push(Mark::Paused { cause }),
        }
        self.state = Some(state);
        marks
    }

    /// Whether it was recording when last looked at.
    pub fn rolls(&self) -> bool {
        self.state == Some(Ok(()))
    }
}

fn chapter() -> Mark {
    Mark::Chapter { title: "共同调解".into() }
}

fn cause(session: &Session) -> PauseCause {
    match session.recording_bar() {
        Some(RecordingPause::Consent) | None => PauseCause::Consent,
        Some(RecordingPause::Unattended | RecordingPause::Elsewhere) => {
            if session.private_areas().next().is_some() { PauseCause::Caucus } else { PauseCause::Break }
        }
        Some(RecordingPause::Break) => PauseCause::Break,
        Some(RecordingPause::Disk) => PauseCause::Disk,
    }
}
