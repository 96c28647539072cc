//! `PUT /sessions/{id}/seats/{seat}/device`: several people at one device, called by roll. Each has a seat, an identity
//! check and a signature of their own; they are there, and moved, with the one whose device it is.

use axum::extract::State;
use domain::access::Action;
use domain::timeline::Draft;
use domain::{LinkState, Refusal, Seat, SeatId, SessionId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{SeatView, table};
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// At whose device.
#[derive(Deserialize, ToSchema)]
pub(super) struct AtDevice {
    /// The seat whose device it is; none: at an own one again.
    of: Option<SeatId>,
}

/// Seats somebody at another person's device; their own link ends.
#[utoipa::path(
    put,
    path = "/sessions/{id}/seats/{seat}/device",
    tag = "sessions",
    operation_id = "seat_at_device",
    params(("id" = SessionId, Path), ("seat" = SeatId, Path)),
    request_body = AtDevice,
    security(("staff" = [])),
    responses(
        (status = 200, body = SeatView),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "session_over"),
        (status = 422, body = ProblemBody, description = "device_invalid"),
    )
)]
pub(super) async fn put(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path((id, seat)): Path<(SessionId, SeatId)>,
    Json(AtDevice { of }): Json<AtDevice>,
) -> Answer<Json<SeatView>> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let (sitting, case) = guard::sitting(&tx, &caller, id, Action::ManageSeats).await?;
    if sitting.phase.is_over() {
        return Err(Refusal::conflict("session_over").into());
    }
    let mut seat = store::seat::find_in(&tx, id, seat).await?.ok_or_else(Problem::not_found)?;
    let seats = store::seat::of_session(&tx, id).await?;
    let lead =
        of.map(|of| seats.iter().find(|other| other.id == of).ok_or_else(Problem::not_found)).transpose()?;
    if lead.is_some_and(|lead| !may_share(&seat, lead, &seats)) {
        return Err(Refusal::invalid("device_invalid").into());
    }
    let before = (seat.bound_to, seat.same_device);
    if lead.is_some() || seat.same_device {
        (seat.bound_to, seat.same_device) = (of, of.is_some());
    }
    if before != (seat.bound_to, seat.same_device) {
        store::seat::save_device(&tx, &seat).await?;
        let word = lead.map_or_else(
            || format!("{}使用自己的设备", seat.name),
            |lead| format!("{}与{}使用同一设备", seat.name, lead.name),
        );
        let draft = Draft {
            actor: guard::name(&tx, &caller).await?,
            kind: "seat_device".into(),
            summary: word,
            data: json!({"session": id, "seat": seat.id, "device_of": of}),
        };
        store::timeline::append(&tx, case.id, draft, now).await?;
        if of.is_some() {
            store::seat_link::revoke(&tx, seat.id, now).await?;
        }
    }
    let link = store::seat_link::of_seat(&tx, seat.id).await?;
    tx.commit().await?;
    if of.is_some() {
        // The own phone is out before the place at the other one is taken.
        table::kick(&app, id, seat.id).await;
    }
    table::refresh(&app, id).await;
    Ok(Json(SeatView::of(seat, link.map_or(LinkState::None, |link| link.state(now)))))
}

/// On one side, both from outside the house, and the one whose device it is goes with nobody; nobody sits with `seat`.
fn may_share(seat: &Seat, lead: &Seat, seats: &[Seat]) -> bool {
    let outside = |one: &Seat| one.staff_id.is_none() && !one.role.hosts();
    let alone = !seats.iter().any(|other| other.bound_to == Some(seat.id));
    let free = seat.bound_to.is_none() || seat.same_device;
    seat.id != lead.id
        && seat.side == lead.side
        && outside(seat)
        && outside(lead)
        && lead.bound_to.is_none()
        && alone
        && free
}
