//! `POST /sessions/{session}/agreement/clauses`.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::access::Action;
use domain::{ClauseId, SessionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::idempotency::{Claim, answer, claim};
use utoipa::ToSchema;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::Answer;
use crate::state::AppState;

/// A new clause.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct NewClause {
    /// Its words, without a number in front.
    text: String,
    /// From 1; at the end without one.
    #[serde(default)]
    position: Option<i32>,
}

/// Adds a clause. The same `Idempotency-Key` again adds nothing and answers the agreement as it is now.
#[utoipa::path(
    post,
    path = "/sessions/{session}/agreement/clauses",
    tag = "agreement",
    params(("session" = SessionId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewClause,
    responses((status = 200, body = AgreementView), (status = 409), (status = 422)),
    security(("seat" = []))
)]
pub(super) async fn add_clause(
    State(app): State<AppState>,
    caller: Caller,
    Path(session): Path<SessionId>,
    headers: HeaderMap,
    Json(new): Json<NewClause>,
) -> Answer<Json<AgreementView>> {
    let table = Table::to(&app, &caller, session, Action::EditAgreement).await?;
    let mut agreement = table.locked().await?;
    if let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()) {
        let scope = format!("{} POST clauses {}", table.seat()?.id, agreement.id);
        let request = hex::encode(Sha256::digest(format!("{:?} {}", new.position, new.text)));
        match claim(&table.tx, &scope, key, &request, app.clock.now()).await? {
            Claim::New => answer(&table.tx, &scope, key, 200, "").await?,
            Claim::Done { .. } => return Ok(Json(table.view(&agreement))),
            Claim::Other => return Err(domain::Refusal::invalid("idempotency_key_reused").into()),
        }
    }
    let id: ClauseId = app.ids.next();
    agreement.add_clause(id, &new.text, new.position)?;
    agreement.session_id = session;
    Ok(Json(table.commit(&agreement).await?))
}
