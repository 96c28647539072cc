//! `POST /cases/{id}/accept`: the committee takes the case (受理), if every party agreed to mediation (R1).

use axum::extract::State;
use domain::access::Action;
use domain::case::{By, Event};
use domain::consent::everyone_agreed_to_mediation;
use domain::deadline::{self, Calendar};
use domain::timeline::Draft;
use domain::{CaseId, Refusal, Side, case};
use serde_json::json;

use super::CaseView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Accepts the case; the deadline runs from here (labour: from receipt).
#[utoipa::path(
    post,
    path = "/cases/{id}/accept",
    tag = "cases",
    params(("id" = CaseId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = CaseView),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "consent_missing, mediation_refused, respondent_missing, wrong_state"),
    )
)]
pub(super) async fn accept(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
) -> Answer<Json<CaseView>> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let mut case = guard::case_to_change(&tx, &caller, id, Action::AcceptCase).await?;
    let parties = store::party::of_case(&tx, case.id).await?;
    let words = store::consent::of_case(&tx, case.id).await?;
    let consent = if parties.iter().any(|party| party.side == Side::Respondent) {
        everyone_agreed_to_mediation(
            parties.iter().map(|party| (party, words.get(&party.id).map_or(&[][..], Vec::as_slice))),
        )
    } else {
        Err(Refusal::conflict("respondent_missing"))
    };
    case.state = case::next(case.state, &Event::Accept { consent }, By::Committee)?;
    case.accepted_at = Some(now);
    case.due_at = Some(deadline::due_at(case.kind, case.requested_at, now, &Calendar::default()));
    case.updated_at = now;
    store::case::save(&tx, &case).await?;
    let draft = Draft {
        actor: guard::name(&tx, &caller).await?,
        kind: "case_accepted".into(),
        summary: "受理".into(),
        data: json!({"due_at": case.due_at}),
    };
    store::timeline::append(&tx, case.id, draft, now).await?;
    let (_, actor) = guard::case(&tx, &caller, id, Action::AcceptCase).await?;
    let view = CaseView::of(&tx, &case, &actor, now).await?;
    tx.commit().await?;
    Ok(Json(view))
}
