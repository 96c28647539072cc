//! What the case file tells the live table, and asks it. The business endpoints reach the live hub through here alone.
//!
//! Call these after the commit and with no transaction open: the hub reads and writes for itself.

use domain::{SeatId, SessionId};

use crate::api::minutes::EntryView;
use crate::live::Paper;
use crate::problem::Answer;
use crate::state::AppState;

/// Somebody is about to be given a media token: the room is governed and its table in force before this resolves.
pub(in crate::api) async fn open(app: &AppState, session: SessionId) -> Answer<()> {
    Ok(app.live.hub.enter(session).await?)
}

/// Seats were added.
pub(in crate::api) async fn refresh(app: &AppState, session: SessionId) {
    app.live.hub.refresh(session).await;
}

/// A seat's link was taken back or replaced: out, on both wires.
pub(in crate::api) async fn kick(app: &AppState, session: SessionId, seat: SeatId) {
    app.live.hub.kick(session, seat, "link_revoked").await;
}

/// Two seats may never share an area from now on. A sitting that nobody has come to yet reads it when it is set up.
pub(in crate::api) async fn screen(app: &AppState, session: SessionId, a: SeatId, b: SeatId) -> Answer<()> {
    Ok(app.live.hub.screen(session, a, b).await?)
}

/// The sitting will not take place. One that is already live is ended by its host, who is told by the case file.
pub(in crate::api) async fn cancel(app: &AppState, session: SessionId) {
    if let Err(refusal) = app.live.hub.cancel(session).await {
        tracing::warn!(%session, code = refusal.code, "the sitting could not be called off");
    }
}

/// How many wait in the lobby now.
pub(in crate::api) async fn waiting(app: &AppState, session: SessionId) -> usize {
    app.live.hub.waiting(session).await
}

/// An entry of the minutes is new or was spoken to: those at the table who may read it get it.
pub(in crate::api) async fn publish_entry(app: &AppState, session: SessionId, entry: &EntryView) {
    match serde_json::to_value(entry) {
        Ok(entry) => app.live.hub.publish(session, Paper::Minutes(entry)).await,
        Err(error) => tracing::error!(%error, "an entry of the minutes cannot be written as JSON"),
    }
}
