//! From RTP timestamps to the recording's time.
//!
//! A stream's clock is anchored to the packets that took the least time to arrive, and follows their drift slowly. The
//! sender's reports (RFC 3550 section 6.4.1) then tell how far picture and sound of the same person are apart.

use std::time::SystemTime;

use media::{Quality, TappedPacket};

/// The least delay is looked for in windows of this length, milliseconds.
const WINDOW_MS: f64 = 5000.0;
/// Most the clock is moved after a window: two in a thousand, far more than clocks drift.
const STEP_MS: f64 = 10.0;
/// In the beginning earlier packets may still move it.
const SETTLING_MS: f64 = 2000.0;
/// A clock this far off has jumped, if it is so for a second: packets of a line that stood still come late too, but
/// only for a moment.
const JUMP_MS: f64 = 150.0;
const JUMP_AFTER_MS: f64 = 1000.0;
/// Picture and sound are corrected by at most this; what is said beyond is no correction but a mistake.
const LARGEST_SKEW_MS: f64 = 800.0;

/// The clock of one track.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Ticks in a millisecond.
    rate: f64,
    anchor: Option<Anchor>,
    skew_ms: f64,
    /// The track did not flow for a while: its sender's clock may have stood still.
    interrupted: bool,
}

#[derive(Debug)]
struct Anchor {
    layer: Quality,
    last_timestamp: u32,
    /// Ticks since the anchor was set, at `last_timestamp`.
    ticks: i64,
    /// Recording's time at tick 0.
    base_ms: f64,
    set_ms: f64,
    /// Least delay of late, and since when: for jumps.
    late_since_ms: f64,
    late_least_ms: f64,
    window_since_ms: f64,
    window_least_ms: f64,
    /// Recording's time less the sender's wall clock, by its latest report.
    wall_ms: Option<f64>,
    wall_of: u32,
}

impl Clock {
    pub(crate) fn new(ticks_in_a_second: u32) -> Self {
        Self { rate: f64::from(ticks_in_a_second) / 1000.0, anchor: None, skew_ms: 0.0, interrupted: false }
    }

    /// The recording's time of a packet that arrived at `arrived_ms` of it.
    pub(crate) fn at(&mut self, packet: &TappedPacket, arrived_ms: f64) -> f64 {
        let rate = self.rate;
        let anchor = self.anchor.get_or_insert_with(|| Anchor::new(packet, arrived_ms));
        if anchor.layer != packet.layer {
            *anchor = Anchor::new(packet, arrived_ms);
        }
        #[expect(clippy::cast_possible_wrap, reason = "the difference of two timestamps, either way")]
        let moved = packet.timestamp.wrapping_sub(anchor.last_timestamp) as i32;
        anchor.ticks += i64::from(moved);
        anchor.last_timestamp = packet.timestamp;
        let candidate = arrived_ms - anchor.elapsed(rate);
        let late = candidate - anchor.base_ms;
        // What arrives before its time proves a jump at once; what is late does after an interruption.
        if late < -JUMP_MS || (std::mem::take(&mut self.interrupted) && late > JUMP_MS) {
            *anchor = Anchor::new(packet, arrived_ms);
        } else {
            anchor.follow(candidate, arrived_ms);
        }
        anchor.report(packet, rate);
        anchor.base_ms + anchor.elapsed(rate) + self.skew_ms
    }

    /// The track does not flow for a while.
    pub(crate) fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// Recording's time less the sender's wall clock, if its reports tell.
    pub(crate) fn wall_ms(&self) -> Option<f64> {
        self.anchor.as_ref()?.wall_ms
    }

    /// Moves this track so that it agrees with another of the same sender, whose wall clock is `wall_ms`.
    pub(crate) fn agree(&mut self, wall_ms: f64) {
        if let Some(own) = self.wall_ms()
            && (wall_ms - own).abs() < LARGEST_SKEW_MS
        {
            self.skew_ms = wall_ms - own;
        }
    }
}

impl Anchor {
    fn new(packet: &TappedPacket, arrived_ms: f64) -> Self {
        Self {
            layer: packet.layer,
            last_timestamp: packet.timestamp,
            ticks: 0,
            base_ms: arrived_ms,
            set_ms: arrived_ms,
            late_since_ms: arrived_ms,
            late_least_ms: f64::MAX,
            window_since_ms: arrived_ms,
            window_least_ms: f64::MAX,
            wall_ms: None,
            wall_of: 0,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "ticks of a sitting are far below 2^52")]
    fn elapsed(&self, rate: f64) -> f64 {
        self.ticks as f64 / rate
    }

    fn follow(&mut self, candidate: f64, arrived_ms: f64) {
        if arrived_ms - self.set_ms < SETTLING_MS {
            self.base_ms = self.base_ms.min(candidate);
        }
        self.late_least_ms = self.late_least_ms.min(candidate);
        if arrived_ms - self.late_since_ms >= JUMP_AFTER_MS {
            if self.late_least_ms - self.base_ms > JUMP_MS {
                self.base_ms = self.late_least_ms;
            }
            self.late_since_ms = arrived_ms;
            self.late_least_ms = f64::MAX;
        }
        self.window_least_ms = self.window_least_ms.min(candidate);
        if arrived_ms - self.window_since_ms >= WINDOW_MS {
            self.base_ms += (self.window_least_ms - self.base_ms).clamp(-STEP_MS, STEP_MS);
            self.window_since_ms = arrived_ms;
            self.window_least_ms = f64::MAX;
        }
    }

    fn report(&mut self, packet: &TappedPacket, rate: f64) {
        let Some((wall, timestamp)) = packet.report else { return };
        if self.wall_ms.is_some() && self.wall_of == timestamp {
            return;
        }
        let Ok(wall) = wall.duration_since(SystemTime::UNIX_EPOCH) else { return };
        #[expect(clippy::cast_possible_wrap, reason = "the difference of two timestamps, either way")]
        let behind = packet.timestamp.wrapping_sub(timestamp) as i32;
        let at = self.base_ms + self.elapsed(rate) - f64::from(behind) / rate;
        self.wall_ms = Some(at - wall.as_secs_f64() * 1000.0);
        self.wall_of = timestamp;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::packet;

    fn at(timestamp: u32) -> TappedPacket {
        TappedPacket { timestamp, ..packet(0, b"") }
    }

    #[test]
    fn time_goes_by_the_sender_not_by_the_jitter_of_the_line() {
        let mut clock = Clock::new(48_000);
        let start = u32::MAX - 48_000;
        for number in 0..500_u32 {
            let jitter = f64::from(number * 7 % 40);
            let ms = f64::from(number) * 20.0;
            let time = clock.at(&at(start.wrapping_add(number * 960)), 100.0 + ms + jitter);
            assert!((time - 100.0 - ms).abs() < 1.0, "{number}: {time}");
        }
    }

    #[test]
    fn a_line_that_stood_still_moves_nothing() {
        let mut clock = Clock::new(48_000);
        let mut worst: f64 = 0.0;
        for number in 0..1000_u32 {
            let ms = f64::from(number) * 20.0;
            // For three seconds nothing comes, then all of it at once.
            let arrived = if (5000.0..8000.0).contains(&ms) { 8000.0 } else { ms };
            worst = worst.max((clock.at(&at(number * 960), arrived) - ms).abs());
        }
        assert!(worst < 20.0, "{worst}");
    }

    #[test]
    fn drift_is_followed_and_a_clock_that_stood_still_is_noticed() {
        let mut clock = Clock::new(90_000);
        // The sender's clock is 200 ppm slow: 3 s in 4 hours and a bit.
        let mut time = 0.0;
        for second in 0..15_000_u32 {
            time = clock.at(&at(second.wrapping_mul(90_000)), f64::from(second) * 1000.2);
        }
        assert!((time - 14_999.0 * 1000.2).abs() < 20.0, "{time}");
        let mut later = 15_100.0 * 1000.0;
        clock.interrupt();
        let resumed = clock.at(&at(15_000_u32.wrapping_mul(90_000)), later);
        assert!((resumed - later).abs() < 1.0, "at once, after an interruption");
        for frame in 1..80_u32 {
            later = 15_200.0 * 1000.0 + f64::from(frame) * 50.0;
            time = clock.at(&at(15_000_u32.wrapping_mul(90_000).wrapping_add(frame * 4500)), later);
        }
        assert!((time - later).abs() < 1.0, "without one, after a moment");
    }

    #[test]
    fn reports_put_picture_and_sound_together() {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        // Both captured at `wall`; the picture took 120 ms longer to encode and send.
        let sound = TappedPacket { report: Some((wall, 5)), ..at(5) };
        let picture = TappedPacket { report: Some((wall, 9)), ..at(9) };
        let (mut heard, mut seen) = (Clock::new(48_000), Clock::new(90_000));
        let sound_at = heard.at(&sound, 1000.0);
        assert!((seen.at(&picture, 1120.0) - sound_at - 120.0).abs() < 0.1, "before");
        seen.agree(heard.wall_ms().expect("a report"));
        assert!((seen.at(&picture, 1120.0) - sound_at).abs() < 0.1, "after");
        let wrong = TappedPacket { report: Some((wall - Duration::from_hours(1), 10)), ..at(10) };
        heard.at(&wrong, 1000.0);
        seen.agree(heard.wall_ms().expect("a report"));
        assert!((seen.at(&picture, 1120.0) - sound_at).abs() < 0.1, "an hour is no skew");
    }
}
