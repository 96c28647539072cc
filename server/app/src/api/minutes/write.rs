//! `POST /sessions/{id}/minutes`: adds an entry, or puts one right.

use axum::extract::State;
use axum::response::Response;
use domain::access::Action;
use domain::minutes::{Draft, EntryKind};
use domain::{EntryId, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::EntryView;
use crate::api::guard;
use crate::api::once::{Key, Once};
use crate::api::sessions::table;
use crate::caller::SeatCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// What to write.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct NewEntry {
    kind: EntryKind,
    speaker: String,
    text: String,
    corrects: Option<EntryId>,
}

/// Adds an entry and shows it to those at the table who may read it.
#[utoipa::path(
    post,
    path = "/sessions/{id}/minutes",
    tag = "minutes",
    params(("id" = SessionId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewEntry,
    security(("seat" = [])),
    responses(
        (status = 201, body = EntryView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "entry_corrected"),
        (status = 422, body = ProblemBody, description = "text_missing, text_too_long, entry_unknown"),
    )
)]
pub(super) async fn write(
    State(app): State<AppState>,
    caller: SeatCaller,
    Path(id): Path<SessionId>,
    key: Key,
    Json(new): Json<NewEntry>,
) -> Answer<Response> {
    let tx = app.store.begin().await?;
    let seat = guard::seat(&tx, &caller, id, Action::WriteMinutes).await?;
    let pending =
        match key.claim(&app, &tx, &format!("{} POST /sessions/{id}/minutes", seat.id), &new).await? {
            Once::Now(pending) => pending,
            Once::Before(answer) => return Ok(answer),
        };
    let former = store::minutes::of_session(&tx, id).await?;
    let NewEntry { kind, speaker, text, corrects } = new;
    let draft = Draft { kind, speaker, text, corrects }.parse(&former)?;
    let entry = store::minutes::append(&tx, id, app.ids.next(), draft, seat.id, app.clock.now()).await?;
    let entry = EntryView::from(entry);
    let answer = pending.created(&tx, &entry).await?;
    tx.commit().await?;
    table::publish_entry(&app, id, &entry).await;
    Ok(answer)
}
