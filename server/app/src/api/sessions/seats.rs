//! `POST /sessions/{id}/seats`: sets a further seat: a lawyer, an interpreter, a party who joined later.

use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Action;
use domain::timeline::Draft;
use domain::{LinkState, PartyId, Refusal, Seat, SeatRole, SessionId, Side, StaffId};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::{SeatView, table};
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// More seats than this no table has.
const SEATS_AT_MOST: usize = 40;

/// Who is to sit where. `staff_id` seats a colleague, who comes in by signing in and needs no link.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewSeat {
    role: SeatRole,
    side: Side,
    name: String,
    staff_id: Option<StaffId>,
}

/// Adds a seat. A party's seat is for a party of the case by its name; the mediator's own seat is set once, at scheduling.
#[utoipa::path(
    post,
    path = "/sessions/{id}/seats",
    tag = "sessions",
    params(("id" = SessionId, Path)),
    request_body = NewSeat,
    security(("staff" = [])),
    responses(
        (status = 201, body = SeatView),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "session_over, seat_taken, table_full, conflict_of_interest"),
        (status = 422, body = ProblemBody, description = "name_invalid, role_invalid, side_invalid, party_unknown, staff_unknown"),
    )
)]
pub(super) async fn add(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<SessionId>,
    Json(new): Json<NewSeat>,
) -> Answer<(StatusCode, Json<SeatView>)> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let (sitting, case) = guard::sitting(&tx, &caller, id, Action::ManageSeats).await?;
    if sitting.phase.is_over() {
        return Err(Refusal::conflict("session_over").into());
    }
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Refusal::invalid("name_invalid").into());
    }
    if new.role == SeatRole::Mediator {
        return Err(Refusal::invalid("role_invalid").into());
    }
    // who hosts or writes stands on nobody's side
    let neutral_only = new.role.hosts()
        || matches!(
            new.role,
            SeatRole::Clerk | SeatRole::Observer | SeatRole::Liaison | SeatRole::RoomCamera
        );
    if neutral_only && new.side != Side::Neutral {
        return Err(Refusal::invalid("side_invalid").into());
    }
    let seats = store::seat::of_session(&tx, id).await?;
    if seats.len() >= SEATS_AT_MOST {
        return Err(Refusal::conflict("table_full").into());
    }
    let party_id = party(&tx, &case, &new, &name, &seats).await?;
    if let Some(staff) = new.staff_id {
        let known = store::staff::find(&tx, staff).await?.is_some_and(|staff| staff.active);
        if !known || new.role.is_party() {
            return Err(Refusal::invalid("staff_unknown").into());
        }
        // R30: who advised this case as a neutral stands on no side of it, and the other way round.
        let conflict = new.role == SeatRole::Lawyer && stands_otherwise(&tx, &case, staff, new.side).await?;
        if conflict {
            return Err(Refusal::conflict("conflict_of_interest").into());
        }
        if seats.iter().any(|seat| seat.staff_id == Some(staff)) {
            return Err(Refusal::conflict("seat_taken").into());
        }
    }
    let seat = Seat {
        id: app.ids.next(),
        session_id: id,
        role: new.role,
        side: new.side,
        name,
        party_id,
        staff_id: new.staff_id,
    };
    store::seat::insert(&tx, &seat).await?;
    let draft = Draft {
        actor: guard::name(&tx, &caller).await?,
        kind: "seat_added".into(),
        summary: format!("增加席位：{}", seat.name),
        data: json!({"session": id, "seat": seat.id, "role": seat.role, "side": seat.side}),
    };
    store::timeline::append(&tx, case.id, draft, now).await?;
    tx.commit().await?;
    table::refresh(&app, id).await;
    Ok((StatusCode::CREATED, Json(SeatView::of(seat, LinkState::None))))
}

/// Whether this lawyer has sat on another side of this case, or on none.
async fn stands_otherwise(tx: &Tx, case: &domain::Case, staff: StaffId, side: Side) -> Answer<bool> {
    for sitting in store::sitting::of_case(tx, case.id).await? {
        let seat = store::seat::of_staff(tx, sitting.id, staff).await?;
        if seat.is_some_and(|seat| seat.side != side) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The party a party's seat is for: of this side and name, and without a seat yet.
async fn party(
    tx: &Tx,
    case: &domain::Case,
    new: &NewSeat,
    name: &str,
    seats: &[Seat],
) -> Answer<Option<PartyId>> {
    if !new.role.is_party() {
        return Ok(None);
    }
    if new.side.seat_role() != new.role {
        return Err(Refusal::invalid("side_invalid").into());
    }
    let mut parties = store::party::of_case(tx, case.id).await?;
    parties.retain(|party| party.side == new.side && party.name == name);
    if parties.is_empty() {
        return Err(Refusal::invalid("party_unknown").into());
    }
    let free = parties.iter().find(|party| seats.iter().all(|seat| seat.party_id != Some(party.id)));
    Ok(Some(free.ok_or_else(|| Refusal::conflict("seat_taken"))?.id))
}
