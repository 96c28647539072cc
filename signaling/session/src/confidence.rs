//! The release gate: what was said in a private talk stays there until the one who said it lets it go, in exactly
//! these words.
//!
//! ```text
//!  mediator writes it down ─▶ sealed (保密) ─▶ released (可转达), by the confider's own tap ─▶ conveyed (已转达)
//!                                 ▲──────────── taken back, until it is conveyed ───────┘
//! ```

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{Decision, known, not_over};
use crate::words::some_words;
use crate::{Event, Session, Time};

/// Characters in a confidence.
const TEXT_LIMIT: usize = 1000;
/// Confidences in one sitting.
const MOST: usize = 200;

/// How far a confidence may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seal {
    /// 保密: stays between the mediator and who confided it.
    Sealed,
    /// 可转达: may be passed on in these words.
    Released,
    /// 已转达: was passed on.
    Conveyed,
}

/// Something said in a private talk, as the mediator wrote it down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confidence {
    /// 1, 2, 3 … in this sitting.
    pub id: u32,
    /// Who confided it.
    pub of: SeatId,
    /// The host who wrote it down. Another host who was not in the room does not see it.
    pub by: SeatId,
    /// The words.
    pub text: String,
    /// How far it may go.
    pub seal: Seal,
    /// When it was written down.
    pub at: Time,
    /// When it was let go.
    pub released_at: Option<Time>,
    /// Whom it was passed on to.
    pub conveyed_to: BTreeSet<SeatId>,
}

/// A confidence on the screen of somebody who may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfidenceView {
    /// Its number.
    pub id: u32,
    /// Who confided it; absent for those it was passed on to.
    pub of: Option<SeatId>,
    /// The words.
    pub text: String,
    /// How far it may go.
    pub seal: Seal,
    /// When it was written down, or passed on.
    pub at: DateTime<Utc>,
}

impl Session {
    /// What this seat may know: its own, those it wrote down, and what was passed on to it.
    pub fn confidences(&self, viewer: SeatId) -> Vec<ConfidenceView> {
        let whole = |c: &Confidence| c.of == viewer || c.by == viewer;
        self.confidences
            .iter()
            .filter(|c| whole(c) || c.conveyed_to.contains(&viewer))
            .map(|c| ConfidenceView {
                id: c.id,
                of: whole(c).then_some(c.of),
                text: c.text.clone(),
                seal: c.seal,
                at: c.at,
            })
            .collect()
    }

    pub(crate) fn confidence_mut(&mut self, id: u32) -> Option<&mut Confidence> {
        self.confidences.iter_mut().find(|c| c.id == id)
    }
}

fn find(session: &Session, id: u32) -> Result<&Confidence, Refusal> {
    session.confidences.iter().find(|c| c.id == id).ok_or_else(|| Refusal::not_found("unknown_confidence"))
}

/// Host, in a private area with that seat: writes down what was said.
pub(crate) fn confide(session: &Session, actor: SeatId, of: SeatId, text: &str) -> Decision {
    not_over(session)?;
    let (me, who) = (known(session, actor)?, known(session, of)?);
    if !me.area.private() || me.area != who.area || !who.may_stop() {
        return Err(Refusal::conflict("not_in_private_with"));
    }
    let text = some_words(text, TEXT_LIMIT)?;
    if session.confidences.iter().any(|c| c.of == of && c.by == actor && c.text == text) {
        return Ok(vec![]);
    }
    if session.confidences.len() >= MOST {
        return Err(Refusal::conflict("too_many_notes").with("limit", MOST));
    }
    Ok(vec![Event::Confided { of, text }])
}

/// Who confided it, and nobody else: lets exactly these words go, or takes them back while there is time.
pub(crate) fn release(session: &Session, actor: SeatId, id: u32, text: &str, go: bool) -> Decision {
    not_over(session)?;
    let confidence = find(session, id).ok().filter(|c| c.of == actor || c.by == actor);
    let confidence = confidence.ok_or_else(|| Refusal::not_found("unknown_confidence"))?;
    if confidence.of != actor {
        return Err(Refusal::forbidden("confider_only"));
    }
    if confidence.text != text {
        return Err(Refusal::conflict("other_words"));
    }
    match (confidence.seal, go) {
        (Seal::Conveyed | Seal::Released, true) | (Seal::Sealed, false) => Ok(vec![]),
        (Seal::Conveyed, false) => Err(Refusal::conflict("already_conveyed")),
        (Seal::Sealed, true) => Ok(vec![Event::Released { confidence: id }]),
        (Seal::Released, false) => Ok(vec![Event::Resealed { confidence: id }]),
    }
}

/// The host who wrote it down: passes released words on.
pub(crate) fn convey(session: &Session, actor: SeatId, id: u32, to: &[SeatId]) -> Decision {
    not_over(session)?;
    let confidence = find(session, id).ok().filter(|c| c.by == actor);
    let confidence = confidence.ok_or_else(|| Refusal::not_found("unknown_confidence"))?;
    if to.is_empty() {
        return Err(Refusal::invalid("nobody_named"));
    }
    if confidence.seal == Seal::Sealed {
        return Err(Refusal::forbidden("sealed"));
    }
    let mut new = BTreeSet::new();
    for &seat in to {
        known(session, seat)?;
        if seat != confidence.of && seat != actor && !confidence.conveyed_to.contains(&seat) {
            new.insert(seat);
        }
    }
    Ok(if new.is_empty() { vec![] } else { vec![Event::Conveyed { confidence: id, to: new }] })
}
