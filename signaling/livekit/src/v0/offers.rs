//! Offers of the server to one client: one is out at a time, and what changes meanwhile waits for the next.

use std::time::{Duration, Instant};

/// A client that has not answered by then has lost its way and joins anew.
const PATIENCE: Duration = Duration::from_secs(15);
/// A client that came back says this soon what it answered last.
const STATEMENT: Duration = Duration::from_secs(5);

/// Where the server's offers to a client stand.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    last_id: u32,
    /// The offer that is out, and since when.
    out: Option<(u32, Instant)>,
    /// The client came back while an offer was out: what it answered last is awaited.
    unclear: Option<Instant>,
    /// The next offer restarts ICE.
    restart: bool,
}

impl Offers {
    /// Whether an offer may be made now.
    pub fn may_offer(&self) -> bool {
        self.out.is_none() && self.unclear.is_none()
    }

    /// Whether the next offer is to restart ICE, whatever else it has to tell.
    pub fn restarts(&self) -> bool {
        self.restart
    }

    /// An offer goes out; gives its id.
    pub fn offered(&mut self, now: Instant) -> u32 {
        self.last_id += 1;
        self.out = Some((self.last_id, now));
        self.restart = false;
        self.last_id
    }

    /// An answer came; whether it is to the offer that is out. Older clients do not say which one they answer.
    pub fn answered(&mut self, id: u32) -> bool {
        self.out.take_if(|(out, _)| id == 0 || id == *out).is_some()
    }

    /// The client lost its signalling and came back.
    pub fn returned(&mut self, now: Instant) {
        self.unclear = self.out.take().map(|_| now);
        self.restart = true;
    }

    /// The client said what it answered last: whether that had been unclear.
    pub fn cleared(&mut self) -> bool {
        self.unclear.take().is_some()
    }

    /// It has been unclear for too long: the client will not say.
    pub fn is_untold(&self, now: Instant) -> bool {
        self.unclear.is_some_and(|since| now.duration_since(since) >= STATEMENT)
    }

    /// The client does not answer.
    pub fn is_stuck(&self, now: Instant) -> bool {
        self.out.is_some_and(|(_, since)| now.duration_since(since) >= PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_offer_is_out_at_a_time_and_answered_once() {
        let (mut offers, now) = (Offers::default(), Instant::now());
        let first = offers.offered(now);
        assert!(!offers.may_offer());
        assert!(!offers.answered(first + 1), "of another offer");
        assert!(offers.answered(first) && offers.may_offer());
        assert!(!offers.answered(first), "once");
        offers.offered(now);
        assert!(offers.answered(0), "a client that does not number its answers");
    }

    #[test]
    fn whoever_comes_back_amid_an_offer_is_asked_first() {
        let (mut offers, now) = (Offers::default(), Instant::now());
        offers.returned(now);
        assert!(offers.may_offer() && offers.restarts(), "nothing was out: at once");
        let id = offers.offered(now);
        assert!(!offers.restarts());
        offers.returned(now);
        assert!(!offers.may_offer() && !offers.answered(id));
        assert!(!offers.is_untold(now) && offers.is_untold(now + STATEMENT));
        assert!(offers.cleared() && offers.may_offer() && offers.restarts());
    }

    #[test]
    fn silence_is_noticed() {
        let (mut offers, now) = (Offers::default(), Instant::now());
        offers.offered(now);
        assert!(!offers.is_stuck(now + Duration::from_secs(14)) && offers.is_stuck(now + PATIENCE));
    }
}
