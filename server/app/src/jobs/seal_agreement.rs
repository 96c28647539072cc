//! Makes the sealed paper of an agreement everyone has signed, and lets it take effect (R15).

use bytes::Bytes;
use documents::AgreementPaper;
use domain::agreement::{Agreement, AgreementState, FrozenText, Regime};
use domain::case::{By, Event, next};
use domain::timeline::Draft;
use domain::{AgreementId, Case, Document, DocumentId, DocumentKind};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::job::Job;
use store::{StoreError, Tx};

use crate::api::agreement::announce;
use crate::paper::carried_out;
use crate::press::{Order, Unprinted};
use crate::problem::Fault;
use crate::state::AppState;

/// The name of this kind of work.
pub(crate) const KIND: &str = "seal_agreement";

pub(super) async fn carry_out(app: &AppState, job: &Job) -> Result<(), Fault> {
    let id: AgreementId =
        serde_json::from_value(job.payload["agreement"].clone()).map_err(Fault::of("reading a job"))?;
    let Some((agreement, case, order)) = prepare(app, id).await? else {
        return done(app, job).await;
    };
    let (number, sealed_at) = (order.paper.number.clone(), order.at);
    let sealed = app.press.sealed(order).await.map_err(|e| match e {
        Unprinted::Refused(refusal) => Fault::new("printing a frozen text", refusal),
        Unprinted::Failed(fault) => fault,
    })?;
    // The job's own id names the paper: a second attempt writes over what a killed first one left.
    let document = Document {
        id: DocumentId(job.id.0),
        case_id: case.id,
        kind: DocumentKind::Agreement,
        title: format!("人民调解协议书 {number}"),
        mime: "application/pdf".to_owned(),
        size: i64::try_from(sealed.len()).unwrap_or(i64::MAX),
        sha256: hex::encode(Sha256::digest(&sealed)),
        blob_key: format!("documents/{}", job.id),
        created_at: sealed_at,
    };
    app.blobs.put(&document.blob_key, Bytes::from(sealed)).await?;
    let tx = app.store.begin().await.map_err(Fault::of("storing a sealed paper"))?;
    take_effect(&tx, app, job, id, &document).await?;
    tx.commit().await.map_err(Fault::of("storing a sealed paper"))?;
    announce(app, case.id, agreement.session_id).await
}

/// Reads what is to be sealed; `None` when there is nothing to do any more.
async fn prepare(app: &AppState, id: AgreementId) -> Result<Option<(Agreement, Case, Order)>, Fault> {
    let reading = || Fault::of("reading an agreement to seal");
    let tx = app.store.read().await.map_err(reading())?;
    let Some(agreement) = store::agreement::find(&tx, id).await.map_err(reading())? else { return Ok(None) };
    if agreement.state != AgreementState::Sealing {
        return Ok(None);
    }
    let case = store::case::find(&tx, agreement.case_id).await.map_err(reading())?;
    let head = store::timeline::head(&tx, agreement.case_id).await.map_err(reading())?;
    let (Some(case), Some(frozen)) = (case, &agreement.frozen) else {
        return Err(Fault::new("reading an agreement to seal", "no case or no frozen text"));
    };
    let paper: AgreementPaper = source(frozen)?;
    let at = app.clock.now();
    let mut execution = carried_out(&agreement);
    execution.sealed = true;
    execution.date = Some(documents::beijing(at).date());
    execution.audit_head = head.map(|head| head.hash);
    let order = Order {
        organization_id: case.organization_id,
        paper,
        text_sha256: frozen.text_sha256.clone(),
        execution,
        at,
    };
    Ok(Some((agreement, case, order)))
}

/// The typeset source of a frozen text.
pub(crate) fn source(frozen: &FrozenText) -> Result<AgreementPaper, Fault> {
    serde_json::from_value(frozen.source.clone()).map_err(Fault::of("reading a frozen text"))
}

async fn take_effect(
    tx: &Tx,
    app: &AppState,
    job: &Job,
    id: AgreementId,
    document: &Document,
) -> Result<(), Fault> {
    let storing = || Fault::of::<StoreError>("storing a sealed paper");
    let Some(mut agreement) = store::agreement::lock(tx, id).await.map_err(storing())? else { return Ok(()) };
    let Some(mut case) = store::case::lock(tx, agreement.case_id).await.map_err(storing())? else {
        return Ok(());
    };
    let refused = Fault::of("taking effect");
    store::document::insert(tx, document).await.map_err(storing())?;
    let effective = agreement
        .sealed(Regime::of(case.source), document.id, document.created_at)
        .and_then(|at| Ok((at, next(case.state, &Event::TakeEffect { all_signed: true }, By::System)?)))
        .map_err(refused)?;
    (case.effective_at, case.state) = (Some(effective.0), effective.1);
    case.updated_at = app.clock.now();
    store::agreement::save(tx, &agreement).await.map_err(storing())?;
    store::case::save(tx, &case).await.map_err(storing())?;
    let draft = Draft {
        actor: "system".to_owned(),
        kind: "agreement_effective".to_owned(),
        summary: format!("{} 已盖章生效", document.title),
        data: json!({
            "document": document.id.0,
            "sha256": document.sha256,
            "text_sha256": agreement.frozen.as_ref().map(|f| &f.text_sha256),
            "effective_at": effective.0.to_rfc3339(),
        }),
    };
    store::timeline::append(tx, case.id, draft, app.clock.now()).await.map_err(storing())?;
    store::job::finish(tx, job.id, app.clock.now()).await.map_err(storing())
}

async fn done(app: &AppState, job: &Job) -> Result<(), Fault> {
    let tx = app.store.begin().await.map_err(Fault::of("finishing a job"))?;
    store::job::finish(&tx, job.id, app.clock.now()).await.map_err(Fault::of("finishing a job"))?;
    tx.commit().await.map_err(Fault::of("finishing a job"))
}
