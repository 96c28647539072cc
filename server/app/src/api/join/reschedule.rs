//! `POST /join/{token}/reschedule`: asks for another time, in the person's own words.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use domain::Refusal;
use domain::timeline::Draft;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::key::AtDoor;
use crate::extract::Json;
use crate::ports::limit::{Rate, require};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Wishes by one link: enough to correct oneself, not to fill a timeline.
const WISHES: Rate = Rate::new(5, Duration::from_mins(10));

/// When it would suit.
#[derive(Deserialize, ToSchema)]
pub(super) struct RescheduleRequest {
    message: String,
}

/// Puts the wish on the case's timeline, where the desk sees it.
#[utoipa::path(
    post,
    path = "/join/{token}/reschedule",
    tag = "join",
    params(("token" = String, Path)),
    request_body = RescheduleRequest,
    responses(
        (status = 204),
        (status = 404, body = ProblemBody, description = "link_unknown"),
        (status = 409, body = ProblemBody, description = "link_bound_elsewhere, session_over"),
        (status = 410, body = ProblemBody, description = "link_expired, link_revoked"),
        (status = 422, body = ProblemBody, description = "text_missing, text_too_long"),
    )
)]
pub(super) async fn reschedule(
    State(app): State<AppState>,
    at_door: AtDoor,
    Json(RescheduleRequest { message }): Json<RescheduleRequest>,
) -> Answer<StatusCode> {
    let message = message.trim();
    if message.is_empty() {
        return Err(Refusal::invalid("text_missing").into());
    }
    if message.chars().count() > 500 {
        return Err(Refusal::invalid("text_too_long").into());
    }
    require(&app.limit, &format!("link:wish:{}", at_door.token_hash), WISHES).await?;
    let tx = app.store.begin().await?;
    let behind = at_door.look(&app, &tx).await?;
    if behind.sitting.phase.is_over() {
        return Err(Refusal::conflict("session_over").into());
    }
    let draft = Draft {
        actor: behind.seat.name.clone(),
        kind: "session_reschedule_asked".into(),
        summary: format!("{}请求改期：{message}", behind.seat.name),
        data: json!({"session": behind.sitting.id, "seat": behind.seat.id, "message": message}),
    };
    store::timeline::append(&tx, behind.case.id, draft, app.clock.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
