//! `POST /duty`, `PUT` and `DELETE /duty/{duty}`: puts somebody on the roster, changes the line, takes it off.

use axum::extract::State;
use axum::http::StatusCode;
use domain::access::{Action, Actor};
use domain::duty::{Hours, Residency};
use domain::{Duty, DutyId, Expert, Refusal, Staff, StaffId};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::roster::DutyView;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// Characters in a department's name.
const DEPARTMENT: usize = 60;

/// Who, as what, when.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewDuty {
    staff_id: StaffId,
    expert: Expert,
    /// For a liaison: of which department.
    #[serde(default)]
    department: String,
    residency: Residency,
    /// 1 is Monday.
    days: Vec<u8>,
    /// `09:00`.
    #[schema(example = "09:00")]
    from: String,
    /// `17:30`; midnight is `24:00`.
    #[schema(example = "17:30")]
    until: String,
    /// Who is rung first of several.
    #[serde(default)]
    position: i32,
}

/// Puts somebody of the own organisation, or one below it, on the roster.
#[utoipa::path(
    post,
    path = "/duty",
    tag = "duty",
    request_body = NewDuty,
    security(("staff" = [])),
    responses(
        (status = 201, body = DutyView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 422, body = ProblemBody, description = "staff_unknown, expert_unfit, department_missing, text_too_long, hours_invalid"),
    )
)]
pub(super) async fn add(
    State(app): State<AppState>,
    caller: StaffCaller,
    Json(new): Json<NewDuty>,
) -> Answer<(StatusCode, Json<DutyView>)> {
    Actor::staff(caller.role, []).demand_general(Action::EditRoster)?;
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let (duty, staff) = line(&tx, &caller, app.ids.next(), new).await?;
    store::duty::insert(&tx, &duty, now).await?;
    let view = DutyView::of(&tx, duty, staff, true, now).await?;
    tx.commit().await?;
    app.live.hub.bell().ring();
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes a line.
#[utoipa::path(
    put,
    path = "/duty/{duty}",
    tag = "duty",
    params(("duty" = DutyId, Path)),
    request_body = NewDuty,
    security(("staff" = [])),
    responses(
        (status = 200, body = DutyView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 422, body = ProblemBody, description = "as for a new line"),
    )
)]
pub(super) async fn change(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<DutyId>,
    Json(new): Json<NewDuty>,
) -> Answer<Json<DutyView>> {
    let tx = app.store.begin().await?;
    own(&tx, &caller, id).await?;
    let (duty, staff) = line(&tx, &caller, id, new).await?;
    store::duty::save(&tx, &duty).await?;
    let view = DutyView::of(&tx, duty, staff, true, app.clock.now()).await?;
    tx.commit().await?;
    app.live.hub.bell().ring();
    Ok(Json(view))
}

/// Takes a line off. Who is being rung by it may still answer.
#[utoipa::path(
    delete,
    path = "/duty/{duty}",
    tag = "duty",
    params(("duty" = DutyId, Path)),
    security(("staff" = [])),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn remove(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<DutyId>,
) -> Answer<StatusCode> {
    let tx = app.store.begin().await?;
    own(&tx, &caller, id).await?;
    store::duty::remove(&tx, id).await?;
    tx.commit().await?;
    app.live.hub.bell().ring();
    Ok(StatusCode::NO_CONTENT)
}

/// A line of a roster the caller may change; absent and foreign are told alike.
async fn own(tx: &Tx, caller: &StaffCaller, id: DutyId) -> Answer<()> {
    Actor::staff(caller.role, []).demand_general(Action::EditRoster)?;
    let duty = store::duty::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let below = store::organization::subtree(tx, caller.organization_id).await?;
    if below.contains(&duty.organization_id) { Ok(()) } else { Err(Problem::not_found()) }
}

/// The line as it is to be, with its person.
async fn line(tx: &Tx, caller: &StaffCaller, id: DutyId, new: NewDuty) -> Answer<(Duty, Staff)> {
    let below = store::organization::subtree(tx, caller.organization_id).await?;
    let staff = store::staff::find(tx, new.staff_id)
        .await?
        .filter(|staff| staff.active && below.contains(&staff.organization_id))
        .ok_or_else(|| Refusal::invalid("staff_unknown"))?;
    if !new.expert.suits(staff.role) {
        return Err(Refusal::invalid("expert_unfit").into());
    }
    let department = new.department.trim().to_owned();
    if department.chars().count() > DEPARTMENT || department.chars().any(char::is_control) {
        return Err(Refusal::invalid("text_too_long").into());
    }
    if new.expert == Expert::Liaison && department.is_empty() {
        return Err(Refusal::invalid("department_missing").into());
    }
    let duty = Duty {
        id,
        organization_id: staff.organization_id,
        staff_id: staff.id,
        expert: new.expert,
        department: if new.expert == Expert::Liaison { department } else { String::new() },
        residency: new.residency,
        hours: Hours::parse(&new.days, &new.from, &new.until)?,
        position: new.position.clamp(0, 1000),
    };
    Ok((duty, staff))
}
