//! A person's place at the table, and what the sitting knows of the person now.

use std::collections::BTreeSet;

use domain::{Mandate, PaperId, PartyId, Right, SeatId, SeatRole, Side};
use serde::{Deserialize, Serialize};

use crate::{AreaId, DeviceWish, IdentityCheck, Invited, Readiness, Time};

/// A seat: who it is, where they are and whether they are reachable.
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The person's role in this sitting.
    pub role: SeatRole,
    /// On whose side.
    pub side: Side,
    /// The person's name.
    pub name: String,
    /// The party of the case who sits here, if one does.
    pub party: Option<PartyId>,
    /// Where they are. The place is kept while they are away.
    pub area: AreaId,
    /// Since when they are there.
    pub since: Time,
    /// Their live socket is open.
    pub live: bool,
    /// Their media connection is up.
    pub media: bool,
    /// Since when neither is, if they were here before.
    pub away_since: Option<Time>,
    /// They left on purpose; the place is kept, nothing is forwarded to or from it.
    pub left: bool,
    /// A host who has been unreachable for longer than the grace time: cannot keep the sides company.
    pub lost: bool,
    /// Since when the hand is up.
    pub hand: Option<Time>,
    /// Since when the person would like a word with the mediator.
    pub knock: Option<Time>,
    /// A host keeps the microphone closed.
    pub locked: bool,
    /// A host asked the person to open the microphone; only the person can.
    pub asked: bool,
    /// Asked into this private area.
    pub asked_into: Option<AreaId>,
    /// Milliseconds of speech, as the media plane measured them, in the joint area.
    pub talk_ms: u64,
    /// What the person's own page found before the sitting.
    pub readiness: Option<Readiness>,
    /// The identity check for this sitting (R9).
    pub identity: Option<IdentityCheck>,
    /// Another device would like to have this seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_wish: Option<DeviceWish>,
    /// How often the seat moved to another device.
    #[serde(default, skip_serializing_if = "first_device")]
    pub devices: u32,
    /// A host asked to see the document.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub document_asked: bool,
    /// The photo of the document the person showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<PaperId>,
    /// A party who asked for another mediator (R4).
    pub wants_another: bool,
    /// Whom an interpreter or a helper goes with: moved together.
    pub bound_to: Option<SeatId>,
    /// Sits at that person's device: is there when it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub same_device: bool,
    /// Is asked in private about safety (R32).
    pub asked_safety: bool,
    /// A party under age: its guardian acts (R29).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub minor: bool,
    /// For which party, and with which powers (R28, R29).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Mandate>,
    /// The answer: known to hosts only.
    pub afraid: Option<bool>,
    /// The parties were asked whether this guest may come (R5).
    pub put_to_parties: bool,
    /// Parties who agreed to this guest.
    pub agreed_by: BTreeSet<SeatId>,
    /// Parties who did not.
    pub refused_by: BTreeSet<SeatId>,
    /// Until when somebody who was called stays.
    pub until: Option<Time>,
    /// The silent distress button was pressed and not yet answered.
    pub distress: bool,
    /// Since when the incident desk knows of it.
    pub desk_answered: Option<Time>,
    /// A line from the lobby to the mediator.
    pub note: Option<String>,
    /// The last word on being recorded; none: not asked or not answered.
    pub recording: Option<bool>,
}

/// Nothing is written of the usual: states of before are the same bytes.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn first_device(moves: &u32) -> bool {
    *moves == 0
}

impl Seat {
    /// A place that nobody has taken yet.
    pub(crate) fn of(who: &Invited, area: AreaId, at: Time) -> Self {
        Self {
            role: who.role,
            side: who.side,
            name: who.name.clone(),
            party: who.party,
            area,
            since: at,
            live: false,
            media: false,
            away_since: None,
            left: false,
            lost: false,
            hand: None,
            knock: None,
            locked: false,
            asked: false,
            asked_into: None,
            talk_ms: 0,
            readiness: None,
            identity: None,
            device_wish: None,
            devices: 0,
            document_asked: false,
            document: None,
            wants_another: false,
            bound_to: who.bound_to,
            same_device: who.same_device,
            asked_safety: who.asked_safety,
            minor: who.minor,
            mandate: who.mandate.clone(),
            afraid: None,
            put_to_parties: false,
            agreed_by: BTreeSet::new(),
            refused_by: BTreeSet::new(),
            until: None,
            distress: false,
            desk_answered: None,
            note: None,
            recording: None,
        }
    }

    /// Let in by the host: anywhere but in the lobby.
    pub fn admitted(&self) -> bool {
        self.area != AreaId::Lobby
    }

    /// Reachable by socket or by media, and has not left.
    pub fn online(&self) -> bool {
        (self.live || self.media) && !self.left
    }

    /// A host who is there to keep people company: has not left and is not lost.
    pub fn attends(&self) -> bool {
        self.role.hosts() && !self.left && !self.lost
    }

    /// May end the mediation without a reason (R2: PML 3 and 23(2)): a party, or who acts for one.
    pub fn may_stop(&self) -> bool {
        self.role.has(Right::Stop)
    }
}
