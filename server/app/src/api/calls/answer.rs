//! `POST /calls/{call}/answer` and `/decline`: comes to the sitting, or lets the next one be rung.

use axum::extract::State;
use axum::http::StatusCode;
use domain::duty::{CallStatus, ExpertCall, RingAnswer};
use domain::timeline::Draft;
use domain::{CallId, Phase, Refusal, Seat, SeatId, SessionId, Side};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::mine;
use crate::api::guard;
use crate::api::sessions::table;
use crate::caller::StaffCaller;
use crate::duty::candidates;
use crate::duty::switchboard;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// Where the caller's seat is.
#[derive(Serialize, ToSchema)]
pub(super) struct Answered {
    session_id: SessionId,
    seat_id: SeatId,
}

/// Why not.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Decline {
    /// Has to do with a party, and is not rung for this case again (R4, R30).
    #[serde(default)]
    conflict: bool,
}

/// Takes the call: the caller gets a seat, and the parties are asked whether they may come (R5).
#[utoipa::path(
    post,
    path = "/calls/{call}/answer",
    tag = "calls",
    params(("call" = CallId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = Answered),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "call_over, conflict_of_interest, seat_taken"),
    )
)]
pub(super) async fn answer(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CallId>,
) -> Answer<Json<Answered>> {
    let tx = app.store.begin().await?;
    let (mut call, rung) = mine(&tx, &app, &caller, id).await?;
    if rung.answer == Some(RingAnswer::Taken) {
        // A second tap, or another window.
        let seat_id = call.seat_id.ok_or_else(Problem::not_found)?;
        return Ok(Json(Answered { session_id: call.session_id, seat_id }));
    }
    let seat_id = sit(&tx, &app, &caller, &call).await?;
    (call.status, call.taken_by, call.seat_id) = (CallStatus::Taken, Some(caller.id), Some(seat_id));
    store::expert_call::answer(&tx, id, caller.id, RingAnswer::Taken).await?;
    store::expert_call::save(&tx, &call).await?;
    tx.commit().await?;
    table::refresh(&app, call.session_id).await;
    if let Err(refusal) = app.live.hub.take_call(call.session_id, call.number, seat_id).await {
        // Called off in this very moment: the seat stays empty.
        let tx = app.store.begin().await?;
        call.status = CallStatus::Over;
        store::expert_call::save(&tx, &call).await?;
        tx.commit().await?;
        return Err(refusal.into());
    }
    app.live.hub.bell().ring();
    Ok(Json(Answered { session_id: call.session_id, seat_id }))
}

/// The caller's seat at this table: the one they have, or a new neutral one.
async fn sit(tx: &Tx, app: &AppState, caller: &StaffCaller, call: &ExpertCall) -> Answer<SeatId> {
    let sitting = store::sitting::find(tx, call.session_id).await?.ok_or_else(Problem::not_found)?;
    let case = store::case::find(tx, call.case_id).await?.ok_or_else(Problem::not_found)?;
    if sitting.phase.is_over() || sitting.phase == Phase::Scheduled {
        return Err(Refusal::conflict("call_over").into());
    }
    // R30: once more, for a seat may have been given since it began to ring.
    let now = app.clock.now();
    let me = candidates::of_case(tx, &case, now).await?.into_iter().find(|c| c.staff.id == caller.id);
    if me.is_some_and(|me| me.conflict.is_some()) {
        return Err(Refusal::conflict("conflict_of_interest").into());
    }
    let role = call.expert.seat_role();
    if let Some(seat) = store::seat::of_staff(tx, sitting.id, caller.id).await? {
        let same = seat.role == role && seat.side == Side::Neutral;
        return if same { Ok(seat.id) } else { Err(Refusal::conflict("seat_taken").into()) };
    }
    let seat = Seat {
        id: app.ids.next(),
        session_id: sitting.id,
        role,
        side: Side::Neutral,
        name: guard::name(tx, caller).await?,
        party_id: None,
        staff_id: Some(caller.id),
        bound_to: None,
        same_device: false,
        mandate: None,
    };
    store::seat::insert(tx, &seat).await?;
    let draft = Draft {
        actor: seat.name.clone(),
        kind: "seat_added".into(),
        summary: format!("增加席位：{}", seat.name),
        data: json!({"session": sitting.id, "seat": seat.id, "role": seat.role, "side": seat.side}),
    };
    store::timeline::append(tx, case.id, draft, now).await?;
    Ok(seat.id)
}

/// Cannot come, or may not: the next desk rings.
#[utoipa::path(
    post,
    path = "/calls/{call}/decline",
    tag = "calls",
    params(("call" = CallId, Path)),
    request_body = Decline,
    security(("staff" = [])),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "call_taken"),
    )
)]
pub(super) async fn decline(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CallId>,
    Json(decline): Json<Decline>,
) -> Answer<StatusCode> {
    let tx = app.store.begin().await?;
    let (_, rung) = mine(&tx, &app, &caller, id).await?;
    if rung.answer.is_some() {
        return Err(Refusal::conflict("call_taken").into());
    }
    let answer = if decline.conflict { RingAnswer::Conflict } else { RingAnswer::Declined };
    store::expert_call::answer(&tx, id, caller.id, answer).await?;
    tx.commit().await?;
    switchboard::next(&app, id).await?;
    app.live.hub.bell().ring();
    Ok(StatusCode::NO_CONTENT)
}
