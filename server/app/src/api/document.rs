//! `GET /documents/{document}`: a paper of the file, to whom it is open.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use domain::access::Action;
use domain::{Document, DocumentId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::guard;
use crate::caller::Caller;
use crate::extract::Path;
use crate::problem::{Answer, Fault, Problem};
use crate::state::AppState;

/// Papers of the file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(download))
}

/// The bytes, always as an attachment: nothing that was stored is ever shown as a page of this site (T7).
#[utoipa::path(
    get,
    path = "/documents/{document}",
    tag = "documents",
    params(("document" = DocumentId, Path)),
    responses((status = 200, content_type = "application/octet-stream"), (status = 404)),
    security(("staff" = []), ("seat" = []))
)]
async fn download(
    State(app): State<AppState>,
    caller: Caller,
    Path(id): Path<DocumentId>,
) -> Answer<Response> {
    let tx = app.store.read().await?;
    let document = store::document::find(&tx, id).await?.ok_or_else(Problem::not_found)?;
    match &caller {
        Caller::Staff(staff) => {
            guard::case(&tx, staff, document.case_id, Action::ReadPapers).await.map(|_| ())?;
        }
        Caller::Seat(seat) if seat.case_id == document.case_id => {
            guard::seat(&tx, seat, seat.session_id, Action::ReadPapers).await.map(|_| ())?;
        }
        Caller::Seat(_) => return Err(Problem::not_found()),
    }
    drop(tx);
    let bytes =
        app.blobs.get(&document.blob_key).await?.ok_or_else(|| {
            Fault::new("reading a paper", format!("{} is not in the store", document.blob_key))
        })?;
    let headers = [
        (CONTENT_TYPE, document.mime.clone()),
        (CONTENT_DISPOSITION, disposition(&document)),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// RFC 6266 with RFC 8187 for the Chinese title.
fn disposition(document: &Document) -> String {
    let extension = match document.mime.as_str() {
        "application/pdf" => ".pdf",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        _ => "",
    };
    attachment(&document.title, extension)
}

/// The header of something to be saved under this title.
pub(crate) fn attachment(title: &str, extension: &str) -> String {
    let encoded = format!("{title}{extension}").bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    });
    format!("attachment; filename=\"document{extension}\"; filename*=UTF-8''{encoded}")
}
