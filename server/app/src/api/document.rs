//! `GET /documents/{document}`: a paper of the file, to whom it is open.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use domain::access::{Action, Actor, Relation};
use domain::{Document, DocumentId};
use store::Tx;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::{Answer, Fault, Problem};
use crate::state::AppState;

/// Papers of the file.
pub fn routes() -> OpenApiRouter<AppState> { OpenApiRouter::new().routes(routes!(download)) }

/// The bytes, always as an attachment: nothing that was stored is ever shown as a page of this site (T7).
#[utoipa::path(
    get,
    path = "/documents/{document}",
    tag = "documents",
    params(("document" = DocumentId, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)),
    security(("staff" = []), ("seat" = []))
)]
async fn download(State(app): State<AppState>, caller: Caller, Path(id): Path<DocumentId>) -> Answer<Response> {
    let tx = app.store.read().await?;
    let document = store::document::find(&tx, id).await?.ok_or_else(Problem::not_found)?;
    actor(&tx, &caller, &document).await?.demand(Action::ReadPapers)?;
    drop(tx);
    let bytes = app
        .blobs
        .get(&document.blob_key)
        .await?
        .ok_or_else(|| Fault::new("reading a paper", format!("{} is not in the store", document.blob_key)))?;
    let headers = [
        (CONTENT_TYPE, document.mime.clone()),
        (CONTENT_DISPOSITION, disposition(&document)),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

async fn actor(tx: &Tx, caller: &Caller, document: &Document) -> Answer<Actor> {
    match caller {
        Caller::Seat(caller) => {
            let seat = store::seat::find_in(tx, caller.session_id, caller.seat_id).await?.ok_or_else(Problem::not_found)?;
            let sitting = store::sitting::find(tx, caller.session_id).await?.ok_or_else(Problem::not_found)?;
            let link = store::seat_link::of_seat(tx, seat.id).await?;
            let revoked = link.is_some_and(|link| link.revoked_at.is_some_and(|at| at > caller.issued_at));
            if revoked || sitting.case_id != document.case_id {
                return Err(Problem::not_found());
            }
            Ok(Actor::own_seat(seat.role))
        }
        Caller::Staff(staff) => {
            let case = store::case::find(tx, document.case_id).await?.ok_or_else(Problem::not_found)?;
            let handler = (case.mediator == Some(staff.id)).then_some(Relation::Handler);
            Ok(Actor::staff(staff.role, handler.into_iter().collect::<Vec<_>>()))
        }
    }
}

/// RFC 6266 with RFC 8187 for the Chinese title.
fn disposition(document: &Document) -> String {
    let extension = match document.mime.as_str() {
        "application/pdf" => ".pdf",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        _ => "",
    };
    let encoded = format!("{}{extension}", document.title).bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    });
    format!("attachment; filename=\"document{extension}\"; filename*=UTF-8''{encoded}")
}
