//! Sittings on a case: schedule, seats, personal links, and the staff's own way in.

mod colleagues;
mod consents;
mod create;
mod device;
mod enter;
mod entry;
mod hearing;
mod links;
mod mandate;
mod read;
mod screens;
mod seats;
pub(super) mod table;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub(super) use self::entry::{Entry, entry};
pub use self::view::{SeatView, SessionView};

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create::create))
        .routes(routes!(read::read))
        .routes(routes!(seats::add))
        .routes(routes!(screens::screen))
        .routes(routes!(mandate::put))
        .routes(routes!(device::put))
        .routes(routes!(links::issue, links::revoke))
        .routes(routes!(enter::enter))
        .routes(routes!(hearing::hearing))
        .routes(routes!(consents::receipts))
        .routes(routes!(colleagues::colleagues))
}
