//! `GET /duty`: the roster of the caller's organisation and those below it, and who could be put on it.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::{Action, Actor};
use domain::duty::{Residency, clock};
use domain::{Duty, DutyId, Expert, OrganizationId, Staff, StaffId, StaffRole};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use crate::caller::StaffCaller;
use crate::duty::candidates::upwards;
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The roster.
#[derive(Serialize, ToSchema)]
pub(super) struct Roster {
    items: Vec<DutyView>,
    /// Who can be put on it, for those who may.
    staff: Vec<RosterStaff>,
}

/// A line of the roster.
#[derive(Serialize, ToSchema)]
#[schema(as = Duty)]
pub(super) struct DutyView {
    id: DutyId,
    staff_id: StaffId,
    name: String,
    title: String,
    organization: String,
    expert: Expert,
    department: String,
    residency: Residency,
    /// 1 is Monday.
    days: Vec<u8>,
    /// `09:00`.
    from: String,
    /// `17:30`; midnight is `24:00`.
    until: String,
    position: i32,
    on_duty: bool,
    /// Of the caller's organisation or below: the caller may change it, if anybody may.
    own: bool,
}

/// Somebody who could be put on the roster.
#[derive(Serialize, ToSchema)]
pub(super) struct RosterStaff {
    staff_id: StaffId,
    name: String,
    title: String,
    role: StaffRole,
    organization: String,
    /// As what.
    experts: Vec<Expert>,
}

const EXPERTS: [Expert; 5] =
    [Expert::Lawyer, Expert::Counsellor, Expert::SocialWorker, Expert::Liaison, Expert::Interpreter];

/// Who is on duty when: on the rosters below the caller, and on those above that serve the caller's cases.
#[utoipa::path(
    get,
    path = "/duty",
    tag = "duty",
    security(("staff" = [])),
    responses((status = 200, body = Roster), (status = 403, body = ProblemBody, description = "not_allowed"))
)]
pub(super) async fn roster(State(app): State<AppState>, caller: StaffCaller) -> Answer<Json<Roster>> {
    let actor = Actor::staff(caller.role, []);
    actor.demand_general(Action::ReadRoster)?;
    let now = app.clock.now();
    let tx = app.store.read().await?;
    let own = store::organization::subtree(&tx, caller.organization_id).await?;
    let mut seen = own.clone();
    seen.extend(upwards(&tx, caller.organization_id).await?.into_iter().skip(1));
    let mut items = Vec::new();
    for duty in store::duty::of(&tx, &seen).await? {
        let Some(staff) = store::staff::find(&tx, duty.staff_id).await? else { continue };
        let is_own = own.contains(&duty.organization_id);
        items.push(DutyView::of(&tx, duty, staff, is_own, now).await?);
    }
    let mut staff = Vec::new();
    if actor.may(Action::EditRoster) {
        for person in
            store::staff::all(&tx).await?.into_iter().filter(|s| s.active && own.contains(&s.organization_id))
        {
            let experts: Vec<_> = EXPERTS.into_iter().filter(|e| e.suits(person.role)).collect();
            if experts.is_empty() {
                continue;
            }
            let organization = organization(&tx, person.organization_id).await?;
            let Staff { id, name, title, role, .. } = person;
            staff.push(RosterStaff { staff_id: id, name, title, role, organization, experts });
        }
    }
    Ok(Json(Roster { items, staff }))
}

impl DutyView {
    pub(super) async fn of(tx: &Tx, duty: Duty, staff: Staff, own: bool, now: DateTime<Utc>) -> Answer<Self> {
        Ok(Self {
            on_duty: staff.active && duty.on_duty(now),
            id: duty.id,
            staff_id: staff.id,
            name: staff.name,
            title: staff.title,
            organization: organization(tx, duty.organization_id).await?,
            expert: duty.expert,
            department: duty.department,
            residency: duty.residency,
            days: duty.hours.weekdays(),
            from: clock(duty.hours.from),
            until: clock(duty.hours.until),
            position: duty.position,
            own,
        })
    }
}

async fn organization(tx: &Tx, id: OrganizationId) -> Answer<String> {
    Ok(store::organization::find(tx, id).await?.map(|found| found.name).unwrap_or_default())
}
