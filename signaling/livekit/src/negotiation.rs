//! Offers of one client: the client always offers; the server can only ask it to, one request at a time.

use std::time::{Duration, Instant};

/// An unanswered request is repeated after this (the client may have dropped it while reconnecting).
const PATIENCE: Duration = Duration::from_secs(5);
/// Sections that only became free are given back this much later: whoever gets someone new goes first.
const LEISURE: Duration = Duration::from_millis(300);

/// Where the negotiation of one client stands.
#[derive(Debug, Default)]
pub(crate) struct Negotiation {
    /// The first offer was answered.
    begun: bool,
    /// Something changed that a new offer might carry, and when it is time to see to it.
    stale: Option<Instant>,
    /// When the client was last asked to offer, until it does.
    asked: Option<Instant>,
}

impl Negotiation {
    /// Something new may be received: at once.
    pub fn gained(&mut self, now: Instant) {
        self.stale = Some(now);
    }

    /// Something is received no longer: that can wait a moment.
    pub fn lost(&mut self, now: Instant) {
        self.stale.get_or_insert(now + LEISURE);
    }

    /// Whether the media plane should now be asked what a new offer would change. Several changes become one
    /// question, and none is put while the client has yet to answer the last.
    pub fn due(&mut self, now: Instant) -> bool {
        let waiting = self.asked.is_some_and(|asked| now.duration_since(asked) < PATIENCE);
        let stale = self.asked.is_some() || self.stale.is_some_and(|since| now >= since);
        if !self.begun || waiting || !stale {
            return false;
        }
        self.stale = None;
        self.asked = None;
        true
    }

    /// The server may offer by itself from here on, on the older wire.
    pub fn begun(now: Instant) -> Self {
        Self { begun: true, stale: Some(now), asked: None }
    }

    /// The client was asked to offer.
    pub fn asked(&mut self, now: Instant) {
        self.asked = Some(now);
    }

    /// The client came back after a lost connection: it offers by itself, to restart ICE.
    pub fn resumed(&mut self, now: Instant) {
        self.stale = Some(now);
        self.asked = Some(now);
    }

    /// The client offered and was answered. What it lacks is counted anew, for a request and an offer
    /// of the client's own may have crossed.
    pub fn answered(&mut self, now: Instant) {
        self.begun = true;
        self.asked = None;
        self.stale = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_before_the_first_offer() {
        let (mut party, now) = (Negotiation::default(), Instant::now());
        party.gained(now);
        assert!(!party.due(now));
        party.answered(now);
        assert!(party.due(now), "control: after it, it is");
        assert!(!party.due(now), "once");
    }

    #[test]
    fn changes_are_gathered_while_a_request_is_out() {
        let (mut party, now) = (Negotiation::default(), Instant::now());
        party.answered(now);
        assert!(party.due(now));
        party.asked(now);
        party.gained(now);
        party.gained(now);
        let later = now + Duration::from_secs(1);
        assert!(!party.due(later), "one request outstanding");
        party.answered(later);
        assert!(party.due(later), "counted anew after the offer");
    }

    #[test]
    fn a_request_nobody_answered_is_repeated() {
        let (mut party, now) = (Negotiation::default(), Instant::now());
        party.answered(now);
        assert!(party.due(now));
        party.asked(now);
        assert!(!party.due(now + Duration::from_secs(4)));
        assert!(party.due(now + Duration::from_secs(6)));
    }

    #[test]
    fn giving_back_waits_and_receiving_does_not() {
        let (mut party, now) = (Negotiation::default(), Instant::now());
        party.answered(now);
        assert!(party.due(now));
        party.lost(now);
        assert!(!party.due(now));
        assert!(party.due(now + LEISURE));
        party.lost(now);
        party.gained(now);
        assert!(party.due(now), "both in one");
    }
}
