//! `POST /cases/{id}/sessions`: sets a time for a sitting, with a seat for the mediator and for every party.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use domain::access::Action;
use domain::case::{By, Event};
use domain::timeline::Draft;
use domain::{CaseId, CaseState, Phase, Refusal, Seat, SeatRole, Side, Sitting, case};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::SessionView;
use crate::api::guard;
use crate::api::once::{Key, Once};
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// A sitting may be written down this long after it was to begin.
const PAST: TimeDelta = TimeDelta::hours(1);
const FUTURE: TimeDelta = TimeDelta::days(366);

/// When, and where the mediator sits.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct NewSession {
    scheduled_at: DateTime<Utc>,
    room: Option<String>,
}

/// Schedules a sitting. The first one of an accepted case assigns its mediator (domain.md §4).
#[utoipa::path(
    post,
    path = "/cases/{id}/sessions",
    tag = "sessions",
    params(("id" = CaseId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewSession,
    security(("staff" = [])),
    responses(
        (status = 201, body = SessionView),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "wrong_state, mediator_missing"),
        (status = 422, body = ProblemBody, description = "time_invalid, text_too_long"),
    )
)]
pub(super) async fn create(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
    key: Key,
    Json(new): Json<NewSession>,
) -> Answer<Response> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let mut case = guard::case_to_change(&tx, &caller, id, Action::ScheduleSession).await?;
    let pending =
        match key.claim(&app, &tx, &format!("{} POST /cases/{id}/sessions", caller.id), &new).await? {
            Once::Now(pending) => pending,
            Once::Before(answer) => return Ok(answer),
        };
    if !case.state.may_sit() {
        return Err(Refusal::conflict("wrong_state").into());
    }
    if new.scheduled_at < now - PAST || new.scheduled_at > now + FUTURE {
        return Err(Refusal::invalid("time_invalid").into());
    }
    let room = new.room.unwrap_or_default().trim().to_owned();
    if room.chars().count() > 60 {
        return Err(Refusal::invalid("text_too_long").into());
    }
    let mediator = match case.mediator {
        Some(id) => store::staff::find(&tx, id).await?,
        None => None,
    };
    let mediator = mediator.ok_or_else(|| Refusal::conflict("mediator_missing"))?;
    if case.state == CaseState::Accepted {
        case.state = case::next(case.state, &Event::Assign { no_conflict_declared: true }, By::Committee)?;
    }
    case.updated_at = now;
    store::case::save(&tx, &case).await?;

    let sitting = Sitting {
        id: app.ids.next(),
        case_id: case.id,
        scheduled_at: new.scheduled_at,
        room: if room.is_empty() { "线上调解室".to_owned() } else { room },
        phase: Phase::Scheduled,
        outcome: None,
        started_at: None,
        ended_at: None,
        checklist: true,
    };
    store::sitting::insert(&tx, &sitting, now).await?;
    let seat = |role, side, name: &str| Seat {
        id: app.ids.next(),
        session_id: sitting.id,
        role,
        side,
        name: name.to_owned(),
        party_id: None,
        staff_id: None,
        bound_to: None,
        same_device: false,
        mandate: None,
    };
    let host = seat(SeatRole::Mediator, Side::Neutral, &mediator.name);
    store::seat::insert(&tx, &Seat { staff_id: Some(mediator.id), ..host }).await?;
    for party in store::party::of_case(&tx, case.id).await? {
        let place = seat(party.side.seat_role(), party.side, &party.name);
        store::seat::insert(&tx, &Seat { party_id: Some(party.id), ..place }).await?;
    }
    let draft = Draft {
        actor: guard::name(&tx, &caller).await?,
        kind: "session_scheduled".into(),
        summary: "安排调解会".into(),
        data: json!({"session": sitting.id, "scheduled_at": sitting.scheduled_at, "room": sitting.room}),
    };
    store::timeline::append(&tx, case.id, draft, now).await?;
    let answer = pending.created(&tx, &SessionView::of(&tx, &sitting, &case, now).await?).await?;
    tx.commit().await?;
    Ok(answer)
}
