//! `GET /papers/{paper}/original`: the file as it was handed in, byte for byte.
//!
//! For its owner and for mediators: a photo's own words (where and when it was taken) are nobody else's business.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use domain::{PaperId, Refusal};

use super::seen_by;
use crate::api::document::attachment;
use crate::api::guard;
use crate::caller::Caller;
use crate::darkroom::original_key;
use crate::extract::Path;
use crate::problem::{Answer, Fault, ProblemBody};
use crate::state::AppState;

/// The bytes, always as an attachment: nothing that was stored is ever shown as a page of this site (T7).
#[utoipa::path(
    get,
    path = "/papers/{paper}/original",
    tag = "papers",
    operation_id = "read_paper_original",
    params(("paper" = PaperId, Path)),
    security(("seat" = []), ("staff" = [])),
    responses(
        (status = 200, content_type = "application/octet-stream"),
        (status = 403, body = ProblemBody, description = "owner_only"),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn original(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<PaperId>,
) -> Answer<Response> {
    let (paper, _) = seen_by(&app, &caller, id).await?;
    if let Caller::Seat(caller) = &caller {
        let tx = app.store.read().await?;
        let seat = guard::at_table(&tx, caller, caller.session_id).await?;
        let owns = paper.seat == seat.id || (paper.party.is_some() && paper.party == seat.party_id);
        if !owns && !seat.role.hosts() {
            return Err(Refusal::forbidden("owner_only").into());
        }
    }
    let bytes = app.blobs.get(&original_key(id)).await?;
    let bytes = bytes.ok_or_else(|| Fault::new("reading a paper", "its original is not in the store"))?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, attachment(&paper.title, paper.kind.ending())),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
