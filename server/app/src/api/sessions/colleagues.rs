//! `GET /sessions/{id}/colleagues`: which members of staff can be seated at this table, and as what.

use axum::extract::State;
use domain::access::Action;
use domain::{Expert, SeatRole, SessionId, Staff, StaffId, StaffRole};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::guard;
use crate::caller::StaffCaller;
use crate::duty::candidates::upwards;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Who can be seated.
#[derive(Serialize, ToSchema)]
pub(super) struct Colleagues {
    items: Vec<Colleague>,
}

/// A member of staff of the case's organisation, one above it or one below it.
#[derive(Serialize, ToSchema)]
struct Colleague {
    staff_id: StaffId,
    name: String,
    title: String,
    role: StaffRole,
    organization: String,
    /// As what they may sit here.
    seats: Vec<SeatRole>,
    /// Has a seat already.
    seated: bool,
}

/// What somebody of this office can be at a table.
fn seats_of(office: StaffRole) -> Vec<SeatRole> {
    use StaffRole::{
        Admin, Clerk, Counsellor, Director, GridWorker, IncidentDesk, Lawyer, Liaison, Mediator,
    };
    let experts =
        [Expert::Lawyer, Expert::Counsellor, Expert::SocialWorker, Expert::Liaison, Expert::Interpreter];
    let called = experts.into_iter().filter(|e| e.suits(office)).map(Expert::seat_role);
    let own: &[SeatRole] = match office {
        Mediator => &[SeatRole::CoMediator, SeatRole::Observer],
        Clerk => &[SeatRole::Clerk],
        GridWorker => &[SeatRole::Helper],
        Lawyer | Counsellor | Liaison => &[],
        // they see no content
        Admin | Director | IncidentDesk => return Vec::new(),
    };
    own.iter().copied().chain(called).collect()
}

/// Who can be invited to this table.
#[utoipa::path(
    get,
    path = "/sessions/{id}/colleagues",
    tag = "sessions",
    params(("id" = SessionId, Path)),
    security(("staff" = [])),
    responses(
        (status = 200, body = Colleagues),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn colleagues(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<SessionId>,
) -> Answer<Json<Colleagues>> {
    let tx = app.store.read().await?;
    let (_, case) = guard::sitting(&tx, &caller, id, Action::ManageSeats).await?;
    let mut near = store::organization::subtree(&tx, case.organization_id).await?;
    near.extend(upwards(&tx, case.organization_id).await?);
    let seats = store::seat::of_session(&tx, id).await?;
    let names: std::collections::HashMap<_, _> =
        store::organization::all(&tx).await?.into_iter().map(|found| (found.id, found.name)).collect();
    let staff = store::staff::all(&tx).await?;
    let items = staff.into_iter().filter(|s| s.active && near.contains(&s.organization_id)).map(|person| {
        let Staff { id, name, title, role, organization_id, .. } = person;
        Colleague {
            seated: seats.iter().any(|seat| seat.staff_id == Some(id)),
            staff_id: id,
            name,
            title,
            role,
            organization: names.get(&organization_id).cloned().unwrap_or_default(),
            seats: seats_of(role),
        }
    });
    Ok(Json(Colleagues { items: items.filter(|colleague| !colleague.seats.is_empty()).collect() }))
}
