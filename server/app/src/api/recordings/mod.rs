//! Recordings of a case: list, contents, playback, hold, one film, and who looked.
//!
//! Nothing of a recording leaves without a look in its log: tracks and the film open only to a playback's cookie, and a
//! playback is begun by a call that writes the look (R7, R35).

mod compose;
mod hold;
mod list;
mod looks;
mod play;
mod read;
mod track;
mod view;

use domain::access::Action;
use domain::recording::{Look, LookKind};
use domain::{Case, Recording, RecordingId};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::guard;
use crate::caller::StaffCaller;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(read::read))
        .routes(routes!(play::play))
        .routes(routes!(track::track))
        .routes(routes!(hold::hold, hold::release))
        .routes(routes!(compose::compose, compose::film))
        .routes(routes!(looks::looks))
}

/// A recording of the caller's, if the action is allowed on its case.
async fn found(tx: &Tx, caller: &StaffCaller, id: RecordingId, action: Action) -> Answer<(Recording, Case)> {
    let recording = store::recording::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let (case, _) = guard::case(tx, caller, recording.case_id, action).await?;
    Ok((recording, case))
}

/// Writes a look down, in the transaction of what is looked at.
async fn note(app: &AppState, tx: &Tx, caller: &StaffCaller, id: RecordingId, what: LookKind) -> Answer<()> {
    let viewer = guard::name(tx, caller).await?;
    let look = Look { at: app.clock.now(), viewer, what };
    store::recording::look(tx, app.ids.next(), id, caller.id, &look).await?;
    Ok(())
}
