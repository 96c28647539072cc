//! `POST /cases/{id}/assign`: says who mediates (指派). The mediator declares no conflict by taking it (PML 19; R4).

use axum::extract::State;
use domain::access::Action;
use domain::case::{By, Event};
use domain::timeline::Draft;
use domain::{CaseId, CaseState, Refusal, StaffId, StaffRole, case};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::CaseView;
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Who, and their word that nothing ties them to a party.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Assignment {
    mediator_id: StaffId,
    no_conflict_declared: bool,
}

/// Gives the case to a mediator of the same organisation.
#[utoipa::path(
    post,
    path = "/cases/{id}/assign",
    tag = "cases",
    params(("id" = CaseId, Path)),
    request_body = Assignment,
    security(("staff" = [])),
    responses(
        (status = 200, body = CaseView),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "conflict_undeclared, wrong_state"),
        (status = 422, body = ProblemBody, description = "mediator_unknown"),
    )
)]
pub(super) async fn assign(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
    Json(assignment): Json<Assignment>,
) -> Answer<Json<CaseView>> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let mut case = guard::case_to_change(&tx, &caller, id, Action::AssignMediator).await?;
    let mediator = store::staff::find(&tx, assignment.mediator_id)
        .await?
        .filter(|s| s.active && s.role == StaffRole::Mediator && s.organization_id == case.organization_id)
        .ok_or_else(|| Refusal::invalid("mediator_unknown"))?;
    if !assignment.no_conflict_declared {
        return Err(Refusal::conflict("conflict_undeclared").into());
    }
    match case.state {
        // before acceptance a mediator may be named, so that somebody can ask the parties
        CaseState::Registered | CaseState::Triaged => {}
        state => {
            case.state = case::next(state, &Event::Assign { no_conflict_declared: true }, By::Committee)?;
        }
    }
    (case.mediator, case.updated_at) = (Some(mediator.id), now);
    store::case::save(&tx, &case).await?;
    let draft = Draft {
        actor: guard::name(&tx, &caller).await?,
        kind: "case_assigned".into(),
        summary: format!("指派调解员：{}", mediator.name),
        data: json!({"mediator": mediator.id}),
    };
    store::timeline::append(&tx, case.id, draft, now).await?;
    let (_, actor) = guard::case(&tx, &caller, id, Action::AssignMediator).await?;
    let view = CaseView::of(&tx, &case, &actor, now).await?;
    tx.commit().await?;
    Ok(Json(view))
}
