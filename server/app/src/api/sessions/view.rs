//! A sitting and its seats as the desk reads them.

use chrono::{DateTime, Utc};
use domain::{
    Case, CaseId, DisputeKind, LinkState, Mandate, Outcome, PartyId, Phase, Seat, SeatId, SeatRole,
    SessionId, Side, Sitting, StaffId,
};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use crate::problem::Answer;

/// A sitting.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    id: SessionId,
    case_id: CaseId,
    case_number: Option<String>,
    title: String,
    kind: DisputeKind,
    scheduled_at: DateTime<Utc>,
    room: String,
    phase: Phase,
    outcome: Option<Outcome>,
    seats: Vec<SeatView>,
    /// Pairs of seats who may never share an area.
    screens: Vec<(SeatId, SeatId)>,
}

/// A seat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Seat)]
pub struct SeatView {
    id: SeatId,
    role: SeatRole,
    side: Side,
    name: String,
    party_id: Option<PartyId>,
    staff_id: Option<StaffId>,
    /// Whom an interpreter or a helper goes with.
    bound_to: Option<SeatId>,
    /// At the device of the one it is bound to.
    same_device: bool,
    /// What it may do for a party.
    mandate: Option<Mandate>,
    /// How its personal link stands; staff need none.
    link: LinkState,
}

impl SessionView {
    /// With its seats and how their links stand.
    pub(super) async fn of(tx: &Tx, sitting: &Sitting, case: &Case, now: DateTime<Utc>) -> Answer<Self> {
        let links = store::seat_link::of_session(tx, sitting.id).await?;
        let seats = store::seat::of_session(tx, sitting.id).await?;
        let seats = seats
            .into_iter()
            .map(|seat| {
                let link = links.get(&seat.id).map_or(LinkState::None, |link| link.state(now));
                SeatView::of(seat, link)
            })
            .collect();
        Ok(Self {
            id: sitting.id,
            case_id: case.id,
            case_number: case.number.clone(),
            title: case.title.clone(),
            kind: case.kind,
            scheduled_at: sitting.scheduled_at,
            room: sitting.room.clone(),
            phase: sitting.phase,
            outcome: sitting.outcome,
            seats,
            screens: store::safety::screens(tx, sitting.id).await?,
        })
    }
}

impl SeatView {
    pub(super) fn of(seat: Seat, link: LinkState) -> Self {
        let Seat { id, role, side, name, party_id, staff_id, bound_to, same_device, mandate, .. } = seat;
        Self { id, role, side, name, party_id, staff_id, bound_to, same_device, mandate, link }
    }
}
