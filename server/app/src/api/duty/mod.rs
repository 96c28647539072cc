//! The duty roster (值班表): read and changed by directors and the administrator; and whom a host can ring now.

mod edit;
mod on_duty;
mod roster;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(roster::roster, edit::add))
        .routes(routes!(edit::change, edit::remove))
        .routes(routes!(on_duty::on_duty))
}
