//! A seat's personal link: made for one person, good for one device, until it expires or is taken back (T3).
//!
//! The token has 192 random bits and is shown once; only its SHA-256 is kept. The first device that redeems it is
//! bound by a cookie, of which again only the SHA-256 is kept. A forwarded link therefore opens nothing.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::Refusal;
use crate::refusal::RefusalKind;

/// Bytes of randomness in a token (192 bits).
pub const TOKEN_BYTES: usize = 24;

/// How long after the time of the sitting a link still opens: afterwards people fetch their papers.
pub const GOOD_AFTER_SITTING: Duration = Duration::days(30);

/// How a link stands, as the desk sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// None was made.
    None,
    /// Made, nobody came yet.
    Issued,
    /// One device holds it.
    Bound,
    /// Taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

/// A link without its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// When it was made.
    pub issued_at: DateTime<Utc>,
    /// Until when it opens.
    pub expires_at: DateTime<Utc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// SHA-256 of the device that holds it.
    pub device_hash: Option<String>,
}

/// What a good link means for the device that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nobody holds it yet: this device may bind it.
    Free,
    /// This device holds it.
    Mine,
}

impl Link {
    /// How it stands now.
    pub fn state(&self, now: DateTime<Utc>) -> LinkState {
        if self.revoked_at.is_some() {
            LinkState::Revoked
        } else if now >= self.expires_at {
            LinkState::Expired
        } else if self.device_hash.is_some() {
            LinkState::Bound
        } else {
            LinkState::Issued
        }
    }

    /// Whether an access token made at this time came by this link as it stands: neither taken back since, nor replaced.
    /// Tokens tell their time in whole seconds.
    pub fn carries_token_of(&self, token_issued_at: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && token_issued_at.timestamp() >= self.issued_at.timestamp()
    }

    /// Whether this device (by the hash of its cookie, if it has one) may use the link now.
    ///
    /// # Errors
    /// `link_revoked` and `link_expired` (410), `link_bound_elsewhere` (409).
    pub fn admit(&self, device_hash: Option<&str>, now: DateTime<Utc>) -> Result<Admission, Refusal> {
        match self.state(now) {
            LinkState::Revoked => Err(Refusal::new(RefusalKind::Gone, "link_revoked")),
            LinkState::Expired => Err(Refusal::new(RefusalKind::Gone, "link_expired")),
            LinkState::Issued | LinkState::None => Ok(Admission::Free),
            LinkState::Bound if device_hash.is_some() && self.device_hash.as_deref() == device_hash => {
                Ok(Admission::Mine)
            }
            LinkState::Bound => Err(Refusal::conflict("link_bound_elsewhere")),
        }
    }
}

/// Until when a link for a sitting at this time opens.
pub fn expiry(scheduled_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    scheduled_at.max(now) + GOOD_AFTER_SITTING
}

/// The token as it stands in the address.
pub fn token(random: [u8; TOKEN_BYTES]) -> String {
    hex::encode(random)
}

/// What is kept of a token or a device cookie.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t3_a_link_is_good_for_one_device_until_it_expires_or_is_taken_back() {
        let made: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
        let link =
            Link { issued_at: made, expires_at: expiry(made, made), revoked_at: None, device_hash: None };
        let mine = hash("phone of 赵守田");
        assert_eq!(link.admit(None, made), Ok(Admission::Free));
        let bound = Link { device_hash: Some(mine.clone()), ..link.clone() };
        assert_eq!(bound.admit(Some(&mine), made), Ok(Admission::Mine));
        assert_eq!(bound.admit(Some(&hash("another phone")), made).unwrap_err().code, "link_bound_elsewhere");
        assert_eq!(bound.admit(None, made).unwrap_err().code, "link_bound_elsewhere");
        assert_eq!(bound.admit(Some(&mine), link.expires_at).unwrap_err().code, "link_expired");
        let revoked = Link { revoked_at: Some(made), ..bound };
        assert_eq!(revoked.admit(Some(&mine), made).unwrap_err().code, "link_revoked");
    }

    #[test]
    fn t3_tokens_have_at_least_128_bits_and_only_their_hash_is_kept() {
        const { assert!(TOKEN_BYTES * 8 >= 128) };
        let token = token([7; TOKEN_BYTES]);
        assert_eq!(token.len(), 48);
        assert_ne!(hash(&token), token);
    }
}
