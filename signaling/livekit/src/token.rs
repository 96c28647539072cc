//! Access tokens: JWT, HS256, with the `video` grant (LiveKit's form, so that any token maker fits).

use std::collections::BTreeMap;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::config::Keys;
use crate::proto::{ParticipantPermission, TrackSource};

/// Clocks of two machines may differ by this much, in seconds.
const LEEWAY: u64 = 60;

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// No token was sent.
    #[error("no token")]
    Missing,
    /// Not a JWT of the expected form.
    #[error("malformed token")]
    Malformed,
    /// Signed with a key this server does not know.
    #[error("unknown API key")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("bad signature")]
    BadSignature,
    /// The time it was good for is over.
    #[error("token is expired")]
    Expired,
    /// The time it is good for has not begun.
    #[error("token is not valid yet")]
    NotYet,
    /// The person was removed after the token was made.
    #[error("token was revoked")]
    Revoked,
    /// Whether it was revoked cannot be told now.
    #[error("tokens cannot be checked now, try again")]
    Unchecked,
    /// A good token that does not allow joining a room.
    #[error("permission denied: no roomJoin grant for a named room and identity")]
    NoJoin,
}

/// What a participant may publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The camera.
    Camera,
    /// The microphone.
    Microphone,
    /// A shared screen.
    ScreenShare,
    /// Sound of a shared screen.
    ScreenShareAudio,
}

impl Source {
    /// The protocol's number for it.
    pub fn proto(self) -> TrackSource {
        match self {
            Self::Camera => TrackSource::Camera,
            Self::Microphone => TrackSource::Microphone,
            Self::ScreenShare => TrackSource::ScreenShare,
            Self::ScreenShareAudio => TrackSource::ScreenShareAudio,
        }
    }

    /// What a number of the protocol stands for, if anything.
    pub fn of_proto(source: TrackSource) -> Option<Self> {
        match source {
            TrackSource::Camera => Some(Self::Camera),
            TrackSource::Microphone => Some(Self::Microphone),
            TrackSource::ScreenShare => Some(Self::ScreenShare),
            TrackSource::ScreenShareAudio => Some(Self::ScreenShareAudio),
            TrackSource::Unknown => None,
        }
    }
}

/// What the application asks a token for.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct Grant {
    /// The room.
    pub room: String,
    /// Who: unique in the room.
    pub identity: String,
    /// Name shown to others.
    pub name: String,
    /// May publish tracks.
    pub can_publish: bool,
    /// May receive tracks.
    pub can_subscribe: bool,
    /// May send data.
    pub can_publish_data: bool,
    /// Limits publishing to these; empty is no limit.
    pub sources: Vec<Source>,
    /// Never shown to others.
    pub hidden: bool,
    /// Shown to others, free text.
    pub metadata: String,
    /// Shown to others, key and value.
    pub attributes: BTreeMap<String, String>,
    /// How long the token is good for.
    pub ttl: Duration,
}

impl Grant {
    /// A full participant for ten minutes (tokens are refreshed over the wire while connected).
    pub fn new(room: impl Into<String>, identity: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            room: room.into(),
            identity: identity.into(),
            name: name.into(),
            can_publish: true,
            can_subscribe: true,
            can_publish_data: true,
            sources: Vec::new(),
            hidden: false,
            metadata: String::new(),
            attributes: BTreeMap::new(),
            ttl: Duration::from_mins(10),
        }
    }

    /// The claims of a token made at `now_ms`.
    pub(crate) fn claims(self, api_key: &str, now_ms: u64) -> Claims {
        Claims {
            iss: api_key.to_owned(),
            sub: self.identity,
            name: self.name,
            metadata: self.metadata,
            attributes: self.attributes,
            video: VideoGrant {
                room_join: true,
                room: self.room,
                can_publish: Some(self.can_publish),
                can_subscribe: Some(self.can_subscribe),
                can_publish_data: Some(self.can_publish_data),
                can_publish_sources: self.sources,
                hidden: self.hidden,
                ..VideoGrant::default()
            },
            ..Claims::default()
        }
        .renewed(now_ms, self.ttl)
    }
}

/// The claims of a token.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// API key.
    pub iss: String,
    /// Identity.
    pub sub: String,
    /// Not before, seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<u64>,
    /// Issued at, seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<u64>,
    /// Issued at, milliseconds since 1970: ours, so that removal and readmission within a second differ.
    #[serde(rename = "onedoor_iat_ms", skip_serializing_if = "Option::is_none")]
    pub iat_ms: Option<u64>,
    /// Good until, seconds since 1970.
    pub exp: u64,
    /// Name shown to others.
    pub name: String,
    /// Free text shown to others.
    pub metadata: String,
    /// Keys and values shown to others.
    pub attributes: BTreeMap<String, String>,
    /// What takes part: `standard` (or nothing), `agent`, `egress`, `ingress`, `sip`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The room is governed: it must never be opened as a plain one, even if this server was restarted and
    /// the token is all that is left of it. Ours.
    #[serde(rename = "onedoor_governed", skip_serializing_if = "std::ops::Not::not")]
    pub governed: bool,
    /// What it allows.
    pub video: VideoGrant,
}

/// The `video` claim: what a token allows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the form of the claim is given")]
pub struct VideoGrant {
    /// May join the room.
    pub room_join: bool,
    /// The room.
    pub room: String,
    /// Absent means yes.
    pub can_publish: Option<bool>,
    /// Absent means yes.
    pub can_subscribe: Option<bool>,
    /// Absent means as `can_publish`.
    pub can_publish_data: Option<bool>,
    /// Empty means all.
    pub can_publish_sources: Vec<Source>,
    /// Absent means no.
    pub can_update_own_metadata: Option<bool>,
    /// Never shown to others.
    pub hidden: bool,
    /// Records; told to clients for those that still ask.
    pub recorder: bool,
    /// May call the room service.
    pub room_admin: bool,
    /// May create and delete rooms.
    pub room_create: bool,
    /// May list rooms.
    pub room_list: bool,
    /// May move people of its room to this one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub destination_room: String,
}

impl VideoGrant {
    /// The permission as clients are told it.
    pub fn permission(&self) -> ParticipantPermission {
        let publish = self.can_publish.unwrap_or(true);
        ParticipantPermission {
            can_subscribe: self.can_subscribe.unwrap_or(true),
            can_publish: publish,
            can_publish_data: self.can_publish_data.unwrap_or(publish),
            can_publish_sources: self
                .can_publish_sources
                .iter()
                .map(|source| source.proto() as i32)
                .collect(),
            hidden: self.hidden,
            recorder: self.recorder,
            can_update_metadata: self.can_update_own_metadata.unwrap_or(false),
            ..ParticipantPermission::default()
        }
    }
}

impl Claims {
    /// The same rights from `now_ms` on.
    #[must_use]
    pub fn renewed(mut self, now_ms: u64, ttl: Duration) -> Self {
        let now = now_ms / 1000;
        self.nbf = Some(now);
        self.iat = Some(now);
        self.iat_ms = Some(now_ms);
        self.exp = now + ttl.as_secs();
        self
    }

    /// When it was made, in milliseconds since 1970, as far as it says so. A token that does not is taken
    /// as old, which is the safe side for revocation.
    pub fn issued_ms(&self) -> u64 {
        self.iat_ms.or(self.iat.or(self.nbf).map(|seconds| seconds * 1000)).unwrap_or(0)
    }

    /// That it allows joining a room, under an identity.
    pub fn may_join(&self) -> Result<(), TokenError> {
        // The recording's identity is nobody's: with it one would receive what is recorded.
        let named = !self.video.room.is_empty() && !self.sub.is_empty() && self.sub != crate::room::RECORDER;
        if self.video.room_join && named { Ok(()) } else { Err(TokenError::NoJoin) }
    }
}

/// Checks a token against the keys at `now_ms`.
pub fn verify(token: &str, keys: &[Keys], now_ms: u64) -> Result<Claims, TokenError> {
    // The issuer is read before the signature is checked only to know which key must have made it.
    let claimed: Claims =
        jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| TokenError::Malformed)?;
    let key = keys.iter().find(|key| key.api_key == claimed.iss).ok_or(TokenError::UnknownKey)?;
    let mut validation = Validation::new(Algorithm::HS256);
    // Times are checked below, against the clock that was passed in.
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    let secret = DecodingKey::from_secret(key.api_secret.as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &secret, &validation)
        .map_err(|_| TokenError::BadSignature)?
        .claims;
    let now = now_ms / 1000;
    if now > claims.exp.saturating_add(LEEWAY) {
        return Err(TokenError::Expired);
    }
    if claims.nbf.is_some_and(|start| start > now.saturating_add(LEEWAY)) {
        return Err(TokenError::NotYet);
    }
    Ok(claims)
}

/// Signs claims with the key they name.
pub fn mint(claims: &Claims, keys: &[Keys]) -> Result<String, TokenError> {
    let key = keys.iter().find(|key| key.api_key == claims.iss).ok_or(TokenError::UnknownKey)?;
    let secret = EncodingKey::from_secret(key.api_secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &secret).map_err(|_| TokenError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_790_000_000_000;

    fn keys() -> Vec<Keys> {
        vec![Keys { api_key: "devkey".into(), api_secret: "secret".into() }]
    }

    fn mediator() -> Claims {
        Grant::new("hall", "mediator", "调解员").claims("devkey", NOW)
    }

    #[test]
    fn a_minted_token_is_taken_until_it_ends() {
        let token = mint(&mediator(), &keys()).unwrap();
        assert_eq!(verify(&token, &keys(), NOW).unwrap(), mediator());
        assert!(verify(&token, &keys(), NOW + 600_000 + 60_000).is_ok(), "leeway of a minute");
        assert_eq!(verify(&token, &keys(), NOW + 600_000 + 62_000), Err(TokenError::Expired));
        assert_eq!(verify(&token, &keys(), NOW - 62_000), Err(TokenError::NotYet));
    }

    #[test]
    fn a_foreign_signature_key_or_algorithm_is_refused() {
        let forged = vec![Keys { api_key: "devkey".into(), api_secret: "guess".into() }];
        let token = mint(&mediator(), &forged).unwrap();
        assert_eq!(verify(&token, &keys(), NOW), Err(TokenError::BadSignature));
        let mut other = mediator();
        other.iss = "other".into();
        let token = mint(&other, &[Keys { api_key: "other".into(), api_secret: "secret".into() }]).unwrap();
        assert_eq!(verify(&token, &keys(), NOW), Err(TokenError::UnknownKey));
        let unsigned = {
            let token = mint(&mediator(), &keys()).unwrap();
            let body = token.split('.').nth(1).unwrap().to_owned();
            // {"alg":"none","typ":"JWT"}
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.")
        };
        assert_eq!(verify(&unsigned, &keys(), NOW), Err(TokenError::BadSignature));
        assert_eq!(verify("nonsense", &keys(), NOW), Err(TokenError::Malformed));
    }

    #[test]
    fn absent_grants_mean_what_the_protocol_says() {
        let grant: VideoGrant =
            serde_json::from_str(r#"{"roomJoin":true,"room":"hall","canPublish":false}"#).unwrap();
        let permission = grant.permission();
        assert!(permission.can_subscribe);
        assert!(!permission.can_publish);
        assert!(!permission.can_publish_data, "follows canPublish");
        assert!(!permission.can_update_metadata);
    }

    #[test]
    fn joining_needs_the_grant_a_room_and_an_identity() {
        assert!(mediator().may_join().is_ok());
        let mut nameless = mediator();
        nameless.sub.clear();
        assert_eq!(nameless.may_join(), Err(TokenError::NoJoin));
        let mut lister = mediator();
        lister.video.room_join = false;
        assert_eq!(lister.may_join(), Err(TokenError::NoJoin));
    }

    #[test]
    fn a_token_without_a_time_counts_as_old() {
        let mut undated = mediator();
        assert_eq!(undated.issued_ms(), NOW);
        undated.iat_ms = None;
        assert_eq!(undated.issued_ms(), NOW / 1000 * 1000);
        undated.iat = None;
        undated.nbf = None;
        assert_eq!(undated.issued_ms(), 0);
    }
}
