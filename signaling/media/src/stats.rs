//! Counters of the media threads, for `/metrics` and the bench.

use std::time::Duration;

/// Sub-buckets per power of two: the reported percentile is at most 1/16 above the true one.
const FINE: usize = 16;
/// Powers of two of a microsecond that are told apart (up to about 33 s).
const POWERS: usize = 26;

/// A histogram of durations in microseconds with a relative error of 1/16, after the manner of HDR histograms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latency {
    counts: Vec<u64>,
    total: u64,
    sum_us: u64,
    max_us: u64,
}

impl Default for Latency {
    fn default() -> Self {
        Self { counts: vec![0; FINE * POWERS], total: 0, sum_us: 0, max_us: 0 }
    }
}

impl Latency {
    /// Adds `times` observations of one duration.
    pub fn record(&mut self, duration: Duration, times: u64) {
        let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.counts[Self::index(us)] += times;
        self.total += times;
        self.sum_us = self.sum_us.saturating_add(us.saturating_mul(times));
        self.max_us = self.max_us.max(us);
    }

    /// Number of observations.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// All of them together, in microseconds.
    pub fn sum_us(&self) -> u64 {
        self.sum_us
    }

    /// How many lie in buckets whose upper bound is at most this many microseconds, give or take the bucket it falls in.
    pub fn at_most(&self, us: u64) -> u64 {
        self.counts[..=Self::index(us)].iter().sum()
    }

    /// The longest one, in microseconds.
    pub fn max_us(&self) -> u64 {
        self.max_us
    }

    /// The upper bound in microseconds of the bucket that holds the given share (0 to 1) of observations.
    pub fn percentile_us(&self, share: f64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank among counted packets, far below 2^52"
        )]
        let rank = ((self.total as f64) * share.clamp(0.0, 1.0)).ceil() as u64;
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank.max(1) {
                return Self::upper(index).min(self.max_us);
            }
        }
        self.max_us
    }

    /// Adds another histogram to this one.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.total += other.total;
        self.sum_us = self.sum_us.saturating_add(other.sum_us);
        self.max_us = self.max_us.max(other.max_us);
    }

    fn index(us: u64) -> usize {
        let fine = FINE as u64;
        if us < fine {
            return usize::try_from(us).unwrap_or_default();
        }
        let shift = us.ilog2() - FINE.ilog2();
        let within = usize::try_from((us >> shift) - fine).unwrap_or_default();
        ((shift as usize + 1) * FINE + within).min(FINE * POWERS - 1)
    }

    fn upper(index: usize) -> u64 {
        let fine = FINE as u64;
        let index = index as u64;
        if index < fine {
            return index;
        }
        let shift = index / fine - 1;
        ((fine + index % fine + 1) << shift) - 1
    }
}

/// What subscribers are given at this moment, and how their lines fare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Adaptation {
    /// Pictures paused because a line is short.
    pub paused: usize,
    /// Pictures given in the lowest layer,
    pub low: usize,
    /// the middle one,
    pub medium: usize,
    /// the highest, or the only one.
    pub high: usize,
    /// Lines found too short for everything asked.
    pub short_lines: usize,
    /// Lines with a bandwidth estimate,
    pub estimated_lines: usize,
    /// and the sum of the estimates, in bits a second.
    pub estimated_bits: u64,
    /// Connections judged lost,
    pub lost: usize,
    /// poor,
    pub poor: usize,
    /// good,
    pub good: usize,
    /// excellent.
    pub excellent: usize,
}

impl Adaptation {
    fn add(&mut self, other: &Self) {
        self.paused += other.paused;
        self.low += other.low;
        self.medium += other.medium;
        self.high += other.high;
        self.short_lines += other.short_lines;
        self.estimated_lines += other.estimated_lines;
        self.estimated_bits += other.estimated_bits;
        self.lost += other.lost;
        self.poor += other.poor;
        self.good += other.good;
        self.excellent += other.excellent;
    }
}

/// What one worker does now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorkerLoad {
    /// Rooms on it.
    pub rooms: usize,
    /// Peers in them.
    pub peers: usize,
    /// Share of a core it has lately used, in thousandths: what new rooms are placed by.
    pub busy: u32,
}

/// Counters since the start, and gauges of now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Rooms that exist.
    pub rooms: usize,
    /// Peers that exist.
    pub peers: usize,
    /// Datagrams received.
    pub datagrams_in: u64,
    /// Datagrams of unknown origin, dropped unanswered.
    pub datagrams_unknown: u64,
    /// Datagrams handed to the kernel.
    pub datagrams_out: u64,
    /// Datagrams dropped because the send queue was full or the kernel refused them.
    pub datagrams_dropped: u64,
    /// Datagrams that came to another worker's socket and were handed over.
    pub datagrams_handed_over: u64,
    /// Datagrams dropped because the worker they were for lagged behind.
    pub handover_dropped: u64,
    /// Commands that wait for the workers.
    pub commands_waiting: usize,
    /// Commands refused because thousands waited.
    pub commands_refused: u64,
    /// What each worker does, in order.
    pub workers: Vec<WorkerLoad>,
    /// Clients' TCP connections.
    pub tcp_connections: usize,
    /// Datagrams sent over TCP.
    pub tcp_frames_out: u64,
    /// Datagrams dropped because a TCP connection did not drain.
    pub tcp_frames_dropped: u64,
    /// Media packets handed to subscribers' transports.
    pub packets_forwarded: u64,
    /// Payload bytes in them.
    pub bytes_forwarded: u64,
    /// Media packets that a subscriber may not have: they were made before it was allowed to hear their publisher.
    pub packets_held_back: u64,
    /// Keyframe requests sent to publishers.
    pub keyframe_requests: u64,
    /// Requests of subscribers to send packets again (NACK, RFC 4585 section 6.2.1).
    pub nacks: u64,
    /// Reports of connections with a loss on the way to the client,
    pub loss_reports: u64,
    /// and the sum of those losses, in millionths.
    pub loss_millionths: u64,
    /// What subscribers are given.
    pub adaptation: Adaptation,
    /// Offers answered.
    pub offers: u64,
    /// How long an offer held its worker.
    pub offer_time: Latency,
    /// From the arrival of a burst to the system call that sent its packets on.
    pub forwarding: Latency,
    /// CPU time of the media threads.
    pub cpu: Duration,
    /// Rooms closed because of a contained fault.
    pub faults: u64,
}

impl Stats {
    /// A connection reported a loss on the way to its client (0 to 1), and how often that asked for packets again.
    pub(crate) fn reported(&mut self, loss: Option<f32>, nacks: u64) {
        self.nacks += nacks;
        if let Some(loss) = loss {
            self.loss_reports += 1;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and a million"
            )]
            let millionths = (f64::from(loss.clamp(0.0, 1.0)) * 1e6) as u64;
            self.loss_millionths += millionths;
        }
    }

    /// Adds the counters of another worker.
    pub fn add(&mut self, other: &Self) {
        self.rooms += other.rooms;
        self.peers += other.peers;
        self.datagrams_in += other.datagrams_in;
        self.datagrams_unknown += other.datagrams_unknown;
        self.datagrams_out += other.datagrams_out;
        self.datagrams_dropped += other.datagrams_dropped;
        self.datagrams_handed_over += other.datagrams_handed_over;
        self.handover_dropped += other.handover_dropped;
        self.commands_waiting += other.commands_waiting;
        self.commands_refused += other.commands_refused;
        self.workers.extend_from_slice(&other.workers);
        self.tcp_connections += other.tcp_connections;
        self.tcp_frames_out += other.tcp_frames_out;
        self.tcp_frames_dropped += other.tcp_frames_dropped;
        self.packets_forwarded += other.packets_forwarded;
        self.bytes_forwarded += other.bytes_forwarded;
        self.packets_held_back += other.packets_held_back;
        self.keyframe_requests += other.keyframe_requests;
        self.nacks += other.nacks;
        self.loss_reports += other.loss_reports;
        self.loss_millionths += other.loss_millionths;
        self.adaptation.add(&other.adaptation);
        self.offers += other.offers;
        self.offer_time.add(&other.offer_time);
        self.forwarding.add(&other.forwarding);
        self.cpu += other.cpu;
        self.faults += other.faults;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_a_sixteenth() {
        let mut latency = Latency::default();
        for us in 1..=1000 {
            latency.record(Duration::from_micros(us), 1);
        }
        let p50 = latency.percentile_us(0.5);
        assert!((500..=532).contains(&p50), "{p50}");
        assert_eq!(latency.percentile_us(1.0), 1000);
        assert_eq!(latency.count(), 1000);
    }

    #[test]
    fn buckets_rise_and_bound_their_values() {
        let mut last = 0;
        for us in [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 100, 1000, 65_535, 1 << 24] {
            let index = Latency::index(us);
            assert!(index >= last, "{us}");
            assert!(Latency::upper(index) >= us, "{us}");
            last = index;
        }
    }
}
