//! When a packet was made, as far as the server can know.
//!
//! A door that opens must not let out what was said behind it: on a slow line the last words of a private talk may
//! arrive seconds after it ended. So a pair passes only what was made after it was opened. How long a packet was on its
//! way beyond the fastest way known is read from its stream's clock against its arrival: the sender's own clock where its
//! reports give it (RFC 3550 section 6.4.1), else the stream's. Where nothing is known (a stream that just began, or goes
//! on after a silence), what comes counts as made at the earliest moment it could have been, until arrivals are even.

use std::time::{Duration, Instant, SystemTime};

/// Nobody waits longer for a door to let sound through, whatever the clocks say; and nothing is believed to be longer on
/// its way.
pub(super) const LONGEST_WAY: Duration = Duration::from_secs(3);
/// After a silence of this long the way, or the stream's clock, may be another. Longer than the pauses of a coder that
/// says nothing of silence (DTX: 400 ms).
const SILENCE: Duration = Duration::from_millis(600);
/// Arrivals are even when for this long none was faster than those before,
const EVEN: Duration = Duration::from_millis(100);
/// but for so much, in µs.
const JITTER: i64 = 10_000;
/// A report that puts the clock this far from where the packets before had it has set it: reports of one clock differ by
/// little. Some senders report before they sent anything, of a time that is none.
const SET: i64 = 500_000;
/// The fastest way known is taken to be slower by this share of the time passed: clocks drift, and ways change.
const SLOWER: i64 = 200;

/// What is known of one stream's way here. All times in µs.
#[derive(Debug)]
pub(super) struct Making {
    /// Before this nothing was made that comes now and of which nothing better is known.
    floor: Instant,
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    at: Instant,
    last: Instant,
    reported: bool,
    timestamp: u32,
    /// The stream's own clock.
    stream: i64,
    /// What the clock is ahead of the stream's own.
    ahead: i64,
    /// The least difference between arrival and clock.
    least: i64,
    /// When arrivals were last uneven; none once they were even for long enough.
    uneven: Option<Instant>,
}

impl Making {
    /// A stream that cannot have begun before `born`.
    pub(super) fn new(born: Instant) -> Self {
        Self { floor: born, begun: None }
    }

    /// Takes a packet's arrival, its stream's clock (`rate` ticks a second) and its sender's last report. Gives when it
    /// was made at the latest, the fastest way not counted.
    pub(super) fn made(
        &mut self,
        timestamp: u32,
        rate: u32,
        report: Option<(SystemTime, u32)>,
        arrived: Instant,
    ) -> Instant {
        let ticks = |of: u32, since: u32| {
            i64::from(of.wrapping_sub(since).cast_signed()) * 1_000_000 / i64::from(rate.max(1))
        };
        // A reported clock goes on through a silence: what an encoder was told to rest from is not old when it comes.
        let silent =
            self.begun.as_ref().is_some_and(|begun| arrived.saturating_duration_since(begun.last) >= SILENCE);
        if let Some(begun) = &self.begun
            && (begun.reported != report.is_some() || report.is_none() && silent)
        {
            self.floor = begun.last;
            self.begun = None;
        }
        let begun = self.begun.get_or_insert_with(|| Begun {
            at: arrived,
            last: arrived,
            reported: report.is_some(),
            timestamp,
            stream: 0,
            ahead: 0,
            least: i64::MAX,
            uneven: Some(arrived),
        });
        begun.stream += ticks(timestamp, begun.timestamp);
        begun.timestamp = timestamp;
        let clock = match report {
            Some((at, of)) => at
                .duration_since(SystemTime::UNIX_EPOCH)
                .map_or(0, micros)
                .saturating_add(ticks(timestamp, of)),
            None => begun.stream,
        };
        let set = clock.saturating_sub(begun.stream) - begun.ahead;
        begun.ahead += set;
        if begun.least != i64::MAX && set.saturating_abs() > SET && !silent {
            // Between two packets of one flow the stream's own clock is right: the way is what it was.
            begun.least -= set;
        }
        let way = micros(arrived.saturating_duration_since(begun.at)).saturating_sub(clock);
        let passed = micros(arrived.saturating_duration_since(begun.last));
        begun.last = begun.last.max(arrived);
        if begun.least.saturating_sub(way) > JITTER {
            // Faster than all before: those had waited somewhere.
            begun.uneven = begun.uneven.map(|_| arrived);
        }
        begun.least = begun.least.saturating_add(passed / SLOWER).min(way);
        if begun.uneven.is_some_and(|since| arrived.saturating_duration_since(since) >= EVEN) {
            begun.uneven = None;
        }
        let longer = Duration::from_micros((way - begun.least).unsigned_abs());
        if longer > LONGEST_WAY {
            // No way is that long: its clock was set.
            self.floor = arrived.checked_sub(LONGEST_WAY).unwrap_or(arrived);
            self.begun = None;
            return self.floor;
        }
        let made = arrived.checked_sub(longer).unwrap_or(arrived);
        if begun.uneven.is_some() { made.min(self.floor) } else { made }
    }
}

fn micros(of: Duration) -> i64 {
    i64::try_from(of.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATE: u32 = 48_000;
    /// What a sender’s own clock says; any day will do.
    const DAY: SystemTime = SystemTime::UNIX_EPOCH;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    /// A speaker with 20 ms packets: each (made, arrives), both in ms. Gives what was believed of each.
    fn believed(making: &mut Making, start: Instant, packets: &[(u64, u64)]) -> Vec<Duration> {
        packets
            .iter()
            .map(|&(made, arrives)| {
                let timestamp = 77_000_u32.wrapping_add(u32::try_from(made * 48).unwrap());
                making.made(timestamp, RATE, None, start + ms(arrives)).saturating_duration_since(start)
            })
            .collect()
    }

    fn steady(from: u64, until: u64, way: u64) -> Vec<(u64, u64)> {
        (from / 20..until / 20).map(|n| (n * 20, n * 20 + way)).collect()
    }

    #[test]
    fn a_packet_that_waited_is_as_old_as_it_is() {
        let start = Instant::now();
        let mut making = Making::new(start);
        believed(&mut making, start, &steady(0, 2000, 30));
        // The line stands still for half a second; then all of it comes at once.
        let late: Vec<_> = (100..125).map(|n| (n * 20, 2530)).collect();
        for (believed, (made, _)) in believed(&mut making, start, &late).iter().zip(&late) {
            assert!(believed.abs_diff(ms(made + 30)) < ms(20), "{believed:?} of {made}");
        }
        let after = believed(&mut making, start, &steady(2520, 2600, 30));
        assert!(after[0] > ms(2530), "and what comes in time is of now");
    }

    #[test]
    fn of_a_stream_that_just_began_nothing_is_known_until_arrivals_are_even() {
        let start = Instant::now();
        let mut making = Making::new(start);
        let early = believed(&mut making, start, &steady(500, 700, 30));
        assert_eq!(early[0], ms(0), "it could be of any time since");
        assert!(early[9] > ms(500));
    }

    #[test]
    fn after_a_silence_a_burst_may_be_of_any_time_since() {
        let start = Instant::now();
        let mut making = Making::new(start);
        believed(&mut making, start, &steady(0, 2000, 30));
        // Two seconds of outage, then what was held back in a hurry, 5 ms each, until it is live again.
        let burst: Vec<_> = (100..200).map(|n| (n * 20, 4000 + (n - 100) * 5)).collect();
        for (believed, (made, _)) in believed(&mut making, start, &burst).iter().zip(&burst) {
            assert!(*believed <= ms(made + 30), "{believed:?} of {made}");
        }
        let live = believed(&mut making, start, &steady(4500, 4800, 30));
        assert!(live.last().is_some_and(|believed| *believed > ms(4700)), "{live:?}");
    }

    #[test]
    fn a_clock_that_stood_still_holds_nothing_back_for_long() {
        let start = Instant::now();
        let mut making = Making::new(start);
        believed(&mut making, start, &steady(0, 2000, 30));
        // A telephone slept for a minute; its clock goes on where it stopped.
        let later: Vec<_> = (100..120).map(|n| (n * 20, n * 20 + 60_000)).collect();
        let believed = believed(&mut making, start, &later);
        assert!(believed[19] > ms(62_000), "{believed:?}");
    }

    #[test]
    fn a_clock_that_loses_is_put_right_by_its_senders_reports() {
        let start = Instant::now();
        let mut making = Making::new(start);
        let (mut made, day) = (start, DAY);
        for n in 0..3000_u32 {
            // 20 ms of sound every 22 ms; a report each second says what the time is.
            let arrived = start + ms(22) * n;
            let last = n / 45 * 45;
            made = making.made(n * 960, RATE, Some((day + ms(22) * last, last * 960)), arrived);
        }
        let late = (start + ms(22) * 2999).saturating_duration_since(made);
        assert!(late < ms(120), "{late:?}");
    }

    #[test]
    fn a_report_that_sets_the_clock_changes_nothing_while_packets_flow() {
        let start = Instant::now();
        let day = DAY;
        for (first, then) in [(0, 1_000_000), (1_000_000, 0)] {
            let mut making = Making::new(start);
            for n in 0..200_u32 {
                let arrived = start + ms(20) * n;
                // The first report says another time than the second.
                let report = if n < 50 { (day, first) } else { (day, then) };
                let made = making.made(n * 960, RATE, Some(report), arrived);
                assert!(n < 10 || arrived - made < ms(20), "{:?} at {n}", arrived - made);
            }
        }
    }

    #[test]
    fn a_layer_that_rested_is_of_now_when_its_clock_is_known() {
        let start = Instant::now();
        let mut making = Making::new(start);
        let day = DAY;
        let mut after = |at: u64| {
            let timestamp = u32::try_from(at * 90).unwrap();
            making
                .made(timestamp, 90_000, Some((day, 0)), start + ms(at + 30))
                .saturating_duration_since(start)
        };
        for n in 0..50 {
            after(n * 40);
        }
        assert!(after(9000) >= ms(9000));
    }

    proptest! {
        #[test]
        fn nothing_is_believed_younger_than_it_is(ways in prop::collection::vec(0..400_u64, 1..200)) {
            let start = Instant::now();
            let mut making = Making::new(start);
            let mut fastest = u64::MAX;
            let mut arrives = 0;
            for (n, way) in ways.into_iter().enumerate() {
                let made = n as u64 * 20;
                arrives = arrives.max(made + way);
                fastest = fastest.min(arrives - made);
                let believed = believed(&mut making, start, &[(made, arrives)])[0];
                // But for the fastest way, and what it was taken to be slower by since.
                prop_assert!(believed <= ms(made + fastest) + ms(arrives) / 200 + ms(1));
            }
        }
    }
}
