//! Cases: register, read, parties and their consents, acceptance, the timeline.

mod accept;
mod assign;
mod consents;
mod create;
mod list;
mod parties;
mod read;
mod stop;
mod timeline;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub(super) use self::list::rows;
pub(super) use self::stop::{cancel, mediation_refused};
pub use self::view::{CaseRow, CaseView, PartyView};

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(read::read))
        .routes(routes!(parties::add))
        .routes(routes!(consents::record))
        .routes(routes!(accept::accept))
        .routes(routes!(assign::assign))
        .routes(routes!(timeline::timeline))
}
