//! `POST /join/{token}/refuse`: “I do not agree to mediation”. No reason is needed, and it holds at once (R1, R2).

use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use domain::consent::NOTICE_VERSION;
use domain::timeline::Draft;
use domain::{ConsentKind, Refusal, link};
use serde::Deserialize;
use serde_json::json;
use store::consent::Word;
use utoipa::ToSchema;

use super::key::{AtDoor, cookie};
use crate::api::cases::{cancel, mediation_refused};
use crate::caller::Secure;
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// A reason, if the person likes to give one.
#[derive(Deserialize, ToSchema)]
pub(super) struct RefuseRequest {
    reason: Option<String>,
}

/// Refuses mediation. Binds the link to this device, so that nobody else refuses in this person's name.
#[utoipa::path(
    post,
    path = "/join/{token}/refuse",
    tag = "join",
    params(("token" = String, Path)),
    request_body = RefuseRequest,
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, description = "not_yours_to_do"),
        (status = 404, body = ProblemBody, description = "link_unknown"),
        (status = 409, body = ProblemBody, description = "link_bound_elsewhere"),
        (status = 410, body = ProblemBody, description = "link_expired, link_revoked"),
    )
)]
pub(super) async fn refuse(
    State(app): State<AppState>,
    at_door: AtDoor,
    secure: Secure,
    jar: CookieJar,
    Json(RefuseRequest { reason }): Json<RefuseRequest>,
) -> Answer<(CookieJar, StatusCode)> {
    let now = app.clock.now();
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > 500) {
        return Err(Refusal::invalid("text_too_long").into());
    }
    let tx = app.store.begin().await?;
    let behind = at_door.look(&app, &tx).await?;
    let party = behind.seat.party_id.ok_or_else(|| Refusal::forbidden("not_yours_to_do"))?;
    let device = at_door.device.clone().unwrap_or_else(|| app.random.token());
    store::seat_link::redeem(&tx, &at_door.token_hash, &link::hash(&device), now).await??;
    let name = &behind.seat.name;
    let word = Word {
        kind: ConsentKind::Mediation,
        given: false,
        version: NOTICE_VERSION,
        recorded_by: name,
        at: now,
    };
    store::consent::record(&tx, party, &word).await?;
    let draft = Draft {
        actor: name.clone(),
        kind: "consent_refused".into(),
        summary: format!("{name}不同意调解"),
        data: json!({"party": party, "question": ConsentKind::Mediation, "reason": reason}),
    };
    store::timeline::append(&tx, behind.case.id, draft, now).await?;
    let case = store::case::lock(&tx, behind.case.id).await?.unwrap_or(behind.case);
    let cancelled = mediation_refused(&tx, case, name, now).await?;
    tx.commit().await?;
    cancel(&app, cancelled).await;
    Ok((jar.add(cookie(device, secure)), StatusCode::NO_CONTENT))
}
