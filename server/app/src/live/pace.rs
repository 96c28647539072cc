//! How fast one socket may speak: a bucket that fills with time.

use std::time::Duration;

use tokio::time::Instant;

/// Frames that may come at once.
const BURST: f64 = 60.0;
/// Frames a second for ever.
const RATE: f64 = 20.0;

/// The allowance of one socket.
pub(super) struct Pace {
    left: f64,
    at: Instant,
}

impl Pace {
    /// A full bucket.
    pub fn new(now: Instant) -> Self {
        Self { left: BURST, at: now }
    }

    /// Takes one; false when the bucket is empty.
    pub fn take(&mut self, now: Instant) -> bool {
        let passed: Duration = now.saturating_duration_since(self.at);
        self.left = (self.left + passed.as_secs_f64() * RATE).min(BURST);
        self.at = now;
        let allowed = self.left >= 1.0;
        if allowed {
            self.left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_a_flood_does_not_and_time_heals() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert_eq!((0..100).filter(|_| pace.take(start)).count(), 60);
        assert_eq!((0..100).filter(|_| pace.take(start + Duration::from_secs(2))).count(), 40);
    }
}
