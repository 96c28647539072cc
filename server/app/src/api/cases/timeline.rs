//! `GET /cases/{id}/timeline`: what happened, whether the chain holds, and its head.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::{CaseId, TimelineEvent, timeline as chain};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::guard;
use crate::caller::StaffCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// The hash chain of a case.
#[derive(Serialize, ToSchema)]
pub(super) struct Timeline {
    items: Vec<TimelineItem>,
    /// The hash of the last event; empty for none.
    head: String,
    /// Whether every hash holds.
    intact: bool,
}

/// One link of the chain.
#[derive(Serialize, ToSchema)]
#[schema(as = TimelineEvent)]
struct TimelineItem {
    seq: i64,
    at: DateTime<Utc>,
    actor: String,
    kind: String,
    summary: String,
    #[schema(value_type = Object)]
    data: Value,
    hash: String,
    prev: String,
}

/// The whole timeline, the first event first.
#[utoipa::path(
    get,
    path = "/cases/{id}/timeline",
    tag = "cases",
    params(("id" = CaseId, Path)),
    security(("staff" = [])),
    responses((status = 200, body = Timeline), (status = 404, body = ProblemBody, description = "not_found"))
)]
pub(super) async fn timeline(
    State(app): State<AppState>,
    caller: StaffCaller,
    Path(id): Path<CaseId>,
) -> Answer<Json<Timeline>> {
    let tx = app.store.read().await?;
    let (case, _) = guard::case(&tx, &caller, id, Action::ReadTimeline).await?;
    let events = store::timeline::of_case(&tx, case.id).await?;
    let intact = chain::verify(case.id, &events, None).is_ok();
    let head = events.last().map(|event| event.hash.clone()).unwrap_or_default();
    Ok(Json(Timeline { items: events.into_iter().map(Into::into).collect(), head, intact }))
}

impl From<TimelineEvent> for TimelineItem {
    fn from(event: TimelineEvent) -> Self {
        let TimelineEvent { seq, at, actor, kind, summary, data, prev, hash } = event;
        Self { seq, at, actor, kind, summary, data, hash, prev }
    }
}
