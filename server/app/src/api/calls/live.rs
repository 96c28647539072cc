//! `GET /calls/live`: the same as `GET /calls`, again after every change, as server-sent events (WHATWG HTML §9.2).
//!
//! The stream ends by itself, so that a sign-in that was ended does not hear on: the page opens it again with the
//! token it has then. The incident desk's stream is made of the same loop.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::access::{Action, Actor};
use futures_util::Stream;
use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

use super::list::calls;
use crate::caller::StaffCaller;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// A stream is not longer than this.
const LIFE: Duration = Duration::from_mins(4);
/// Another node's changes ring no bell here.
const LOOK: Duration = Duration::from_secs(5);
/// A proxy closes what is silent for longer.
const ALIVE: Duration = Duration::from_secs(15);

/// What one desk reads now, as JSON text.
type Read = Box<dyn Fn(AppState, StaffCaller) -> BoxFuture<'static, Answer<String>> + Send + Sync>;

struct Desk {
    app: AppState,
    caller: StaffCaller,
    bell: watch::Receiver<u64>,
    read: Read,
    last: Option<String>,
    ends: Instant,
}

/// The caller's calls, as they change.
#[utoipa::path(
    get,
    path = "/calls/live",
    tag = "calls",
    security(("staff" = [])),
    responses(
        (status = 200, content_type = "text/event-stream", body = String, description = "each event is the body of GET /calls"),
        (status = 403, body = ProblemBody, description = "not_allowed"),
    )
)]
pub(super) async fn live(
    State(app): State<AppState>,
    caller: StaffCaller,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    Actor::staff(caller.role, []).demand_general(Action::AnswerCalls)?;
    Ok(stream(
        app,
        caller,
        Box::new(|app, caller| {
            Box::pin(async move {
                let tx = app.store.read().await?;
                Ok(text(&calls(&tx, &app, &caller).await?))
            })
        }),
    ))
}

/// Events with what `read` gives, whenever that is something new.
pub(in crate::api) fn stream(
    app: AppState,
    caller: StaffCaller,
    read: Read,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    metrics::counter!("onedoor_desk_streams_total").increment(1);
    let (bell, ends) = (app.live.hub.bell().listen(), Instant::now() + LIFE);
    let desk = Desk { app, caller, bell, read, last: None, ends };
    let events = futures_util::stream::unfold(desk, |mut desk| async move {
        let news = desk.news().await?;
        Some((Ok(Event::default().data(news)), desk))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
}

impl Desk {
    /// Waits for something new; none at the end.
    async fn news(&mut self) -> Option<String> {
        loop {
            self.bell.mark_unchanged();
            match (self.read)(self.app.clone(), self.caller.clone()).await {
                Ok(now) if self.last.as_ref() != Some(&now) => {
                    self.last = Some(now.clone());
                    return Some(now);
                }
                Ok(_) => {}
                Err(problem) => tracing::warn!(code = problem.code(), "a desk's list cannot be read"),
            }
            tokio::select! {
                () = self.app.tasks.stopping() => return None,
                () = tokio::time::sleep_until(self.ends) => return None,
                _ = self.bell.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// As JSON. Every part of these lists serialises.
pub(in crate::api) fn text(list: &impl Serialize) -> String {
    serde_json::to_string(list).unwrap_or_default()
}
