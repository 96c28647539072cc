//! `PUT /sessions/{session}/agreement/clauses/{clause}/stance`.

use axum::extract::State;
use domain::access::Action;
use domain::clause::Stance;
use domain::{ClauseId, Power, SessionId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Answer;
use crate::state::AppState;

/// Where a party stands.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewStance {
    /// What it says.
    stance: Stance,
    /// To which version of the words.
    version: i32,
}

/// A party says where it stands on a clause.
#[utoipa::path(
    put,
    path = "/sessions/{session}/agreement/clauses/{clause}/stance",
    tag = "agreement",
    params(("session" = SessionId, Path), ("clause" = ClauseId, Path)),
    request_body = NewStance,
    responses((status = 200, body = AgreementView), (status = 409, description = "clause_changed, agreement_frozen")),
    security(("seat" = []))
)]
pub(super) async fn take_stance(
    State(app): State<AppState>,
    caller: Caller,
    Path((session, clause)): Path<(SessionId, ClauseId)>,
    Json(new): Json<NewStance>,
) -> Answer<Json<AgreementView>> {
    let table = Table::to(&app, &caller, session, Action::TakeStance).await?;
    let party = table.party_with(Power::Settle)?;
    let mut agreement = table.locked().await?;
    agreement.take_stance(clause, party, new.stance, new.version, app.clock.now())?;
    Ok(Json(table.commit(&agreement).await?))
}
