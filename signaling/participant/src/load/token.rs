//! Media tokens for plain rooms, as any LiveKit client would be given them, signed with the demo key.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

const KEY: &str = "devkey";
const SECRET: &str = "secret";

/// A token for one identity in one room, valid for an hour.
pub fn media_token(room: &str, identity: &str) -> anyhow::Result<String> {
    let claims = json!({
        "iss": KEY, "sub": identity, "name": identity, "nbf": now() - 5, "exp": now() + 3600,
        "video": {"roomJoin": true, "room": room, "canPublish": true, "canSubscribe": true},
    });
    Ok(encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes()))?)
}

#[expect(clippy::disallowed_methods, reason = "the load client lives outside the server and has no Clock")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
