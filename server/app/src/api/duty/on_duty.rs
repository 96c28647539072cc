//! `GET /sessions/{id}/duty`: whom the host of this sitting can ring now, and why not the others.

use axum::extract::State;
use domain::access::Action;
use domain::duty::{Conflict, Residency};
use domain::{Expert, SessionId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::guard;
use crate::caller::StaffCaller;
use crate::duty::candidates;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Who serves this case.
#[derive(Serialize, ToSchema)]
pub(super) struct OnDuty {
    /// In the order in which they are rung.
    items: Vec<OnDutyRow>,
}

/// Somebody on a roster that serves this case.
#[derive(Serialize, ToSchema)]
struct OnDutyRow {
    expert: Expert,
    department: String,
    name: String,
    title: String,
    residency: Residency,
    /// In their hours.
    on_duty: bool,
    /// Being rung, or with another sitting.
    busy: bool,
    /// May not come to this case (R4, R30).
    conflict: Option<Conflict>,
}

/// Whom a host can ring.
#[utoipa::path(
    get,
    path = "/sessions/{id}/duty",
    tag = "duty",
    params(("id" = SessionId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = OnDuty),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn on_duty(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<SessionId>,
) -> Answer<Json<OnDuty>> {
    let tx = app.store.read().await?;
    let (_, case) = guard::sitting(&tx, &caller, id, Action::SeeOnDuty).await?;
    let candidates = candidates::of_case(&tx, &case, app.clock.now()).await?;
    let items = candidates.into_iter().map(|candidate| OnDutyRow {
        expert: candidate.duty.expert,
        department: candidate.duty.department,
        name: candidate.staff.name,
        title: candidate.staff.title,
        residency: candidate.duty.residency,
        on_duty: candidate.on_duty,
        busy: candidate.busy,
        conflict: candidate.conflict,
    });
    Ok(Json(OnDuty { items: items.collect() }))
}
