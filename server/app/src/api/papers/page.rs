//! `GET /papers/{paper}/pages/{n}`: a page as the server made it, with the viewer's name over it.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use domain::PaperId;

use super::seen_by;
use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;

/// One page as JPEG, from 1. There is no link to it: only a token of somebody who may see it opens it.
#[utoipa::path(
    get,
    path = "/papers/{paper}/pages/{n}",
    tag = "papers",
    operation_id = "read_paper_page",
    params(("paper" = PaperId, Path), ("n" = u32, Path)),
    security(("seat" = []), ("staff" = [])),
    responses(
        (status = 200, content_type = "image/jpeg"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 422, body = ProblemBody, description = "paper_broken"),
    )
)]
pub(super) async fn page(
    State(app): State<AppState>,
    caller: Caller,
    Path((id, n)): Path<(PaperId, u32)>,
) -> Answer<Response> {
    let (paper, words) = seen_by(&app, &caller, id).await?;
    if !(1..=paper.pages).contains(&n) {
        return Err(Problem::not_found());
    }
    let page = app.darkroom.page_for(paper.id, paper.kind, n, &words).await?;
    let headers = [
        (CONTENT_TYPE, "image/jpeg"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, page).into_response())
}
