//! The paths of the wire: validate, and join. The older wire's way in is in `v0`.
//!
//! Query strings hold tokens: nothing here logs them, and no tracing layer is put around these routes.

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use tower_http::cors::CorsLayer;

use crate::clock::now_ms;
use crate::join_request;
use crate::proto::JoinRequest;
use crate::token::{Claims, TokenError};
use crate::v0::Version;
use crate::wire::Wire;

/// No request of a client is larger: an offer with dozens of sections stays below a quarter of it.
const LARGEST_MESSAGE: usize = 1 << 20;
/// What may wait to be written to a client that does not read.
const LARGEST_BACKLOG: usize = 4 << 20;

pub(crate) fn router(wire: Wire) -> Router {
    Router::new()
        .route("/rtc/v1", get(join))
        .route("/rtc/v1/validate", get(validate))
        .route("/rtc/validate", get(validate))
        .route("/rtc", get(crate::v0::join))
        .route("/twirp/livekit.RoomService/{method}", any(crate::twirp::call))
        .layer(CorsLayer::permissive())
        .with_state(wire)
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Parameters {
    access_token: String,
    join_request: String,
}

/// A no to a client, as plain text it can show.
pub(crate) struct No(StatusCode, String);

impl IntoResponse for No {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

impl From<TokenError> for No {
    fn from(error: TokenError) -> Self {
        let status = match error {
            TokenError::NoJoin => StatusCode::FORBIDDEN,
            TokenError::Unchecked => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        };
        Self(status, error.to_string())
    }
}

async fn validate(
    State(wire): State<Wire>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<&'static str, No> {
    admit(&wire, &parameters.access_token, &headers).await?;
    Ok("success")
}

async fn join(
    State(wire): State<Wire>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, No> {
    let claims = admit(&wire, &parameters.access_token, &headers).await?;
    let request = join_request::parse(&parameters.join_request)
        .map_err(|error| No(StatusCode::BAD_REQUEST, error.to_string()))?;
    Ok(serve(wire, claims, request, Version::V1, upgrade))
}

/// Lets somebody in.
pub(crate) fn serve(
    wire: Wire,
    claims: Claims,
    request: JoinRequest,
    version: Version,
    upgrade: WebSocketUpgrade,
) -> Response {
    let tracker = wire.shared.config.tasks.clone();
    upgrade
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .max_write_buffer_size(LARGEST_BACKLOG)
        .on_upgrade(move |socket| {
            tracker.track_future(crate::connection::serve(socket, wire.shared, claims, request, version))
        })
}

/// The token from the query or the header, and a room for it.
pub(crate) async fn admit(wire: &Wire, access_token: &str, headers: &HeaderMap) -> Result<Claims, No> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    let token = if access_token.is_empty() { bearer } else { access_token };
    let claims = wire.shared.admit(token.trim(), now_ms()).await?;
    if !wire.shared.has_room(&claims) {
        // Clients look for these very words: without them a 404 makes them try the older wire.
        return Err(No(StatusCode::NOT_FOUND, "requested room does not exist".to_owned()));
    }
    Ok(claims)
}
