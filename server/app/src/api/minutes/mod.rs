//! The minutes of a sitting: the table reads them, the host and the clerk write, the parties confirm line by line (R12).

mod confirm;
mod list;
mod view;
mod write;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub use self::view::EntryView;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list::list, write::write)).routes(routes!(confirm::confirm))
}
