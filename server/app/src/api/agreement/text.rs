//! `GET /sessions/{session}/agreement/text`: the frozen text for reading aloud and for screen readers.

use axum::extract::State;
use domain::{Refusal, SessionId};
use serde::Serialize;
use utoipa::ToSchema;

use super::table::Table;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// The text that is signed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AgreementText {
    /// In reading order.
    paragraphs: Vec<String>,
    /// SHA-256 of the paragraphs joined by line feeds (UTF-8), lower-case hex.
    text_sha256: String,
}

/// The frozen text.
#[utoipa::path(
    get,
    path = "/sessions/{session}/agreement/text",
    tag = "agreement",
    operation_id = "read_agreement_text",
    params(("session" = SessionId, Path)),
    responses((status = 200, body = AgreementText), (status = 409, description = "not_frozen")),
    security(("seat" = []), ("staff" = []))
)]
pub(super) async fn text(
    State(app): State<AppState>,
    caller: Caller,
    Path(session): Path<SessionId>,
) -> Answer<Json<AgreementText>> {
    let table = Table::to_read(&app, &caller, session).await?;
    let agreement = table.agreement().await?.ok_or_else(Problem::not_found)?;
    let frozen = agreement.frozen.ok_or_else(|| Refusal::conflict("not_frozen"))?;
    Ok(Json(AgreementText { paragraphs: frozen.paragraphs, text_sha256: frozen.text_sha256 }))
}
