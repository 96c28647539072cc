//! LiveKit's room service over Twirp (v7): `POST /twirp/livekit.RoomService/<Method>`, protobuf or JSON, for
//! tools that hold an API key. The application closes rooms and removes people in-process.
//!
//! ```text
//!  request ─▶ caller  (token, grant) ─▶ service (which method) ─▶ room task (admin) ─▶ answer in the same form
//! ```
//!
//! A token with an admin grant and without `roomJoin` is a server's: it sees the whole room. One that also lets its
//! bearer take a seat sees what the seat sees, so that an admin grant in a seat's token opens no caucus.

mod caller;
mod form;
mod refused;
mod service;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method};

pub(crate) use refused::{Code, Refused};

use crate::wire::Wire;
use caller::Caller;
use form::Form;

/// One call of the room service.
pub(crate) async fn call(
    State(wire): State<Wire>,
    Path(method): Path<String>,
    verb: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answered = async {
        let form = Form::of(&verb, &headers)?;
        let caller = Caller::of(&wire, &headers).await?;
        service::answer(&wire, &caller, &method, form, body).await
    };
    answered.await.unwrap_or_else(IntoResponse::into_response)
}
