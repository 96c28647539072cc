//! `POST /cases`: registers a case (登记) under the next number of the organisation's register.

use axum::extract::State;
use axum::response::Response;
use chrono::Datelike as _;
use domain::access::{Action, Actor, Relation};
use domain::timeline::Draft;
use domain::{Case, CaseState, DisputeKind, Party, Refusal, Side, Source, StaffRole, deadline};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::CaseView;
use super::parties::NewParty;
use crate::api::guard;
use crate::api::once::{Key, Once};
use crate::caller::StaffCaller;
use crate::extract::Json;
use crate::problem::{Answer, Fault, ProblemBody};
use crate::state::AppState;

/// What the register asks for.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct NewCase {
    title: String,
    kind: DisputeKind,
    source: Source,
    facts: String,
    requests: String,
    #[serde(default)]
    place: String,
    applicant: NewParty,
    respondents: Vec<NewParty>,
}

/// Registers a case. Who registers it is its first receiver (首问负责人) for good; a mediator who does also mediates it.
#[utoipa::path(
    post,
    path = "/cases",
    tag = "cases",
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = NewCase,
    security(("staff" = [])),
    responses(
        (status = 201, body = CaseView),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 422, body = ProblemBody, description = "title_invalid, name_invalid, phone_invalid, id_number_invalid, text_too_long …"),
    )
)]
pub(super) async fn create(
    State(app): State<AppState>,
    caller: StaffCaller,
    key: Key,
    Json(new): Json<NewCase>,
) -> Answer<Response> {
    Actor::staff(caller.role, []).demand_general(Action::RegisterCase)?;
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let pending = match key.claim(&app, &tx, &format!("{} POST /cases", caller.id), &new).await? {
        Once::Now(pending) => pending,
        Once::Before(answer) => return Ok(answer),
    };
    let organization = store::organization::find(&tx, caller.organization_id)
        .await?
        .ok_or_else(|| Fault::new("registering a case", "the caller's organisation is gone"))?;
    let year = deadline::day_of(now).year();
    let (serial, register_no) = store::case::next_register_no(&tx, &organization, year).await?;
    let case = Case {
        id: app.ids.next(),
        organization_id: organization.id,
        register_no,
        number: None,
        title: words(&new.title, 1, 100, "title_invalid")?,
        kind: new.kind,
        source: new.source,
        state: CaseState::Registered,
        facts: words(&new.facts, 0, 20_000, "text_too_long")?,
        requests: words(&new.requests, 0, 5_000, "text_too_long")?,
        place: words(&new.place, 0, 200, "text_too_long")?,
        requested_at: now,
        accepted_at: None,
        due_at: None,
        suspended_at: None,
        effective_at: None,
        first_receiver: caller.id,
        mediator: (caller.role == StaffRole::Mediator).then_some(caller.id),
        updated_at: now,
    };
    store::case::insert(&tx, &case, year, serial).await?;
    let sides = std::iter::repeat_n(Side::Applicant, 1).chain(std::iter::repeat(Side::Respondent));
    for (position, (side, party)) in (0..).zip(sides.zip([new.applicant].into_iter().chain(new.respondents)))
    {
        let party = Party {
            id: app.ids.next(),
            case_id: case.id,
            position,
            side,
            particulars: party.into_particulars()?,
        };
        store::party::insert(&tx, &party, now).await?;
    }
    let draft = Draft {
        actor: guard::name(&tx, &caller).await?,
        kind: "case_registered".into(),
        summary: format!("登记：{}", case.title),
        data: json!({"register_no": case.register_no, "kind": case.kind, "source": case.source}),
    };
    store::timeline::append(&tx, case.id, draft, now).await?;
    // what was just told may be read back, whatever the office
    let teller = Actor::staff(StaffRole::Mediator, [Relation::Handler]);
    let answer = pending.created(&tx, &CaseView::of(&tx, &case, &teller, now).await?).await?;
    tx.commit().await?;
    Ok(answer)
}

fn words(text: &str, at_least: usize, at_most: usize, code: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    let count = text.chars().count();
    if count < at_least || count > at_most { Err(Refusal::invalid(code)) } else { Ok(text.to_owned()) }
}
