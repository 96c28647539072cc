//! `GET /sessions/{session}/agreement`.

use axum::extract::State;
use domain::SessionId;
use domain::access::Action;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// The agreement on the table. Who may edit it finds an empty one when there is none yet.
#[utoipa::path(
    get,
    path = "/sessions/{session}/agreement",
    tag = "agreement",
    operation_id = "read_agreement",
    params(("session" = SessionId, Path)),
    responses((status = 200, body = AgreementView), (status = 404, description = "No such sitting, or no agreement yet.")),
    security(("seat" = []), ("staff" = []))
)]
pub(super) async fn read(
    State(app): State<AppState>,
    caller: Caller,
    Path(session): Path<SessionId>,
) -> Answer<Json<AgreementView>> {
    let table = Table::to_read(&app, &caller, session).await?;
    if let Some(agreement) = table.agreement().await? {
        return Ok(Json(table.view(&agreement)));
    }
    if !table.may(Action::EditAgreement) {
        return Err(Problem::not_found());
    }
    drop(table);
    let table = Table::to(&app, &caller, session, Action::EditAgreement).await?;
    let agreement = table.locked().await?;
    Ok(Json(table.commit(&agreement).await?))
}
