//! What is written at the table. A line reaches whom the writer's voice reaches at that moment, and nobody else,
//! ever: the readers are part of the fact.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{Decision, known};
use crate::words::some_words;
use crate::{Event, Phase, Session, Time, visible};

/// Characters in a line.
pub(crate) const TEXT_LIMIT: usize = 1000;
/// Lines kept; the oldest leave the screen, the stored facts keep them.
pub(crate) const KEPT: usize = 500;

/// A line somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Number of the fact.
    pub seq: u64,
    /// Who wrote it.
    pub from: SeatId,
    /// Whom it reached.
    pub to: BTreeSet<SeatId>,
    /// What.
    pub text: String,
    /// Whose voice it writes down, if it is a caption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<SeatId>,
    /// When.
    pub at: Time,
}

/// A line on the screen of somebody it reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LineView {
    /// Grows.
    pub seq: u64,
    /// Who wrote it.
    pub from: SeatId,
    /// By what name.
    pub name: String,
    /// What.
    pub text: String,
    /// Whose voice it writes down, if it is a caption.
    pub of: Option<SeatId>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Session {
    /// Every line this seat wrote or was reached by, oldest first.
    pub fn lines(&self, reader: SeatId) -> impl Iterator<Item = LineView> + '_ {
        self.chat.iter().filter(move |line| line.from == reader || line.to.contains(&reader)).map(|line| {
            LineView {
                seq: line.seq,
                from: line.from,
                name: self.seat(line.from).map(|s| s.name.clone()).unwrap_or_default(),
                text: line.text.clone(),
                of: line.of,
                at: line.at,
            }
        })
    }

    /// Whom a word of this seat reaches now.
    pub fn reach(&self, from: SeatId) -> BTreeSet<SeatId> {
        self.seats().map(|(id, _)| id).filter(|to| visible(self, from, *to)).collect()
    }
}

/// Anyone who is heard by somebody.
pub(crate) fn say(session: &Session, actor: SeatId, text: &str) -> Decision {
    if session.phase() != Phase::Live {
        return Err(Refusal::conflict("not_live"));
    }
    known(session, actor)?;
    let text = some_words(text, TEXT_LIMIT)?;
    let to = session.reach(actor);
    if to.is_empty() {
        return Err(Refusal::conflict("nobody_reads"));
    }
    Ok(vec![Event::Said { seat: actor, to, text, of: None }])
}
