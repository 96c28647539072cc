//! `DELETE /sessions/{session}/agreement/clauses/{clause}`.

use axum::extract::State;
use domain::access::Action;
use domain::{ClauseId, SessionId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::Answer;
use crate::state::AppState;

/// Which words are taken out.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Version {
    /// The version the caller saw.
    version: i32,
}

/// Takes a clause out.
#[utoipa::path(
    delete,
    path = "/sessions/{session}/agreement/clauses/{clause}",
    tag = "agreement",
    params(("session" = SessionId, Path), ("clause" = ClauseId, Path), Version),
    responses((status = 200, body = AgreementView), (status = 409, description = "clause_changed, agreement_frozen")),
    security(("seat" = []))
)]
pub(super) async fn remove_clause(
    State(app): State<AppState>,
    caller: Caller,
    Path((session, clause)): Path<(SessionId, ClauseId)>,
    Query(Version { version }): Query<Version>,
) -> Answer<Json<AgreementView>> {
    let table = Table::to(&app, &caller, session, Action::EditAgreement).await?;
    let mut agreement = table.locked().await?;
    agreement.remove_clause(clause, version)?;
    Ok(Json(table.commit(&agreement).await?))
}
