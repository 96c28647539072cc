//! The one call of LiveKit's room service that client test suites need: `DeleteRoom`, over Twirp.
//!
//! The application closes rooms in-process; this is for outside tools that hold an API key.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use prost::Message;
use serde::Deserialize;

use crate::clock::now_ms;
use crate::events::LeaveReason;
use crate::wire::Wire;

#[derive(Clone, PartialEq, Message, Deserialize)]
struct DeleteRoomRequest {
    #[prost(string, tag = "1")]
    room: String,
}

/// A Twirp error: a code of that protocol and words.
fn no(status: StatusCode, code: &str, message: &str) -> Response {
    let body = serde_json::json!({ "code": code, "msg": message }).to_string();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Ends a room; everyone in it is told that it was deleted.
pub(crate) async fn delete_room(State(wire): State<Wire>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = text(header::AUTHORIZATION).strip_prefix("Bearer ").unwrap_or_default();
    let claims = match crate::token::verify(token, &wire.shared.config.keys, now_ms()) {
        Ok(claims) => claims,
        Err(error) => return no(StatusCode::UNAUTHORIZED, "unauthenticated", &error.to_string()),
    };
    if !claims.video.room_create {
        return no(StatusCode::FORBIDDEN, "permission_denied", "roomCreate is not granted");
    }
    let json = text(header::CONTENT_TYPE).starts_with("application/json");
    let request = if json {
        serde_json::from_slice::<DeleteRoomRequest>(&body).ok()
    } else {
        DeleteRoomRequest::decode(body).ok()
    };
    let Some(request) = request else {
        return no(StatusCode::BAD_REQUEST, "malformed", "not a DeleteRoomRequest");
    };
    if wire.shared.find(&request.room).is_none() {
        return no(StatusCode::NOT_FOUND, "not_found", "requested room does not exist");
    }
    wire.close_room(&request.room, LeaveReason::RoomDeleted).await;
    // The answer has no fields: an empty object, or no bytes at all.
    if json {
        ([(header::CONTENT_TYPE, "application/json")], "{}").into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/protobuf")], "").into_response()
    }
}
