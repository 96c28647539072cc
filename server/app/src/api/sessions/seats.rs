//! `POST /sessions/{id}/seats`: sets a further seat: a lawyer, an interpreter, a party who joined later.

use axum::extract::State;
use axum::http::StatusCode;
use domain::access::Action;
use domain::timeline::Draft;
use domain::{LinkState, PartyId, Refusal, Right, Seat, SeatId, SeatRole, SessionId, Side, StaffId};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::mandate::{NewMandate, given};
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
    /// Whom an interpreter or a helper goes with; a helper always goes with somebody.
    bound_to: Option<SeatId>,
    /// What an agent, a guardian or a lawyer may do for a party (R28, R29). Unsaid: a guardian acts by law, an agent
    /// has general authority alone, a lawyer none.
    mandate: Option<NewMandate>,
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
        (status = 409, body = ProblemBody, description = "session_over, seat_taken, table_full, conflict_of_interest, too_many_agents"),
        (status = 422, body = ProblemBody, description = "name_invalid, role_invalid, side_invalid, party_unknown, staff_unknown, bound_seat_invalid, mandate_invalid, mandate_expired"),
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
    if new.role.has(Right::NeutralOnly) && new.side != Side::Neutral {
        return Err(Refusal::invalid("side_invalid").into());
    }
    let seats = store::seat::of_session(&tx, id).await?;
    if seats.len() >= SEATS_AT_MOST {
        return Err(Refusal::conflict("table_full").into());
    }
    let lead = lead(&new, &seats)?;
    if new.role == SeatRole::Lawyer {
        one_side_only(&tx, &case, &new, &name).await?;
    }
    let party_id = party(&tx, &case, &new, &name, &seats).await?;
    if let Some(staff) = new.staff_id {
        let known = store::staff::find(&tx, staff).await?.is_some_and(|staff| staff.active);
        if !known || new.role.is_party() {
            return Err(Refusal::invalid("staff_unknown").into());
        }
        if seats.iter().any(|seat| seat.staff_id == Some(staff)) {
            return Err(Refusal::conflict("seat_taken").into());
        }
    }
    let mandate = match new.mandate.or_else(|| NewMandate::unsaid(new.role)) {
        Some(mandate) => Some(given(&tx, case.id, (new.role, new.side), None, mandate, &seats, now).await?),
        None => None,
    };
    let seat = Seat {
        id: app.ids.next(),
        session_id: id,
        role: new.role,
        side: new.side,
        name,
        party_id,
        staff_id: new.staff_id,
        bound_to: lead,
        same_device: false,
        mandate,
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

/// Whom the new seat goes with: somebody on its side who is no host and goes with nobody; an interpreter takes no side.
fn lead(new: &NewSeat, seats: &[Seat]) -> Result<Option<SeatId>, Refusal> {
    let invalid = || Refusal::invalid("bound_seat_invalid");
    let Some(id) = new.bound_to else {
        return if new.role == SeatRole::Helper { Err(invalid()) } else { Ok(None) };
    };
    let lead = seats.iter().find(|seat| seat.id == id).ok_or_else(invalid)?;
    let fits = match new.role {
        SeatRole::Helper => new.side == lead.side,
        SeatRole::Interpreter => !new.side.opposes(lead.side),
        _ => false,
    };
    if fits && !lead.role.hosts() && lead.bound_to.is_none() { Ok(Some(id)) } else { Err(invalid()) }
}

/// R30 (律师法 39): a lawyer is a neutral adviser or acts for one side, in all sittings of a case alike.
async fn one_side_only(tx: &Tx, case: &domain::Case, new: &NewSeat, name: &str) -> Answer<()> {
    for sitting in store::sitting::of_case(tx, case.id).await? {
        let seats = store::seat::of_session(tx, sitting.id).await?;
        let same = |seat: &&Seat| match (seat.staff_id, new.staff_id) {
            (Some(one), Some(other)) => one == other,
            _ => seat.name == name,
        };
        let other_side = |seat: &Seat| seat.role == SeatRole::Lawyer && seat.side != new.side;
        if seats.iter().filter(same).any(other_side) {
            return Err(Refusal::conflict("conflict_of_interest").into());
        }
    }
    Ok(())
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
