//! `PUT /cases/{id}/parties/{party}/consents/{kind}`: staff write down a party's word.

use axum::extract::State;
use domain::access::Action;
use domain::consent::NOTICE_VERSION;
use domain::timeline::Draft;
use domain::{CaseId, ConsentKind, PartyId};
use serde::Deserialize;
use serde_json::json;
use store::consent::Word;
use utoipa::ToSchema;

use super::{PartyView, stop};
use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// Yes or no.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Given {
    given: bool,
}

/// Adds a revision to the party's word. A no to `mediation` bars acceptance, and ends a case that was accepted (R1).
#[utoipa::path(
    put,
    path = "/cases/{id}/parties/{party}/consents/{kind}",
    tag = "cases",
    params(("id" = CaseId, Path), ("party" = PartyId, Path), ("kind" = ConsentKind, Path)),
    request_body = Given,
    security(("staff" = [])),
    responses((status = 200, body = PartyView), (status = 404, body = ProblemBody, description = "not_found"))
)]
pub(super) async fn record(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path((id, party, kind)): Path<(CaseId, PartyId, ConsentKind)>,
    Json(Given { given }): Json<Given>,
) -> Answer<Json<PartyView>> {
    let now = app.clock.now();
    let tx = app.store.begin().await?;
    let case = guard::case_to_change(&tx, &caller, id, Action::RecordConsent).await?;
    let party = store::party::find(&tx, case.id, party).await?.ok_or_else(Problem::not_found)?;
    let name = guard::name(&tx, &caller).await?;
    let word = Word { kind, given, version: NOTICE_VERSION, recorded_by: &name, at: now };
    store::consent::record(&tx, party.id, &word).await?;
    let draft = Draft {
        summary: format!("{}{}{}", party.name, if given { "同意" } else { "不同意" }, question(kind)),
        actor: name,
        kind: if given { "consent_given" } else { "consent_refused" }.into(),
        data: json!({"party": party.id, "question": kind, "version": NOTICE_VERSION}),
    };
    store::timeline::append(&tx, case.id, draft, now).await?;
    let cancelled = if kind == ConsentKind::Mediation && !given {
        stop::mediation_refused(&tx, case, &party.name, now).await?
    } else {
        Vec::new()
    };
    let going_on: Vec<_> = store::sitting::going_on(&tx)
        .await?
        .into_iter()
        .filter(|sitting| sitting.case_id == id)
        .map(|sitting| sitting.id)
        .collect();
    let consents = store::consent::of_party(&tx, party.id).await?;
    tx.commit().await?;
    stop::cancel(&app, cancelled).await;
    if kind == ConsentKind::Recording {
        // R12: taken back at the counter counts in the sitting that goes on.
        for sitting in going_on {
            app.live.hub.refresh(sitting).await;
        }
    }
    Ok(Json(PartyView::of(&party, &consents, now)))
}

fn question(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::Mediation => "调解",
        ConsentKind::OnlineProcedure => "在线进行",
        ConsentKind::ESignature => "电子签名",
        ConsentKind::Recording => "录音录像",
    }
}
