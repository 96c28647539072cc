//! `POST /sessions/{id}/papers`: hands in a paper.
//!
//! Received to the disk, looked at in a child process, kept byte for byte; then, in one transaction under the lock of
//! the case: the quota, the row, and the hash on the case's timeline. What fails leaves nothing behind.

use std::time::Duration;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Action;
use domain::timeline::Draft;
use domain::{Paper, PaperId, PaperScope, Refusal, Seat, SessionId, Side, paper};
use serde_json::json;
use utoipa::ToSchema;

use super::receive::{Received, receive};
use super::view::CasePaper;
use crate::api::guard;
use crate::api::once::{Key, Once};
use crate::caller::SeatCaller;
use crate::darkroom::{Examined, original_key, page_key};
use crate::extract::Path;
use crate::ports::limit::{self, Rate};
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// How often one seat may hand something in.
const RATE: Rate = Rate::new(30, Duration::from_secs(4));

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields are read one by one as they arrive; this is their description")]
pub(super) struct NewPaper {
    /// Who may see it besides its owner.
    scope: PaperScope,
    /// A photo (JPEG, PNG, WebP) or a PDF.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// Hands in a paper; those who may see it find it in their view.
#[utoipa::path(
    post,
    path = "/sessions/{id}/papers",
    tag = "papers",
    operation_id = "hand_in_paper",
    params(("id" = SessionId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = NewPaper, content_type = "multipart/form-data"),
    security(("seat" = [])),
    responses(
        (status = 201, body = CasePaper),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "paper_quota"),
        (status = 413, body = ProblemBody, description = "paper_too_large"),
        (status = 415, body = ProblemBody, description = "not_a_form"),
        (status = 422, body = ProblemBody, description = "paper_empty, paper_kind, paper_heic, paper_office, \
         paper_name, paper_broken, paper_locked, paper_too_long, paper_too_large, paper_scope"),
        (status = 429, body = ProblemBody, description = "too_many"),
    )
)]
pub(super) async fn upload(
    State(app): State<AppState>,
    caller: SeatCaller,
    Path(id): Path<SessionId>,
    key: Key,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<Response> {
    let tx = app.store.read().await?;
    let seat = guard::seat(&tx, &caller, id, Action::LodgePaper).await?;
    quota(&app, &store::paper::of_case(&tx, caller.case_id).await?, 0)?;
    drop(tx);
    limit::require(&app.limit, &format!("paper:{}", seat.id), RATE).await?;
    let mut form = form.map_err(|_| Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_a_form"))?;
    let (file, _arriving) = app.darkroom.place()?;
    let received = receive(&mut form, &file, app.config.papers.most_mib << 20).await?;
    if received.scope == PaperScope::Side && seat.side == Side::Neutral {
        return Err(Refusal::invalid("paper_scope").into());
    }
    let title = paper::title(&received.name, received.kind)?;
    let Examined { pages, first } = app.darkroom.examine(file.path(), received.kind).await?;
    let Received { kind, size, sha256, scope, .. } = received;
    let paper = Paper {
        id: app.ids.next(),
        case_id: caller.case_id,
        session_id: id,
        seat: seat.id,
        party: seat.party_id,
        owner: seat.name.clone(),
        side: seat.side,
        scope,
        title,
        kind,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        sha256,
        pages,
        at: app.clock.now(),
    };
    app.blobs.put_file(&original_key(paper.id), file.path()).await?;
    app.blobs.put_file(&page_key(paper.id, 1), first.path()).await?;
    let kept = keep(&app, &key, &seat, &paper).await;
    if !matches!(kept, Ok((_, true))) {
        forget(&app, paper.id).await;
    }
    let (answer, _) = kept?;
    // Those at the table who may see it; who comes later finds it.
    app.live.hub.refresh(id).await;
    Ok(answer)
}

/// The facts, or nothing of them; answers whether they are new.
async fn keep(app: &AppState, key: &Key, seat: &Seat, paper: &Paper) -> Answer<(Response, bool)> {
    let tx = app.store.begin().await?;
    let who = format!("{} POST /sessions/{}/papers", seat.id, paper.session_id);
    let request = json!({"scope": paper.scope, "title": paper.title, "sha256": paper.sha256});
    let pending = match key.claim(app, &tx, &who, &request).await? {
        Once::Now(pending) => pending,
        Once::Before(answer) => return Ok((answer, false)),
    };
    store::case::lock(&tx, paper.case_id).await?.ok_or_else(Problem::not_found)?;
    quota(app, &store::paper::of_case(&tx, paper.case_id).await?, paper.size)?;
    store::paper::insert(&tx, paper).await?;
    let draft = Draft {
        actor: paper.owner.clone(),
        kind: "paper_lodged".to_owned(),
        // Without its title: whoever reads the file's course need not read its papers.
        summary: format!("{}提交一份材料（{}页）", paper.owner, paper.pages),
        data: json!({
            "paper": paper.id, "session": paper.session_id, "kind": paper.kind, "size": paper.size,
            "sha256": paper.sha256, "pages": paper.pages, "scope": paper.scope,
        }),
    };
    store::timeline::append(&tx, paper.case_id, draft, paper.at).await?;
    let answer = pending.created(&tx, &CasePaper::from(paper.clone())).await?;
    tx.commit().await?;
    Ok((answer, true))
}

/// What a case may hold, one more of this size included.
fn quota(app: &AppState, papers: &[Paper], more: i64) -> Result<(), Refusal> {
    let bytes: i64 = papers.iter().map(|paper| paper.size).sum();
    let most = app.config.papers.case_mib;
    if papers.len() >= paper::MOST_PAPERS || bytes + more > i64::try_from(most << 20).unwrap_or(i64::MAX) {
        let refusal = Refusal::conflict("paper_quota");
        return Err(refusal.with("most", paper::MOST_PAPERS).with("most_mib", most));
    }
    Ok(())
}

async fn forget(app: &AppState, paper: PaperId) {
    for key in [original_key(paper), page_key(paper, 1)] {
        if let Err(fault) = app.blobs.delete(&key).await {
            tracing::warn!(error = %fault, "bytes of a refused paper were left");
        }
    }
}
