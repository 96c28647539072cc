//! `POST /sessions/{session}/agreement/freeze`: the text stands still, signing opens.
//!
//! Typesetting takes too long to hold the database meanwhile. So: reserve a number and let go, typeset, then freeze under
//! the lock if nothing changed; a number that was not used is void.

use axum::extract::State;
use chrono::Datelike;
use domain::access::Action;
use domain::agreement::FrozenText;
use domain::case::{By, Event, next};
use domain::{CaseState, Refusal, SessionId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::table::Table;
use super::view::AgreementView;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::paper::{agreement_paper, unsigned};
use crate::problem::{Answer, Fault, Problem};
use crate::state::AppState;

/// What is frozen.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Freeze {
    /// The version the mediator has read.
    version: i32,
}

/// Freezes the text when every party agrees to every clause.
#[utoipa::path(
    post,
    path = "/sessions/{session}/agreement/freeze",
    tag = "agreement",
    params(("session" = SessionId, Path)),
    request_body = Freeze,
    responses(
        (status = 200, body = AgreementView),
        (status = 409, description = "not_all_agreed, agreement_changed, no_clauses"),
        (status = 422, description = "glyph_missing")
    ),
    security(("seat" = []))
)]
pub(super) async fn freeze(
    State(app): State<AppState>,
    caller: Caller,
    Path(session): Path<SessionId>,
    Json(Freeze { version }): Json<Freeze>,
) -> Answer<Json<AgreementView>> {
    let now = app.clock.now();
    let table = Table::to(&app, &caller, session, Action::FreezeAgreement).await?;
    let mut agreement = table.locked().await?;
    agreement.may_freeze(&table.roster, version)?;
    signing_opens(table.case.state)?;
    let organization = store::organization::find(&table.tx, table.case.organization_id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let year = documents::beijing(now).year();
    let number = store::agreement::reserve_number(&table.tx, &organization, year, agreement.id, now).await?;
    let paper = agreement_paper(&table.case, &organization, &table.parties, &agreement, &number, now);
    agreement.required = domain::agreement::Agreement::signatories(&table.roster);
    let blocks = unsigned(&agreement);
    table.tx.commit().await?;

    let source = serde_json::to_value(&paper).map_err(Fault::of("keeping a frozen text"))?;
    let frozen = match app.press.freeze(paper, blocks).await {
        Ok(frozen) => FrozenText {
            paragraphs: frozen.paragraphs,
            text_sha256: frozen.text_sha256,
            pages: i32::try_from(frozen.pages).unwrap_or(i32::MAX),
            at: now,
            number: number.clone(),
            source,
        },
        Err(unprinted) => {
            void(&app, &number).await?;
            return Err(unprinted.into());
        }
    };

    let table = Table::to(&app, &caller, session, Action::FreezeAgreement).await?;
    let mut agreement = table.locked().await?;
    match keep(&app, &table, &mut agreement, version, frozen).await {
        Ok(()) => Ok(Json(table.commit(&agreement).await?)),
        Err(problem) => {
            drop(table);
            void(&app, &number).await?;
            Err(problem)
        }
    }
}

async fn keep(
    app: &AppState,
    table: &Table<'_>,
    agreement: &mut domain::agreement::Agreement,
    version: i32,
    frozen: FrozenText,
) -> Answer<()> {
    let (number, hash) = (frozen.number.clone(), frozen.text_sha256.clone());
    agreement.freeze(&table.roster, version, frozen)?;
    let mut case = store::case::lock(&table.tx, table.case.id).await?.ok_or_else(Problem::not_found)?;
    case.state = signing_opens(case.state)?;
    case.number = Some(number.clone());
    case.updated_at = app.clock.now();
    store::case::save(&table.tx, &case).await?;
    let data = json!({"number": number, "text_sha256": hash, "clauses": agreement.clauses.len()});
    table.note("agreement_frozen", format!("协议文本已确定，编号 {number}，开始签名"), data).await
}

/// A case whose sitting is under way is being mediated, whether or not the desk has pressed “start”.
fn signing_opens(state: CaseState) -> Result<CaseState, Refusal> {
    let state = match state {
        CaseState::Accepted | CaseState::Assigned => CaseState::Mediating,
        state => state,
    };
    next(state, &Event::OpenSigning { lint_passed: true }, By::Mediator)
}

async fn void(app: &AppState, number: &str) -> Answer<()> {
    let tx = app.store.begin().await?;
    store::agreement::void_number(&tx, number).await?;
    Ok(tx.commit().await?)
}
