//! How a connection fares: losses, delay and the bandwidth estimate as the library reports them, in our words.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::stats::{MediaEgressStats, MediaIngressStats, PeerStats};

/// Opus runs at this clock (RFC 7587 section 4.1); jitter is told in its ticks.
const AUDIO_TICKS_PER_MS: u32 = 48;

/// What one report says of a connection.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Health {
    /// Bits a second the way to the client is thought to carry; none before the client reported anything.
    pub estimate: Option<u64>,
    /// Bits a second of media sent to the client since the report before.
    pub sent: u64,
    /// Share of packets lost on the way to the client.
    pub lost_down: Option<f32>,
    /// Share of packets lost on the way from the client.
    pub lost_up: Option<f32>,
    /// Round trip.
    pub rtt: Option<Duration>,
    /// How unevenly sound arrives, the worse of both ways.
    pub jitter: Duration,
    /// Requests of the client to send packets again (NACK, RFC 4585) since the report before.
    pub nacks: u64,
}

/// Gathers what the library reports piece by piece.
#[derive(Debug, Default)]
pub(super) struct Observer {
    last: Option<(Instant, u64)>,
    /// From receiver reports (RFC 3550), for clients without transport-wide feedback.
    reported_loss: Option<f32>,
    reported_rtt: Option<Duration>,
    jitter: Duration,
    /// Requests so far, by stream, and those since the last report.
    asked: HashMap<Mid, u64>,
    nacks: u64,
}

impl Observer {
    /// The summary, which comes first; what the streams reported is of the interval before.
    pub(super) fn report(&mut self, stats: &PeerStats) -> Health {
        let sent = self.last.map_or(0, |(at, bytes)| {
            let micros = stats.timestamp.saturating_duration_since(at).as_micros().max(1);
            let bits = u128::from(stats.bytes_tx.saturating_sub(bytes)) * 8;
            u64::try_from(bits * 1_000_000 / micros).unwrap_or(u64::MAX)
        });
        self.last = Some((stats.timestamp, stats.bytes_tx));
        Health {
            estimate: stats.egress_loss_fraction.and(stats.bwe_tx).map(|rate| rate.as_u64()),
            sent,
            lost_down: stats.egress_loss_fraction.or(self.reported_loss.take()),
            lost_up: stats.ingress_loss_fraction,
            rtt: stats.rtt.or(self.reported_rtt.take()),
            jitter: std::mem::take(&mut self.jitter),
            nacks: std::mem::take(&mut self.nacks),
        }
    }

    /// What the client says of a stream it receives.
    pub(super) fn sent(&mut self, stats: &MediaEgressStats, audio: bool) {
        let before = self.asked.insert(stats.mid, stats.nacks).unwrap_or(0);
        // A section that carries somebody else counts from zero again.
        self.nacks += stats.nacks.checked_sub(before).unwrap_or(stats.nacks);
        if let Some(loss) = stats.loss {
            self.reported_loss = Some(self.reported_loss.map_or(loss, |worst| worst.max(loss)));
        }
        self.reported_rtt = stats.rtt.or(self.reported_rtt);
        if let (true, Some(remote)) = (audio, &stats.remote) {
            self.uneven(remote.jitter);
        }
    }

    /// What is seen of a stream the client sends.
    pub(super) fn received(&mut self, stats: &MediaIngressStats, audio: bool) {
        if audio {
            self.uneven(stats.jitter);
        }
    }

    fn uneven(&mut self, ticks: u32) {
        let jitter = Duration::from_millis((ticks / AUDIO_TICKS_PER_MS).into());
        self.jitter = self.jitter.max(jitter);
    }
}
