//! Before it begins: readiness, rights and warnings (R8), conflicts of interest (R4), another
//! mediator. A sitting that keeps the checklist does not start before it is done.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{Refusal, SeatId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::decide::{Decision, not_over};
use crate::words::{some_words, words};
use crate::{Event, Seat, Session};

/// Characters in a declaration or a reason.
const TEXT_LIMIT: usize = 500;
/// People who may be named as being in the room.
const COMPANY_LIMIT: usize = 12;

/// What a seat's device and surroundings are like, as its own page found and its person said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// The camera gave a picture.
    pub camera: Option<bool>,
    /// The microphone moved.
    pub microphone: Option<bool>,
    /// The person heard the test sound.
    pub sound: Option<bool>,
    /// Whether media got through: `udp`, `tcp`, `relay` or `none`.
    pub network: Option<String>,
    /// The language the person wants to speak, as a BCP 47 tag.
    pub language: Option<String>,
    /// Who else is in the room, by name or relation.
    pub company: Vec<String>,
}

/// What must be said before the start (R8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpeningItem {
    /// Rights and duties were told (PML 23, 24).
    RightsTold,
    /// The parties were warned of sham mediation (OMR 17).
    ShamWarned,
    /// Addresses for service were confirmed or filled in.
    AddressConfirmed,
}

/// What has been done of the opening.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// The sitting keeps the list: no start before it is done.
    pub required: bool,
    /// Items done.
    pub done: BTreeSet<OpeningItem>,
    /// The mediator's word on conflicts of interest: none, or which.
    pub conflict: Option<ConflictStatement>,
}

/// The mediator's disclosure (R4: PML 19, 23(1); OMR 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConflictStatement {
    /// Nothing stands between the mediator and this case if absent; else what.
    pub disclosed: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// One line of the list, for the host's screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpeningView {
    /// The sitting does not start before all is done.
    pub required: bool,
    /// Items done.
    pub done: Vec<OpeningItem>,
    /// The mediator's word on conflicts.
    pub conflict: Option<ConflictStatement>,
    /// Parties and who acts for them whose identity is not established.
    pub unchecked: Vec<SeatId>,
    /// Nothing is missing.
    pub complete: bool,
}

impl Session {
    /// The list as it stands.
    pub fn opening(&self) -> OpeningView {
        let unchecked: Vec<SeatId> = self
            .seats()
            .filter(|(_, s)| s.may_stop() && s.online())
            .filter(|(_, s)| !s.identity.as_ref().is_some_and(|check| check.matches))
            .map(|(id, _)| id)
            .collect();
        let done: Vec<OpeningItem> = self.opening.done.iter().copied().collect();
        let complete = unchecked.is_empty() && done.len() == 3 && self.opening.conflict.is_some();
        OpeningView {
            required: self.opening.required,
            done,
            conflict: self.opening.conflict.clone(),
            unchecked,
            complete,
        }
    }
}

/// R8: START is refused until the list is done.
pub(crate) fn ready_to_start(session: &Session) -> Result<(), Refusal> {
    // R29: a minor's guardian is there from the beginning.
    if session.started_at.is_none() && session.guardian_missing() {
        return Err(Refusal::conflict("guardian_missing"));
    }
    let opening = session.opening();
    if !opening.required || opening.complete || session.started_at.is_some() {
        return Ok(());
    }
    Err(Refusal::conflict("opening_incomplete"))
}

/// A seat's own page reports.
pub(crate) fn ready(session: &Session, actor: SeatId, me: &Seat, readiness: Readiness) -> Decision {
    not_over(session)?;
    if readiness.company.len() > COMPANY_LIMIT {
        return Err(Refusal::invalid("too_many_named").with("limit", COMPANY_LIMIT));
    }
    let mut readiness = readiness;
    for text in readiness.company.iter_mut().chain(&mut readiness.network).chain(&mut readiness.language) {
        *text = words(text, 60)?;
    }
    readiness.company.retain(|name| !name.is_empty());
    let same = me.readiness.as_ref() == Some(&readiness);
    Ok(if same { vec![] } else { vec![Event::Ready { seat: actor, readiness }] })
}

/// Host: an item of the list is done.
pub(crate) fn tick_off(session: &Session, item: OpeningItem) -> Decision {
    not_over(session)?;
    Ok(if session.opening.done.contains(&item) { vec![] } else { vec![Event::OpeningDone { item }] })
}

/// Host: nothing stands between me and this case, or this does. Before the start and during.
pub(crate) fn declare(session: &Session, disclosed: Option<&str>) -> Decision {
    not_over(session)?;
    let disclosed = disclosed.map(|text| some_words(text, TEXT_LIMIT)).transpose()?;
    let same = session.opening.conflict.as_ref().is_some_and(|word| word.disclosed == disclosed);
    Ok(if same { vec![] } else { vec![Event::ConflictDeclared { disclosed }] })
}

/// A party asks for another mediator (R4), with or without a reason.
pub(crate) fn ask_for_another(session: &Session, actor: SeatId, me: &Seat, reason: &str) -> Decision {
    not_over(session)?;
    if !me.may_stop() {
        return Err(Refusal::forbidden("party_only"));
    }
    let reason = words(reason, TEXT_LIMIT)?;
    Ok(if me.wants_another { vec![] } else { vec![Event::AnotherMediatorAsked { seat: actor, reason }] })
}
