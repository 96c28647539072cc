//! The HTTP API under `/api/v1`: one folder (or file) a noun, each with `routes()`.
//!
//! To add a noun: its module here, its line in [`routes`]. A handler names its caller (`StaffCaller`, `SeatCaller`,
//! `Caller`) in its arguments, opens one transaction, asks `domain::access`, and answers [`Answer`](crate::Answer).

pub mod agreement;
pub mod calls;
pub mod cases;
pub mod connection_check;
pub mod document;
pub mod duress;
pub mod duty;
pub mod guard;
pub mod join;
pub mod login;
pub mod me;
pub mod minutes;
pub mod once;
pub mod papers;
pub mod recordings;
pub mod sessions;
pub mod today;

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(login::routes())
        .merge(me::routes())
        .merge(today::routes())
        .merge(cases::routes())
        .merge(sessions::routes())
        .merge(join::routes())
        .merge(minutes::routes())
        .merge(agreement::routes())
        .merge(document::routes())
        .merge(papers::routes())
        .merge(connection_check::routes())
        .merge(recordings::routes())
        .merge(duty::routes())
        .merge(calls::routes())
        .merge(duress::routes())
}
