//! `POST` and `DELETE /sessions/{id}/seats/{seat}/link`: makes a seat's personal link, takes it back (T3).

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::link::{self, TOKEN_BYTES};
use domain::timeline::Draft;
use domain::{CaseId, Refusal, Seat, SeatId, SessionId};
use serde::Serialize;
use serde_json::json;
use store::Tx;
use store::seat_link::NewLink;
use utoipa::ToSchema;

use super::table;
use crate::api::guard;
use crate::caller::{Origin, StaffCaller};
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// A link, shown this once: only its hash is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct FreshLink {
    join_url: String,
    expires_at: DateTime<Utc>,
}

/// Makes a new link for a seat and takes the former one back; who held it is out at once.
#[utoipa::path(
    post,
    path = "/sessions/{id}/seats/{seat}/link",
    tag = "sessions",
    params(("id" = SessionId, Path), ("seat" = SeatId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = FreshLink),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "session_over, seat_of_staff"),
    )
)]
pub(super) async fn issue(
    State(app): State<AppState>,
    caller: StaffCaller,
    origin: Origin,
    Path((id, seat)): Path<(SessionId, SeatId)>,
) -> Answer<impl IntoResponse> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let (sitting, case) = guard::sitting(&tx, &caller, id, Action::ManageLinks).await?;
    let seat = store::seat::find_in(&tx, id, seat).await?.ok_or_else(Problem::not_found)?;
    if sitting.phase.is_over() {
        return Err(Refusal::conflict("session_over").into());
    }
    if seat.staff_id.is_some() {
        return Err(Refusal::conflict("seat_of_staff").into());
    }
    // Who gets a link of their own no longer sits at somebody else's device.
    if seat.same_device {
        let alone = Seat { bound_to: None, same_device: false, ..seat.clone() };
        store::seat::save_device(&tx, &alone).await?;
    }
    let token = link::token(app.random.bytes::<TOKEN_BYTES>());
    let expires_at = link::expiry(sitting.scheduled_at, now);
    let hash = link::hash(&token);
    store::seat_link::issue(
        &tx,
        &NewLink { id: app.ids.next(), seat_id: seat.id, token_hash: &hash, expires_at },
        now,
    )
    .await?;
    note(&tx, &caller, case.id, &seat, ("link_issued", "生成入会链接"), now).await?;
    tx.commit().await?;
    table::refresh(&app, id).await;
    table::kick(&app, id, seat.id).await;
    let link = FreshLink { join_url: format!("{}/j/{token}", origin.0), expires_at };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(link)))
}

/// Takes a seat's link back; who held it is out at once, on both wires.
#[utoipa::path(
    delete,
    path = "/sessions/{id}/seats/{seat}/link",
    tag = "sessions",
    params(("id" = SessionId, Path), ("seat" = SeatId, Path)),
    security(("staff" = [])),
    responses((status = 204), (status = 404, body = ProblemBody, description = "not_found"))
)]
pub(super) async fn revoke(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path((id, seat)): Path<(SessionId, SeatId)>,
) -> Answer<StatusCode> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let (_, case) = guard::sitting(&tx, &caller, id, Action::ManageLinks).await?;
    let seat = store::seat::find_in(&tx, id, seat).await?.ok_or_else(Problem::not_found)?;
    if store::seat_link::revoke(&tx, seat.id, now).await? {
        note(&tx, &caller, case.id, &seat, ("link_revoked", "收回入会链接"), now).await?;
    }
    tx.commit().await?;
    table::kick(&app, id, seat.id).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn note(
    tx: &Tx,
    caller: &StaffCaller,
    case: CaseId,
    seat: &Seat,
    (kind, words): (&str, &str),
    now: DateTime<Utc>,
) -> Answer<()> {
    let draft = Draft {
        actor: guard::name(tx, caller).await?,
        kind: kind.into(),
        summary: format!("{words}：{}", seat.name),
        data: json!({"session": seat.session_id, "seat": seat.id}),
    };
    store::timeline::append(tx, case, draft, now).await?;
    Ok(())
}
