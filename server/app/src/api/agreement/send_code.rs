//! `POST /sessions/{session}/agreement/code`: a signing code for the caller's phone.

use std::time::Duration;

use axum::extract::State;
use domain::SessionId;
use domain::access::Action;
use domain::refusal::{Refusal, RefusalKind};
use domain::signature::{CODE_LIFE, SigningCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::table::Table;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::ports::Rate;
use crate::ports::limit::require;
use crate::problem::Answer;
use crate::state::AppState;

/// Three at once, then one every half minute: enough for clumsy fingers, too slow for guessing.
const RATE: Rate = Rate::new(3, Duration::from_secs(30));

/// Where the code went.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CodeSent {
    /// The masked phone number, or the person's name when the file has no number.
    sent_to: String,
    /// Seconds.
    expires_in: i64,
    /// In the demo only: shown on the screen as if it were the short message.
    demo_code: Option<String>,
}

/// Sends a code of six digits, good for five minutes and five tries, for the text that is frozen now.
#[utoipa::path(
    post,
    path = "/sessions/{session}/agreement/code",
    tag = "agreement",
    params(("session" = SessionId, Path)),
    responses(
        (status = 200, body = CodeSent),
        (status = 409, description = "text_changed, already_signed, esign_barred, codes_unavailable"),
        (status = 429)
    ),
    security(("seat" = []))
)]
pub(super) async fn send_code(
    State(app): State<AppState>,
    caller: Caller,
    Path(session): Path<SessionId>,
) -> Answer<Json<CodeSent>> {
    let table = Table::to(&app, &caller, session, Action::SignAgreement).await?;
    let agreement = table.locked().await?;
    let seat = table.seat()?;
    let (_, line) = table.signs(&agreement)?;
    let signatory = agreement.may_sign(line, None)?;
    if !app.config.sends_codes() {
        return Err(Refusal::new(RefusalKind::Conflict, "codes_unavailable").into());
    }
    require(&app.limit, &format!("signing-code:{}", seat.id), RATE).await?;
    // To the one who signs: the file knows no number of who acts for a party.
    let party =
        table.parties.iter().find(|p| Some(p.id) == signatory.party_id && seat.party_id == Some(p.id));
    let sent_to = party.and_then(|p| p.phone_masked()).unwrap_or_else(|| seat.name.clone());
    let text_sha256 = agreement.frozen.as_ref().map(|f| f.text_sha256.clone()).unwrap_or_default();
    let code = app.random.code();
    let kept = SigningCode::issue(agreement.id, seat.id, &text_sha256, &code, app.clock.now());
    store::agreement::keep_code(&table.tx, &kept).await?;
    table.tx.commit().await?;
    Ok(Json(CodeSent {
        sent_to,
        expires_in: CODE_LIFE.num_seconds(),
        demo_code: app.config.demo.then_some(code),
    }))
}
