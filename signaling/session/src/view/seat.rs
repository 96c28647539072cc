//! A seat on somebody's screen, and what of it only hosts and the seat itself are shown.

use chrono::{DateTime, Utc};
use domain::{Mandate, PaperId, PartyId, SeatId, SeatRole, Side};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AreaId, IdentityCheck, Readiness, Seat};

/// A seat on somebody's screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a screen that do not depend on each other")]
pub struct SeatView {
    /// The seat; its identity on the media wire too.
    pub id: SeatId,
    /// Role in this sitting.
    pub role: SeatRole,
    /// On whose side.
    pub side: Side,
    /// The person's name.
    pub name: String,
    /// The party who sits here.
    pub party_id: Option<PartyId>,
    /// Reachable now.
    pub online: bool,
    /// The hand is up.
    pub hand: bool,
    /// Since when: the order of hands.
    pub hand_since: Option<DateTime<Utc>>,
    /// A host keeps the microphone closed.
    pub locked: bool,
    /// Shown to hosts and to the seat itself, like all that follows.
    pub private: Option<SeatPrivate>,
    /// At whose device they sit, if not at their own.
    pub device_of: Option<SeatId>,
    /// Where they are.
    #[schema(value_type = String, example = "caucus-1")]
    pub area: AreaId,
    /// Since when.
    pub since: DateTime<Utc>,
    /// A silent call for help: shown to hosts and to the one who called, to nobody else.
    pub distress: bool,
    /// The line from the lobby: shown to hosts and to the one who wrote it.
    pub note: Option<String>,
    /// The word on being recorded; none: no answer yet. Shown to hosts and to the one who said it.
    pub recording: Option<bool>,
}

/// What of a seat only hosts and the seat itself are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a screen that do not depend on each other")]
pub struct SeatPrivate {
    /// Since when the person knocks.
    pub knock_since: Option<DateTime<Utc>>,
    /// Milliseconds of speech in the joint area.
    pub talk_ms: u64,
    /// What the person's page found.
    pub readiness: Option<Readiness>,
    /// The identity check; hosts only.
    pub identity: Option<IdentityCheck>,
    /// Another device asks for the seat; the number on its screen.
    pub device_asks: Option<String>,
    /// Asked to show the document.
    pub document_asked: bool,
    /// The photo of the document the person showed.
    pub document: Option<PaperId>,
    /// The person's identity is established.
    pub identified: bool,
    /// Asked for another mediator.
    pub wants_another: bool,
    /// Asked into a private talk, not answered yet.
    pub invited: bool,
    /// With whom the seat moves; hosts only.
    pub bound_to: Option<SeatId>,
    /// Until when somebody who was called stays.
    pub until: Option<DateTime<Utc>>,
    /// For which party, and with which powers (R28, R29).
    pub mandate: Option<Mandate>,
    /// Under age: a guardian acts (R29).
    pub minor: bool,
    /// What the person said of its safety (R32); hosts only, not even on the own screen.
    pub afraid: Option<bool>,
    /// Came by invitation: needs the parties' word (R5, R6).
    pub guest: bool,
    /// The parties were asked about this guest.
    pub put_to_parties: bool,
    /// Since when the incident desk knows of the call for help.
    pub desk_answered: Option<DateTime<Utc>>,
    /// How many parties said yes, and how many no.
    pub agreed: (usize, usize),
}

impl SeatView {
    pub(super) fn of(id: SeatId, seat: &Seat, confided: bool, to_host: bool) -> Self {
        Self {
            id,
            role: seat.role,
            side: seat.side,
            name: seat.name.clone(),
            party_id: seat.party,
            online: seat.online(),
            hand: seat.hand.is_some(),
            hand_since: seat.hand,
            locked: seat.locked,
            private: confided.then(|| SeatPrivate::of(seat, to_host)),
            device_of: seat.bound_to.filter(|_| seat.same_device),
            area: seat.area,
            since: seat.since,
            distress: confided && seat.distress,
            note: if confided { seat.note.clone() } else { None },
            recording: if confided { seat.recording } else { None },
        }
    }
}

impl SeatPrivate {
    fn of(seat: &Seat, to_host: bool) -> Self {
        Self {
            knock_since: seat.knock,
            talk_ms: seat.talk_ms,
            readiness: seat.readiness.clone(),
            identity: seat.identity.clone().filter(|_| to_host),
            device_asks: seat.device_wish.as_ref().map(|wish| wish.code.clone()),
            document_asked: seat.document_asked,
            document: seat.document,
            identified: seat.identity.as_ref().is_some_and(|check| check.matches),
            wants_another: seat.wants_another,
            invited: seat.asked_into.is_some(),
            bound_to: seat.bound_to.filter(|_| to_host),
            until: seat.until,
            mandate: seat.mandate.clone(),
            minor: seat.minor,
            afraid: seat.afraid.filter(|_| to_host),
            guest: seat.is_guest(),
            put_to_parties: seat.put_to_parties,
            desk_answered: seat.desk_answered,
            agreed: (seat.agreed_by.len(), seat.refused_by.len()),
        }
    }
}
