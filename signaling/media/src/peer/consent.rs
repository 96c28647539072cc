//! Whether datagrams may be sent to a client, and where to (RFC 7675).
//!
//! With ICE-lite the client checks and we answer; its valid checks are its consent. The library notices that they
//! stop, but forgives as long as new candidates keep coming. So the last valid check of each address is kept
//! here, and nothing but answers to checks leaves for an address that has none or an old one.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::IceConnectionState;

/// Consent ends this long after the last valid check. RFC 7675 allows 30 s; clients check every 2 to 5 s.
const LIFETIME: Duration = Duration::from_secs(15);
/// Checks this far apart mean that the client was not reachable meanwhile; Firefox checks every 5 s at the least.
const SILENCE: Duration = Duration::from_secs(8);
/// Addresses remembered; a client has few at a time.
const MAX_ADDRESSES: usize = 16;

/// What is known of a client's consent.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "facts that do not depend on each other")]
pub(super) struct Consent {
    secured: bool,
    reachable: bool,
    lapsed: bool,
    told: bool,
    checks: Vec<(SocketAddr, Instant)>,
}

impl Consent {
    /// A valid check came from an address: it is being answered. True when the last one from any address is so
    /// long ago that the client must have been away.
    pub(super) fn checked(&mut self, from: SocketAddr, now: Instant) -> bool {
        self.lapsed = false;
        let latest = self.checks.iter().map(|(_, at)| *at).max();
        let away = latest.is_some_and(|at| now.saturating_duration_since(at) >= SILENCE);
        if let Some((_, at)) = self.checks.iter_mut().find(|(address, _)| *address == from) {
            *at = now;
            return away;
        }
        if self.checks.len() >= MAX_ADDRESSES
            && let Some(oldest) = (0..self.checks.len()).min_by_key(|at| self.checks[*at].1)
        {
            self.checks.swap_remove(oldest);
        }
        self.checks.push((from, now));
        away
    }

    /// Whether something else than the answer to a check may be sent there.
    pub(super) fn allows(&self, to: SocketAddr, now: Instant) -> bool {
        self.checks
            .iter()
            .any(|(address, at)| *address == to && now.saturating_duration_since(*at) < LIFETIME)
    }

    /// DTLS is done.
    pub(super) fn secured(&mut self) {
        self.secured = true;
    }

    /// The library's view of the checks.
    pub(super) fn ice(&mut self, state: IceConnectionState) {
        match state {
            IceConnectionState::Connected | IceConnectionState::Completed => self.reachable = true,
            IceConnectionState::Disconnected => self.reachable = false,
            // After a restart checks begin anew while media goes on over the old pair.
            IceConnectionState::New | IceConnectionState::Checking => {}
        }
    }

    /// Lets time pass. True when consent just ended.
    pub(super) fn lapse(&mut self, now: Instant) -> bool {
        let fresh = self.checks.iter().any(|(_, at)| now.saturating_duration_since(*at) < LIFETIME);
        let ends = !self.lapsed && !fresh && !self.checks.is_empty();
        self.lapsed |= ends;
        ends
    }

    /// ICE and DTLS are up and the client consents.
    pub(super) fn is_given(&self) -> bool {
        self.secured && self.reachable && !self.lapsed
    }

    /// It was up and is not any more.
    pub(super) fn is_lost(&self) -> bool {
        self.secured && !self.is_given()
    }

    /// The present state, when it is another than was told last.
    pub(super) fn news(&mut self) -> Option<bool> {
        let given = self.is_given();
        (given != std::mem::replace(&mut self.told, given)).then_some(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t9_consent_is_of_an_address_and_ends_with_its_checks() {
        let start = Instant::now();
        let (here, there) =
            ("127.0.0.1:1".parse().expect("address"), "127.0.0.1:2".parse().expect("address"));
        let mut consent = Consent::default();
        assert!(!consent.allows(here, start), "not before the first check");
        assert!(!consent.lapse(start + LIFETIME), "what was never given does not end");
        consent.checked(here, start);
        assert!(consent.allows(here, start) && !consent.allows(there, start));
        let later = start + LIFETIME;
        consent.checked(there, later);
        assert!(!consent.allows(here, later), "checks from elsewhere do not speak for it");
        assert!(!consent.lapse(later) && consent.lapse(later + LIFETIME));
        assert!(!consent.lapse(later + LIFETIME), "it ends once");
        for port in 0..100 {
            consent.checked(SocketAddr::new(here.ip(), port), later);
        }
        assert!(consent.checks.len() <= MAX_ADDRESSES);
    }

    #[test]
    fn who_was_silent_for_long_was_away() {
        let start = Instant::now();
        let (here, there) =
            ("127.0.0.1:1".parse().expect("address"), "127.0.0.1:2".parse().expect("address"));
        let mut consent = Consent::default();
        assert!(!consent.checked(here, start), "the first check ends no silence");
        let mut at = start + Duration::from_secs(6);
        assert!(!consent.checked(here, at), "browsers take their time between checks");
        at += SILENCE;
        assert!(consent.checked(there, at), "from wherever it comes back");
        assert!(!consent.checked(here, at), "it came back once");
    }
}
