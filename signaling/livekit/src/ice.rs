//! Which STUN and TURN servers a participant is told of, in `join` and again in `reconnect`.
//!
//! The SFU is reachable by itself wherever UDP passes; TURN is for networks where it does not. Its credentials are
//! made per participant and end by themselves (coturn's `use-auth-secret`, draft-uberti-behave-turn-rest-00):
//! the user name is `expiry:identity`, the password the HMAC-SHA1 of it under a secret the TURN server shares.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::proto::IceServer;

/// Settings of [`crate::WireConfig`]: what clients are told. Empty by default, for the SFU offers itself.
///
/// Credentials are made anew for every `join` and every resume, so a sitting may outlast [`Turn::lifetime`].
#[derive(Clone, Default, Debug)]
pub struct IceServers {
    /// `stun:host:port`, told to everybody.
    pub stun: Vec<String>,
    /// A TURN server with credentials that end.
    pub turn: Option<Turn>,
}

/// A TURN server that takes time-limited credentials.
#[derive(Clone)]
pub struct Turn {
    /// `turn:host:port?transport=udp`, `turn:host:port?transport=tcp`, `turns:host:port?transport=tcp`: in the
    /// order clients should try them.
    pub urls: Vec<String>,
    /// Shared with the TURN server (coturn: `static-auth-secret`).
    pub secret: String,
    /// How long a credential may open new allocations.
    pub lifetime: Duration,
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret stays out of logs.
        f.debug_struct("Turn")
            .field("urls", &self.urls)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

/// A user name and password for a TURN server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// `expiry:identity`, the expiry in seconds since 1970.
    pub username: String,
    /// HMAC-SHA1 of the user name, base64.
    pub password: String,
}

impl Turn {
    /// A credential for `identity`, good for [`Turn::lifetime`] from `now_ms` (since 1970) on.
    pub fn credential(&self, identity: &str, now_ms: u64) -> Credential {
        let username = format!("{}:{identity}", now_ms / 1000 + self.lifetime.as_secs());
        // SHA-1 is what the scheme prescribes; as an HMAC it is still sound.
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.secret.as_bytes());
        let password = STANDARD.encode(hmac::sign(&key, username.as_bytes()));
        Credential { username, password }
    }
}

impl IceServers {
    /// What `identity` is told at `now_ms` (since 1970).
    pub fn told_to(&self, identity: &str, now_ms: u64) -> Vec<IceServer> {
        let stun =
            (!self.stun.is_empty()).then(|| IceServer { urls: self.stun.clone(), ..IceServer::default() });
        let turn = self.turn.as_ref().filter(|turn| !turn.urls.is_empty()).map(|turn| {
            let Credential { username, password } = turn.credential(identity, now_ms);
            IceServer { urls: turn.urls.clone(), username, credential: password }
        });
        stun.into_iter().chain(turn).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn() -> Turn {
        Turn {
            urls: vec!["turn:turn.example:3478?transport=udp".into()],
            secret: "north".into(),
            lifetime: Duration::from_hours(1),
        }
    }

    #[test]
    fn a_credential_is_what_coturn_computes_and_ends_by_itself() {
        let made = turn().credential("applicant", 1_790_000_000_500);
        assert_eq!(made.username, "1790003600:applicant");
        // `printf 1790003600:applicant | openssl dgst -sha1 -hmac north -binary | base64`
        assert_eq!(made.password, "PU+ZQ3J2opEO84WrBkzwGl0Lzi8=");
        assert_ne!(turn().credential("respondent", 1_790_000_000_500).password, made.password);
    }

    #[test]
    fn nothing_is_told_unless_set_and_the_secret_never() {
        assert!(IceServers::default().told_to("applicant", 0).is_empty());
        let servers = IceServers { stun: vec!["stun:turn.example:3478".into()], turn: Some(turn()) };
        let told = servers.told_to("applicant", 0);
        assert_eq!(told.len(), 2);
        assert!(told[0].username.is_empty() && told[1].username == "3600:applicant");
        assert!(!format!("{servers:?}").contains("north"));
    }
}
