//! `GET /join/{token}`: who invites whom, to what, when. Looking binds nothing.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use domain::consent::{NOTICE_VERSION, standing};
use domain::link::Admission;
use domain::{ConsentKind, DisputeKind, Phase, SeatId, SeatRole, SessionId, Side};
use serde::Serialize;
use utoipa::ToSchema;

use super::key::AtDoor;
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// What stands on the door.
#[derive(Serialize, ToSchema)]
pub(super) struct Door {
    session_id: SessionId,
    seat: DoorSeat,
    title: String,
    kind: DisputeKind,
    case_number: Option<String>,
    scheduled_at: DateTime<Utc>,
    organization: String,
    room: String,
    mediator: DoorMediator,
    others: Vec<DoorOther>,
    /// To this device.
    bound: bool,
    /// Another window of this browser has the seat now: who wants to go on here says so first.
    elsewhere: bool,
    phase: Phase,
    /// This person's standing word on each question; `null`: never asked.
    #[schema(value_type = std::collections::BTreeMap<String, Option<bool>>)]
    consents: BTreeMap<ConsentKind, Option<bool>>,
    notice_version: String,
    demo: bool,
}

#[derive(Serialize, ToSchema)]
struct DoorSeat {
    id: SeatId,
    role: SeatRole,
    side: Side,
    name: String,
}

#[derive(Serialize, ToSchema)]
struct DoorMediator {
    name: String,
    title: String,
}

#[derive(Serialize, ToSchema)]
struct DoorOther {
    name: String,
    role: SeatRole,
}

/// The door of a personal link.
#[utoipa::path(
    get,
    path = "/join/{token}",
    tag = "join",
    params(("token" = String, Path)),
    responses(
        (status = 200, body = Door),
        (status = 404, body = ProblemBody, description = "link_unknown"),
        (status = 409, body = ProblemBody, description = "link_bound_elsewhere"),
        (status = 410, body = ProblemBody, description = "link_expired, link_revoked"),
        (status = 429, body = ProblemBody, description = "too_many"),
    )
)]
pub(super) async fn door(State(app): State<AppState>, at_door: AtDoor) -> Answer<impl IntoResponse> {
    let tx = app.store.read().await?;
    let behind = at_door.look(&app, &tx).await?;
    let organization = store::organization::find(&tx, behind.case.organization_id).await?;
    let mediator = match behind.case.mediator {
        Some(id) => store::staff::find(&tx, id).await?,
        None => None,
    };
    let words = match behind.seat.party_id {
        Some(party) => store::consent::of_party(&tx, party).await?,
        None => Vec::new(),
    };
    let seats = store::seat::of_session(&tx, behind.sitting.id).await?;
    let others = seats.into_iter().filter(|seat| seat.id != behind.seat.id);
    // The hub reads for itself: no transaction stays open meanwhile.
    drop(tx);
    let bound = behind.admission == Admission::Mine;
    let door = Door {
        session_id: behind.sitting.id,
        title: behind.case.title,
        kind: behind.case.kind,
        case_number: behind.case.number,
        scheduled_at: behind.sitting.scheduled_at,
        organization: organization.map(|o| o.name).unwrap_or_default(),
        room: behind.sitting.room,
        mediator: mediator.map_or_else(
            || DoorMediator { name: String::new(), title: String::new() },
            |staff| DoorMediator { name: staff.name, title: staff.title },
        ),
        others: others.map(|seat| DoorOther { name: seat.name, role: seat.role }).collect(),
        bound,
        elsewhere: bound && app.live.hub.is_here(behind.sitting.id, behind.seat.id).await,
        phase: behind.sitting.phase,
        consents: ConsentKind::ALL
            .iter()
            .map(|kind| (*kind, standing(&words, *kind).map(|c| c.given)))
            .collect(),
        notice_version: NOTICE_VERSION.to_owned(),
        demo: app.config.demo,
        seat: DoorSeat {
            id: behind.seat.id,
            role: behind.seat.role,
            side: behind.seat.side,
            name: behind.seat.name,
        },
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(door)))
}
