//! The resident's door: a personal link, redeemed by one device (T3).
//!
//! The token stands in the path and is therefore never logged (`router::span`); the device is a cookie scripts cannot
//! read. Both are kept as hashes alone.

mod door;
mod key;
mod moving;
mod redeem;
mod refuse;
mod reschedule;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(door::door, redeem::redeem))
        .routes(routes!(moving::ask))
        .routes(routes!(refuse::refuse))
        .routes(routes!(reschedule::reschedule))
}
