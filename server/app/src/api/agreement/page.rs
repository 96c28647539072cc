//! `GET /sessions/{session}/agreement/pages/{n}`: the frozen text as it is printed.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::{Refusal, SessionId};

use super::table::Table;
use crate::caller::Caller;
use crate::extract::Path;
use crate::jobs::source;
use crate::paper::unsigned;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// One page as PNG, from 1.
#[utoipa::path(
    get,
    path = "/sessions/{session}/agreement/pages/{n}",
    tag = "agreement",
    operation_id = "read_agreement_page",
    params(("session" = SessionId, Path), ("n" = usize, Path)),
    responses((status = 200, content_type = "image/png"), (status = 409, description = "not_frozen"), (status = 404)),
    security(("seat" = []), ("staff" = []))
)]
pub(super) async fn page(
    State(app): State<AppState>,
    caller: Caller,
    Path((session, page)): Path<(SessionId, usize)>,
) -> Answer<Response> {
    let table = Table::to_read(&app, &caller, session).await?;
    let agreement = table.agreement().await?.ok_or_else(Problem::not_found)?;
    drop(table);
    let frozen = agreement.frozen.as_ref().ok_or_else(|| Refusal::conflict("not_frozen"))?;
    let png = app.press.page(&frozen.text_sha256, page, source(frozen)?, unsigned(&agreement)).await?;
    // Private and short: the address stays the same when the text is taken back and frozen anew.
    Ok(([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, "private, no-cache")], png).into_response())
}
