//! The incident desk (值守席): calls for help as they come in, and what humans did about them. Nothing of a case.

mod act;
mod list;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::list)).routes(routes!(list::live)).routes(routes!(act::act))
}
