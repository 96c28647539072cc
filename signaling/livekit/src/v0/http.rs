//! `/rtc`: the same door as `/rtc/v1`, with the wish to join spelled out in the query.

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::response::Response;
use http::HeaderMap;

use super::Version;
use super::query::Wish;
use crate::http::{No, admit, serve};
use crate::wire::Wire;

pub(crate) async fn join(
    State(wire): State<Wire>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, No> {
    let claims = admit(&wire, &wish.access_token, &headers).await?;
    Ok(serve(wire, claims, wish.into(), Version::V0, upgrade))
}
