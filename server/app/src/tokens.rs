//! Access tokens: short-lived, signed with HS256 (RFC 7519), one audience for staff, one for seats, one for a
//! playback.
//!
//! A token of one audience never opens a door of the other. The algorithm is fixed here and the `kid` must name one of
//! our own keys, so neither `alg: none` nor a chosen key gets through (trust.md T12). Expiry is judged by the server's
//! [`Clock`](crate::clock::Clock), so that a test can let time pass.

use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::RefusalKind;
use domain::{CaseId, OrganizationId, RecordingId, Refusal, SeatId, SessionId, StaffId, StaffRole};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::problem::Fault;

const ISSUER: &str = "onedoor";
/// A playback: longer than anybody watches without a break.
const PLAYBACK_LIFE: TimeDelta = TimeDelta::hours(4);
/// Clocks of two nodes may differ by this much.
const LEEWAY: TimeDelta = TimeDelta::seconds(5);

/// Who a member of staff is, for ten minutes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffClaims {
    /// Whose token it is.
    #[serde(rename = "sub")]
    pub staff_id: StaffId,
    /// The office.
    pub role: StaffRole,
    /// The organisation, and with it the subtree whose cases may be seen.
    pub organization_id: OrganizationId,
    /// The sign-in this token belongs to; “sign out everywhere” ends all of them.
    pub login_id: Uuid,
}

/// Whose place at the table somebody holds. Role and side are read from the store: they are not frozen in a token.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeatClaims {
    /// The place; also the identity on the media wire.
    #[serde(rename = "sub")]
    pub seat_id: SeatId,
    /// The sitting; also the room on the media wire.
    pub session_id: SessionId,
    /// The case it belongs to.
    pub case_id: CaseId,
    /// When the token was made: a link revoked later than this ends it.
    #[serde(skip, default)]
    pub issued_at: DateTime<Utc>,
}

/// Who plays which recording: opens its files and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaybackClaims {
    /// The member of staff, by the sign-in they came with.
    #[serde(flatten)]
    pub staff: StaffClaims,
    /// The recording.
    pub recording: RecordingId,
}

/// A kind of token: its audience.
trait Audience: Serialize + DeserializeOwned {
    const AUD: &'static str;
}
impl Audience for StaffClaims {
    const AUD: &'static str = "staff";
}
impl Audience for PlaybackClaims {
    const AUD: &'static str = "playback";
}
impl Audience for SeatClaims {
    const AUD: &'static str = "seat";
}

#[derive(Serialize, Deserialize)]
struct Envelope<C> {
    iss: String,
    aud: String,
    iat: i64,
    exp: i64,
    #[serde(flatten)]
    claims: C,
}

struct Key {
    kid: String,
    sign: EncodingKey,
    verify: DecodingKey,
}

/// Mints and checks access tokens.
pub struct Tokens {
    /// The first signs; all verify, so that a key can be changed without signing everybody out.
    keys: Vec<Key>,
    staff_life: TimeDelta,
    seat_life: TimeDelta,
}

/// A token and how long it lives.
#[derive(Clone, Debug)]
pub struct Minted {
    /// The compact form.
    pub token: String,
    /// Seconds until it expires.
    pub expires_in: i64,
}

impl Tokens {
    /// From secrets of at least 32 bytes, the newest first.
    pub fn new(secrets: &[Vec<u8>], staff_life: TimeDelta, seat_life: TimeDelta) -> Result<Self, Fault> {
        if secrets.is_empty() || secrets.iter().any(|secret| secret.len() < 32) {
            return Err(Fault::new(
                "reading the token secrets",
                "need at least one secret of 32 bytes or more",
            ));
        }
        let keys = secrets
            .iter()
            .map(|secret| Key {
                kid: hex::encode(&Sha256::digest(secret)[..4]),
                sign: EncodingKey::from_secret(secret),
                verify: DecodingKey::from_secret(secret),
            })
            .collect();
        Ok(Self { keys, staff_life, seat_life })
    }

    /// A staff access token.
    pub fn staff(&self, now: DateTime<Utc>, claims: &StaffClaims) -> Result<Minted, Fault> {
        self.mint(now, self.staff_life, claims)
    }

    /// A seat access token: the live wire's `hello` and the seat's HTTP calls.
    pub fn seat(&self, now: DateTime<Utc>, claims: &SeatClaims) -> Result<Minted, Fault> {
        self.mint(now, self.seat_life, claims)
    }

    /// A playback's token, for its cookie.
    pub fn playback(&self, now: DateTime<Utc>, claims: &PlaybackClaims) -> Result<Minted, Fault> {
        self.mint(now, PLAYBACK_LIFE, claims)
    }

    /// Checks a playback's token.
    pub fn check_playback(&self, now: DateTime<Utc>, token: &str) -> Result<PlaybackClaims, Refusal> {
        self.check(now, token).map(|envelope| envelope.claims)
    }

    /// Checks a staff token; `token_expired` and `token_invalid` are told apart because the client refreshes on the former.
    pub fn check_staff(&self, now: DateTime<Utc>, token: &str) -> Result<StaffClaims, Refusal> {
        self.check(now, token).map(|envelope| envelope.claims)
    }

    /// Checks a seat token.
    pub fn check_seat(&self, now: DateTime<Utc>, token: &str) -> Result<SeatClaims, Refusal> {
        let envelope = self.check::<SeatClaims>(now, token)?;
        let issued_at = DateTime::from_timestamp(envelope.iat, 0).ok_or_else(invalid)?;
        Ok(SeatClaims { issued_at, ..envelope.claims })
    }

    fn mint<C: Audience + Clone>(
        &self,
        now: DateTime<Utc>,
        life: TimeDelta,
        claims: &C,
    ) -> Result<Minted, Fault> {
        let key = &self.keys[0];
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::HS256) };
        let envelope = Envelope {
            iss: ISSUER.to_owned(),
            aud: C::AUD.to_owned(),
            iat: now.timestamp(),
            exp: (now + life).timestamp(),
            claims: claims.clone(),
        };
        let token =
            jsonwebtoken::encode(&header, &envelope, &key.sign).map_err(Fault::of("signing a token"))?;
        Ok(Minted { token, expires_in: life.num_seconds() })
    }

    fn check<C: Audience>(&self, now: DateTime<Utc>, token: &str) -> Result<Envelope<C>, Refusal> {
        let kid =
            jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or_else(invalid)?;
        let key = self.keys.iter().find(|key| key.kid == kid).ok_or_else(invalid)?;
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[C::AUD]);
        rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        rules.validate_exp = false; // judged below, by our own clock
        let data = jsonwebtoken::decode::<Envelope<C>>(token, &key.verify, &rules).map_err(|_| invalid())?;
        let envelope = data.claims;
        if envelope.iat > (now + LEEWAY).timestamp() {
            return Err(invalid());
        }
        if envelope.exp <= now.timestamp() {
            return Err(Refusal::new(RefusalKind::Unauthenticated, "token_expired"));
        }
        Ok(envelope)
    }
}

fn invalid() -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, "token_invalid")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }
    fn tokens(secret: u8) -> Tokens {
        Tokens::new(&[vec![secret; 32]], TimeDelta::minutes(10), TimeDelta::hours(8)).unwrap()
    }
    fn lin_lan() -> StaffClaims {
        StaffClaims {
            staff_id: StaffId(Uuid::from_u128(1)),
            role: StaffRole::Mediator,
            organization_id: OrganizationId(Uuid::from_u128(2)),
            login_id: Uuid::from_u128(3),
        }
    }
    fn a_seat() -> SeatClaims {
        SeatClaims {
            seat_id: SeatId(Uuid::from_u128(4)),
            session_id: SessionId(Uuid::from_u128(5)),
            case_id: CaseId(Uuid::from_u128(6)),
            issued_at: now(),
        }
    }

    #[test]
    fn a_token_says_who_it_is_for_and_for_how_long() {
        let minted = tokens(1).staff(now(), &lin_lan()).unwrap();
        assert_eq!(minted.expires_in, 600);
        assert_eq!(tokens(1).check_staff(now() + TimeDelta::seconds(599), &minted.token).unwrap(), lin_lan());
        let late = tokens(1).check_staff(now() + TimeDelta::seconds(600), &minted.token).unwrap_err();
        assert_eq!(late.code, "token_expired");
    }

    #[test]
    fn a_seat_token_opens_no_staff_door_and_the_other_way_round() {
        let staff = tokens(1).staff(now(), &lin_lan()).unwrap().token;
        let seat = tokens(1).seat(now(), &a_seat()).unwrap().token;
        assert_eq!(tokens(1).check_seat(now(), &staff).unwrap_err().code, "token_invalid");
        assert_eq!(tokens(1).check_staff(now(), &seat).unwrap_err().code, "token_invalid");
        assert_eq!(tokens(1).check_seat(now(), &seat).unwrap(), a_seat());
    }

    #[test]
    fn t12_forged_tokens_are_refused() {
        let good = tokens(1).staff(now(), &lin_lan()).unwrap().token;
        let parts: Vec<&str> = good.split('.').collect();
        let kid = jsonwebtoken::decode_header(&good).unwrap().kid.unwrap();
        let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT", "kid": kid}).to_string());
        let path = URL_SAFE_NO_PAD
            .encode(json!({"alg": "HS256", "typ": "JWT", "kid": "../../etc/passwd"}).to_string());
        let forged = [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{path}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            tokens(2).staff(now(), &lin_lan()).unwrap().token,
            String::new(),
            "a.b.c".to_owned(),
        ];
        for token in forged {
            assert_eq!(tokens(1).check_staff(now(), &token).unwrap_err().code, "token_invalid", "{token}");
        }
    }

    #[test]
    fn an_old_key_still_verifies_after_a_change_of_keys() {
        let old = tokens(1).staff(now(), &lin_lan()).unwrap().token;
        let both =
            Tokens::new(&[vec![9; 32], vec![1; 32]], TimeDelta::minutes(10), TimeDelta::hours(8)).unwrap();
        assert!(both.check_staff(now(), &old).is_ok());
        assert!(Tokens::new(&[vec![1; 8]], TimeDelta::minutes(10), TimeDelta::hours(8)).is_err());
    }
}
