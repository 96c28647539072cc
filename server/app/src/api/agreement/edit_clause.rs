//! `PUT /sessions/{session}/agreement/clauses/{clause}`.

use axum::extract::State;
use domain::access::Action;
use domain::{ClauseId, SessionId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Answer;
use crate::state::AppState;

/// New words for a clause.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ClauseEdit {
    /// The words.
    text: String,
    /// The version they replace.
    version: i32,
}

/// Changes the words of a clause; the stances on this clause, and on no other, become old.
#[utoipa::path(
    put,
    path = "/sessions/{session}/agreement/clauses/{clause}",
    tag = "agreement",
    params(("session" = SessionId, Path), ("clause" = ClauseId, Path)),
    request_body = ClauseEdit,
    responses((status = 200, body = AgreementView), (status = 409, description = "clause_changed, agreement_frozen")),
    security(("seat" = []))
)]
pub(super) async fn edit_clause(
    State(app): State<AppState>,
    caller: Caller,
    Path((session, clause)): Path<(SessionId, ClauseId)>,
    Json(edit): Json<ClauseEdit>,
) -> Answer<Json<AgreementView>> {
    let table = Table::to(&app, &caller, session, Action::EditAgreement).await?;
    let mut agreement = table.locked().await?;
    agreement.edit_clause(clause, &edit.text, edit.version)?;
    Ok(Json(table.commit(&agreement).await?))
}
