//! `POST /sessions/{session}/agreement/sign`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use domain::access::Action;
use domain::agreement::Agreement;
use domain::consent::{ConsentKind, standing};
use domain::signature::{Acting, Drawing, Evidence, Stroke};
use domain::{PartyId, Refusal, SeatId, SessionId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::{Caller, CallerAddress};
use crate::extract::{Json, Path};
use crate::jobs::SEAL_AGREEMENT;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// A signature.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Signature {
    /// The hash of the text that was on the screen.
    text_sha256: String,
    /// The drawn name.
    strokes: Vec<Stroke>,
    /// Width of the box it was drawn in, CSS pixels.
    width: f64,
    /// Height of that box.
    height: f64,
    /// The code that was sent.
    #[serde(default)]
    code: Option<String>,
}

/// Signs for oneself, or for the party one acts for with the power to (R28). The last signature sets the sealing going.
#[utoipa::path(
    post,
    path = "/sessions/{session}/agreement/sign",
    tag = "agreement",
    params(("session" = SessionId, Path)),
    request_body = Signature,
    responses(
        (status = 200, body = AgreementView),
        (status = 403, description = "not_signatory, power_missing, guardian_acts"),
        (status = 409, description = "text_changed, already_signed, esign_barred, code_expired, mediator_signs_last"),
        (status = 422, description = "code_wrong, signature_empty, signature_invalid"),
        (status = 429, description = "code_used_up")
    ),
    security(("seat" = []))
)]
pub(super) async fn sign(
    State(app): State<AppState>,
    caller: Caller,
    CallerAddress(address): CallerAddress,
    Path(session): Path<SessionId>,
    headers: HeaderMap,
    Json(signature): Json<Signature>,
) -> Answer<Json<AgreementView>> {
    let now = app.clock.now();
    let table = Table::to(&app, &caller, session, Action::SignAgreement).await?;
    let mut agreement = table.locked().await?;
    let (seat, name, role) = (table.seat()?.id, table.seat()?.name.clone(), table.seat()?.role);
    let (party, line) = table.signs(&agreement)?;
    let principal = agreement.may_sign(line, Some(&signature.text_sha256))?.name.clone();
    not_declined(&table, party).await?;
    let acting = (line != seat).then(|| Acting { role, name: name.clone() });
    let drawing = Drawing::parse(signature.width, signature.height, signature.strokes)?;
    let code_answered = app.config.sends_codes();
    if code_answered {
        let code = signature.code.unwrap_or_default();
        if let Err(refusal) =
            check_code(&app, &table, &agreement, seat, &code, &signature.text_sha256).await?
        {
            // A wrong answer must cost its try: what was written stays although the answer is no.
            table.tx.commit().await?;
            return Err(refusal.into());
        }
    }
    let device = headers.get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let evidence = Evidence {
        drawing,
        text_sha256: signature.text_sha256,
        device: device.chars().take(300).collect(),
        address: address.to_string(),
        code_answered,
        acting,
    };
    let data = json!({"text_sha256": evidence.text_sha256, "code_answered": code_answered, "acting": evidence.acting});
    let words =
        if line == seat { format!("{name} 已签名") } else { format!("{name} 代 {principal} 签名") };
    let complete = agreement.sign(line, evidence, now)?;
    table.note("agreement_signed", words, data).await?;
    if complete {
        store::job::enqueue(
            &table.tx,
            app.ids.next(),
            SEAL_AGREEMENT,
            &json!({"agreement": agreement.id}),
            now,
        )
        .await?;
    }
    let view = table.commit(&agreement).await?;
    app.jobs.wake();
    Ok(Json(view))
}

/// R17: who said no to electronic signatures is not made to give one.
async fn not_declined(table: &Table<'_>, party: Option<PartyId>) -> Result<(), Problem> {
    let Some(party) = party else { return Ok(()) };
    let consents = store::consent::of_party(&table.tx, party).await?;
    if standing(&consents, ConsentKind::ESignature).is_some_and(|consent| !consent.given) {
        return Err(Refusal::conflict("esign_declined").into());
    }
    Ok(())
}

async fn check_code(
    app: &AppState,
    table: &Table<'_>,
    agreement: &Agreement,
    seat: SeatId,
    code: &str,
    text_sha256: &str,
) -> Result<Result<(), Refusal>, Problem> {
    let Some(mut kept) = store::agreement::code(&table.tx, agreement.id, seat).await? else {
        return Ok(Err(Refusal::conflict("code_expired")));
    };
    let checked = kept.check(code, text_sha256, app.clock.now());
    store::agreement::keep_code(&table.tx, &kept).await?;
    Ok(checked)
}
