//! `POST /sessions/{session}/agreement/reopen`: the text is taken back; every signature and the number are void (R17).

use axum::extract::State;
use domain::SessionId;
use domain::access::Action;
use domain::case::{By, Event, next};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Reopen {
    /// Shown to the parties.
    reason: String,
}

/// Takes the text back.
#[utoipa::path(
    post,
    path = "/sessions/{session}/agreement/reopen",
    tag = "agreement",
    params(("session" = SessionId, Path)),
    request_body = Reopen,
    responses((status = 200, body = AgreementView), (status = 409, description = "not_frozen, agreement_final")),
    security(("seat" = []))
)]
pub(super) async fn reopen(
    State(app): State<AppState>,
    caller: Caller,
    Path(session): Path<SessionId>,
    Json(Reopen { reason }): Json<Reopen>,
) -> Answer<Json<AgreementView>> {
    let table = Table::to(&app, &caller, session, Action::FreezeAgreement).await?;
    let mut agreement = table.locked().await?;
    let signed = agreement.required.iter().filter(|s| s.signed.is_some()).count();
    let number = agreement.reopen(&reason)?;
    store::agreement::void_number(&table.tx, &number).await?;
    let mut case = store::case::lock(&table.tx, table.case.id).await?.ok_or_else(Problem::not_found)?;
    case.state = next(case.state, &Event::ReopenText, By::Mediator)?;
    case.number = None;
    case.updated_at = app.clock.now();
    store::case::save(&table.tx, &case).await?;
    let data = json!({"number": number, "signatures_void": signed, "reason": agreement.reopened_reason});
    table
        .note(
            "agreement_reopened",
            format!("协议文本撤回修改，编号 {number} 作废，已有 {signed} 个签名失效"),
            data,
        )
        .await?;
    Ok(Json(table.commit(&agreement).await?))
}
