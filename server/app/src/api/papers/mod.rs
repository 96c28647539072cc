//! Papers people lay on the table: handed in from a phone, shown page by page, the original for its owner.
//!
//! Who may see one is asked of the sitting itself ([`crate::live::Hub::paper_for`]): the same gate as the live wire's.

mod list;
mod original;
mod page;
mod receive;
mod upload;
mod view;

use axum::extract::DefaultBodyLimit;
use domain::access::Action;
use domain::{Paper, PaperId, SessionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::guard;
use crate::caller::Caller;
use crate::problem::{Answer, Problem};
use crate::state::AppState;

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        // Bounded while it is received, by a setting.
        .merge(OpenApiRouter::new().routes(routes!(upload::upload)).layer(DefaultBodyLimit::disable()))
        .routes(routes!(list::list))
        .routes(routes!(page::page))
        .routes(routes!(original::original))
}

/// The paper, if this caller may see it; with the words that are laid over its pages (R7).
async fn seen_by(app: &AppState, caller: &Caller, id: PaperId) -> Answer<(Paper, String)> {
    let tx = app.store.read().await?;
    let today = documents::beijing(app.clock.now()).format("%Y-%m-%d").to_string();
    match caller {
        Caller::Staff(staff) => {
            let paper = store::paper::find(&tx, id).await?.ok_or_else(Problem::not_found)?;
            guard::case(&tx, staff, paper.case_id, Action::ReadPapers).await?;
            let name = guard::name(&tx, staff).await?;
            Ok((paper, format!("{name} {today}")))
        }
        Caller::Seat(caller) => {
            let session: SessionId = caller.session_id;
            let seat = guard::at_table(&tx, caller, session).await?;
            drop(tx);
            let paper = app.live.hub.paper_for(session, seat.id, id).await;
            let paper = paper.map_err(|refusal| match refusal.code {
                "try_again" => Problem::from(refusal),
                _ => Problem::not_found(),
            })?;
            // The last characters name the seat where two people have one name.
            let tail: String = seat.id.0.simple().to_string().chars().skip(28).collect();
            Ok((paper, format!("{} {tail} {today}", seat.name)))
        }
    }
}
