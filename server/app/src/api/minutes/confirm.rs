//! `POST /sessions/{id}/minutes/{entry}/confirm`: “read and correct”, or what is wrong (R12).

use axum::extract::State;
use domain::access::Action;
use domain::{EntryId, SessionId, minutes};
use serde::Deserialize;
use utoipa::ToSchema;

use super::EntryView;
use crate::api::guard;
use crate::api::sessions::table;
use crate::caller::SeatCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// A word about an entry.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ConfirmRequest {
    ok: bool,
    /// What is wrong; needed for a no.
    remark: Option<String>,
}

/// Keeps the caller's word about an entry; a later word replaces the former.
#[utoipa::path(
    post,
    path = "/sessions/{id}/minutes/{entry}/confirm",
    tag = "minutes",
    params(("id" = SessionId, Path), ("entry" = EntryId, Path)),
    request_body = ConfirmRequest,
    security(("seat" = [])),
    responses(
        (status = 200, body = EntryView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "entry_corrected"),
        (status = 422, body = ProblemBody, description = "remark_missing, text_too_long"),
    )
)]
pub(super) async fn confirm(
    State(app): State<AppState>,
    caller: SeatCaller,
    Path((id, entry)): Path<(SessionId, EntryId)>,
    Json(ConfirmRequest { ok, remark }): Json<ConfirmRequest>,
) -> Answer<Json<EntryView>> {
    let tx = app.store.begin().await?;
    let seat = guard::seat(&tx, &caller, id, Action::ConfirmMinutes).await?;
    let all = store::minutes::of_session(&tx, id).await?;
    let mut entry = all.iter().find(|e| e.id == entry).cloned().ok_or_else(Problem::not_found)?;
    let word = minutes::confirm(&entry, &all, (seat.id, seat.role), ok, remark, app.clock.now())?;
    store::minutes::confirm(&tx, entry.id, &word).await?;
    tx.commit().await?;
    entry.confirmations.retain(|former| former.seat_id != seat.id);
    entry.confirmations.push(word);
    let entry = EntryView::from(entry);
    table::publish_entry(&app, id, &entry).await;
    Ok(Json(entry))
}
