//! `POST /duress/{duress}/acts`: what a human at the desk did about a call for help: its log, and the case's timeline.

use axum::extract::State;
use axum::http::StatusCode;
use domain::access::{Action, Actor};
use domain::duress::{Act, Logged};
use domain::timeline::Draft;
use domain::{DuressId, Refusal};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::DuressView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewAct {
    act: Act,
    /// In words; needed for `remark`, `reported` and `closed`.
    #[serde(default)]
    words: String,
}

/// Writes down what was done. The mediator sees that the desk is there.
#[utoipa::path(
    post,
    path = "/duress/{duress}/acts",
    tag = "duress",
    params(("duress" = DuressId, Path)),
    request_body = NewAct,
    security(("staff" = [])),
    responses(
        (status = 201, body = DuressView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "duress_closed"),
        (status = 422, body = ProblemBody, description = "act_not_yours, nothing_said, note_too_long"),
    )
)]
pub(super) async fn act(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<DuressId>,
    Json(new): Json<NewAct>,
) -> Answer<(StatusCode, Json<DuressView>)> {
    Actor::staff(caller.role, []).demand_general(Action::SeeDuress)?;
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let duress = store::duress::lock(&tx, id).await?.ok_or_else(Problem::not_found)?;
    let case = store::case::find(&tx, duress.case_id).await?.ok_or_else(Problem::not_found)?;
    let watched = store::organization::subtree(&tx, caller.organization_id).await?;
    if !watched.contains(&case.organization_id) {
        return Err(Problem::not_found());
    }
    let words = new.act.said(&new.words)?;
    let (session, seat) = (duress.session_id, duress.seat_id);
    let seen_before = duress.acknowledged_at.is_some();
    // Two at the desk who both tap “seen” are one.
    if !(new.act == Act::Acknowledged && seen_before) {
        if duress.closed_at.is_some() {
            return Err(Refusal::conflict("duress_closed").into());
        }
        let by = guard::name(&tx, &caller).await?;
        let data = json!({"session": session, "seat": seat, "duress": id, "act": new.act, "words": words});
        let line = Logged { at: now, by: by.clone(), act: new.act, words };
        store::duress::log(&tx, &duress, &line).await?;
        let draft = Draft { actor: by, kind: "duress_logged".into(), summary: new.act.words().into(), data };
        store::timeline::append(&tx, case.id, draft, now).await?;
    }
    let duress = store::duress::lock(&tx, id).await?.ok_or_else(Problem::not_found)?;
    let view = DuressView::of(&tx, duress).await?;
    tx.commit().await?;
    if !seen_before {
        // Refused only for a seat that is not of the sitting; a store that does not answer now is no reason to
        // refuse what is written down.
        let _ = app.live.hub.desk_answered(session, seat).await;
    }
    app.live.hub.bell().ring();
    Ok((StatusCode::CREATED, Json(view)))
}
