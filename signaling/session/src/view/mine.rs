//! What concerns the viewer alone: what is asked of this seat, and what it was told.

use chrono::{DateTime, Utc};
use domain::{SeatId, SeatRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ActingFor, Announcement, ConfidenceView, ConflictStatement, OfferView, Seat, Session};

/// What concerns the viewer alone, or was meant for the viewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a screen that do not depend on each other")]
pub struct Mine {
    /// My microphone is kept closed: a host locked it, or somebody else speaks in quiet.
    pub silenced: bool,
    /// The mediator asks me to open my microphone.
    pub asked_to_speak: bool,
    /// The mediator meets me at the door, before the start.
    pub greeted: bool,
    /// Another device asks for my seat; the number on its screen.
    pub device_asks: Option<String>,
    /// The mediator asks to see my document (R9).
    pub document_asked: bool,
    /// The mediator asks me into a private talk.
    pub invited: bool,
    /// I have knocked.
    pub knocking: bool,
    /// I am asked whether it is safe for me to meet the other side (R32); nobody of it can look on.
    pub safety_question: bool,
    /// Guests I am asked about (R5).
    pub guests: Vec<GuestView>,
    /// What I confided, wrote down, or was told.
    pub confidences: Vec<ConfidenceView>,
    /// Bids and proposals I am asked for.
    pub offers: Vec<OfferView>,
    /// The mediator's word to everybody.
    pub announcement: Option<Announcement>,
    /// What the mediator disclosed (R4).
    pub conflict: Option<ConflictStatement>,
    /// I asked for another mediator.
    pub wants_another: bool,
    /// When we meet again.
    pub next_at: Option<DateTime<Utc>>,
    /// Until when I am asked to stay, if I was called.
    pub until: Option<DateTime<Utc>>,
    /// Who acts for me, and with which powers (R28, R29).
    pub represented_by: Vec<ActingFor>,
}

/// Somebody the mediator would like to invite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GuestView {
    /// The seat.
    pub seat: SeatId,
    /// Role.
    pub role: SeatRole,
    /// Name.
    pub name: String,
}

impl Mine {
    pub(super) fn of(session: &Session, viewer: SeatId, me: &Seat) -> Self {
        let guest = |id| session.seat(id).map(|s| GuestView { seat: id, role: s.role, name: s.name.clone() });
        Self {
            silenced: session.silenced(viewer),
            asked_to_speak: me.asked,
            greeted: !me.role.hosts() && session.seats().any(|(id, _)| session.greets(viewer, id)),
            device_asks: me.device_wish.as_ref().map(|wish| wish.code.clone()),
            document_asked: me.document_asked,
            safety_question: session.safety_question(me),
            invited: me.asked_into.is_some_and(|area| session.is_open(area)),
            knocking: me.knock.is_some(),
            guests: session.asked_about(viewer).into_iter().filter_map(guest).collect(),
            confidences: session.confidences(viewer),
            offers: session.offers(viewer),
            announcement: session.announcement.clone(),
            conflict: session.opening.conflict.clone(),
            wants_another: me.wants_another,
            next_at: session.next_at,
            until: me.until,
            represented_by: session.acting_for(me),
        }
    }
}
