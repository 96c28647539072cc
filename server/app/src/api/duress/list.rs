//! `GET /duress` and `GET /duress/live`: what is open at the incident desk, and what was closed within a day.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use chrono::TimeDelta;
use domain::access::{Action, Actor};
use futures_util::Stream;
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use super::view::DuressView;
use crate::api::calls::live::{stream, text};
use crate::caller::StaffCaller;
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Closed calls are shown this long.
const SHOWN: TimeDelta = TimeDelta::days(1);

/// Calls for help, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DuressList {
    items: Vec<DuressView>,
}

/// Calls for help of the centres this desk watches over.
#[utoipa::path(
    get,
    path = "/duress",
    tag = "duress",
    security(("staff" = [])),
    responses((status = 200, body = DuressList), (status = 403, body = ProblemBody, description = "not_allowed"))
)]
pub(super) async fn list(State(app): State<AppState>, caller: StaffCaller) -> Answer<Json<DuressList>> {
    Actor::staff(caller.role, []).demand_general(Action::SeeDuress)?;
    let tx = app.store.read().await?;
    Ok(Json(at_desk(&tx, &app, &caller).await?))
}

/// The same again after every change.
#[utoipa::path(
    get,
    path = "/duress/live",
    tag = "duress",
    security(("staff" = [])),
    responses(
        (status = 200, content_type = "text/event-stream", body = String, description = "each event is the body of GET /duress"),
        (status = 403, body = ProblemBody, description = "not_allowed"),
    )
)]
pub(super) async fn live(
    State(app): State<AppState>,
    caller: StaffCaller,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    Actor::staff(caller.role, []).demand_general(Action::SeeDuress)?;
    Ok(stream(
        app,
        caller,
        Box::new(|app, caller| {
            Box::pin(async move {
                let tx = app.store.read().await?;
                Ok(text(&at_desk(&tx, &app, &caller).await?))
            })
        }),
    ))
}

async fn at_desk(tx: &Tx, app: &AppState, caller: &StaffCaller) -> Answer<DuressList> {
    let watched = store::organization::subtree(tx, caller.organization_id).await?;
    let mut items = Vec::new();
    for duress in store::duress::at_desk(tx, &watched, app.clock.now() - SHOWN).await? {
        items.push(DuressView::of(tx, duress).await?);
    }
    Ok(DuressList { items })
}
