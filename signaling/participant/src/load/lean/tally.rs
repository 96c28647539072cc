//! What was sent, what arrived, how long it took.

use std::time::Duration;

use hdrhistogram::Histogram;

/// One window of a load.
#[derive(Clone, Debug)]
pub struct Window {
    /// How long it was.
    pub time: Duration,
    /// Media packets sent by publishers.
    pub sent: u64,
    /// What listeners should have received if the server passed on everything: each packet times its room's others.
    pub due: u64,
    /// Media packets received.
    pub received: u64,
    /// Gaps in the received streams' sequence numbers.
    pub lost: u64,
    /// Streams that carried something.
    pub streams: u64,
    /// From the stamp inside the packet to the kernel's time of arrival, in microseconds, one packet in sixteen.
    pub delay: Histogram<u64>,
    /// How late this client sent, in microseconds: large values mean that the client is the bottleneck.
    pub late: Histogram<u64>,
    /// Packets that could not be decrypted.
    pub unreadable: u64,
    /// Datagrams the kernel dropped at the client's socket.
    pub dropped: u64,
    /// Share of the time the client's thread worked.
    pub busy: f64,
}

impl Window {
    /// An empty window; histograms hold up to a minute with three digits.
    pub fn empty() -> anyhow::Result<Self> {
        let histogram = Histogram::new_with_bounds(1, 60_000_000, 3)?;
        Ok(Self {
            time: Duration::ZERO,
            sent: 0,
            due: 0,
            received: 0,
            lost: 0,
            streams: 0,
            delay: histogram.clone(),
            late: histogram,
            unreadable: 0,
            dropped: 0,
            busy: 0.0,
        })
    }

    /// Share of packets missing inside streams.
    pub fn loss(&self) -> f64 {
        ratio(self.lost, self.received + self.lost)
    }

    /// Share of what was due that did not arrive in the window: whole streams that stalled show here alone.
    pub fn shortfall(&self) -> f64 {
        ratio(self.due.saturating_sub(self.received), self.due)
    }

    /// Packets received a second.
    pub fn rate(&self) -> f64 {
        float(self.received) / self.time.as_secs_f64().max(0.001)
    }

    /// Median and 99th percentile of the delay, in microseconds.
    pub fn delays(&self) -> (f64, f64) {
        (float(self.delay.value_at_quantile(0.5)), float(self.delay.value_at_quantile(0.99)))
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { float(part) / float(whole) }
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
pub fn float(count: u64) -> f64 {
    count as f64
}

/// One received stream.
pub struct Stream {
    pub ssrc: u32,
    highest: u32,
    /// Where the current window began.
    base: u32,
    received: u32,
    lost_before: u64,
}

impl Stream {
    /// A stream that begins with this packet.
    pub fn new(ssrc: u32, sequence: u16) -> Self {
        let highest = 65_536 + u32::from(sequence);
        Self { ssrc, highest, base: highest - 1, received: 1, lost_before: 0 }
    }

    /// Counts a packet.
    pub fn note(&mut self, sequence: u16) {
        let step = sequence.wrapping_sub(u16::try_from(self.highest & 0xffff).unwrap_or(0));
        if step < 0x8000 {
            self.highest += u32::from(step);
        }
        self.received += 1;
    }

    /// The highest sequence number with its rollovers, and what was lost so far.
    pub fn report(&self) -> (u32, u64) {
        (self.highest, self.lost_before + self.missing())
    }

    /// Ends a window: received and lost in it.
    pub fn close(&mut self) -> (u64, u64) {
        let window = (u64::from(self.received), self.missing());
        self.lost_before += window.1;
        self.base = self.highest;
        self.received = 0;
        window
    }

    fn missing(&self) -> u64 {
        u64::from((self.highest - self.base).saturating_sub(self.received))
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;

    #[test]
    fn gaps_are_losses_and_late_packets_are_not() {
        let mut stream = Stream::new(1, 65_534);
        for sequence in [65_535, 1, 0, 2, 5] {
            stream.note(sequence);
        }
        assert_eq!(stream.close(), (6, 2), "3 and 4 are missing");
        stream.note(6);
        assert_eq!(stream.close(), (1, 0));
    }
}
