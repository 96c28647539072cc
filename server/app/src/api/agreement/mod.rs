//! The agreement of a sitting's case: drafted, agreed, frozen, signed. One endpoint a file.
//!
//! Every writing call answers the whole agreement and pushes the same to all at the table on the live wire.

mod add_clause;
mod announce;
mod edit_clause;
mod freeze;
mod page;
mod read;
mod remove_clause;
mod reopen;
mod send_code;
mod sign;
mod table;
mod take_stance;
mod text;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub(crate) use announce::announce;
pub(crate) use table::roster;
pub(crate) use view::of_session;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(read::read))
        .routes(routes!(add_clause::add_clause))
        .routes(routes!(edit_clause::edit_clause, remove_clause::remove_clause))
        .routes(routes!(take_stance::take_stance))
        .routes(routes!(freeze::freeze))
        .routes(routes!(reopen::reopen))
        .routes(routes!(page::page))
        .routes(routes!(text::text))
        .routes(routes!(send_code::send_code))
        .routes(routes!(sign::sign))
}
