//! A published track of a room: which of its layers flow, when to ask for keyframes, how loud it is.

use std::time::{Duration, Instant};

use super::demand::Demand;
use super::level::Meter;
use super::making::Making;
use crate::peer::Packet;
use crate::{Codec, Kind, PeerId, Quality, Source, TrackId};

/// A layer this far behind the track's latest packet does not flow. Measured against the other layers, not
/// the clock: a still screen sends next to nothing on any of them.
const LAYER_SILENCE: Duration = Duration::from_millis(600);
/// An encoder keeps about this long between keyframes; asking more often only merges requests.
const FIRST_INTERVAL: Duration = Duration::from_millis(300);
/// Losses further apart than this are no series. Within a series requests are spaced ever wider: a subscriber
/// that cannot keep up asks again and again, and every keyframe would make it worse for all.
const LOSS_SERIES: Duration = Duration::from_secs(4);
/// Intervals grow to this while nothing comes.
const LONGEST_INTERVAL: Duration = Duration::from_millis(2400);

/// Nothing of a camera for this long: its way here was down.
const PAUSE: Duration = Duration::from_secs(1);

/// Bits a second a layer is taken to cost before it was measured.
const UNMEASURED: u64 = 100_000;
/// Rates are measured over at least this.
const MEASURE: Duration = Duration::from_millis(450);

/// A simulcast layer, or the only stream of a track.
#[derive(Debug, Default)]
struct Layer {
    last_packet: Option<Instant>,
    /// Bytes since the last measurement, and bits a second by then.
    bytes: u64,
    rate: Option<f64>,
    last_request: Option<Instant>,
    /// Requests since the last keyframe.
    unanswered: u32,
    /// A subscriber lost its picture.
    lost: bool,
    /// Requests made for lost pictures in the present series.
    losses: u32,
}

/// A bound track.
#[derive(Debug)]
pub(super) struct Track {
    pub id: TrackId,
    pub owner: PeerId,
    pub kind: Kind,
    /// `PA_x|camera`.
    pub stream: String,
    pub muted: bool,
    pub source: Source,
    pub codec: Codec,
    /// Layers its section names; none without simulcast.
    pub layer_count: usize,
    pub meter: Meter,
    pub demand: Demand,
    layers: [Layer; 3],
    makings: [Making; 3],
    latest: Option<Instant>,
    measured_at: Instant,
}

impl Track {
    pub(super) fn new(id: TrackId, owner: PeerId, kind: Kind, stream: String, now: Instant) -> Self {
        Self {
            id,
            owner,
            kind,
            stream,
            muted: false,
            source: Source::Unknown,
            codec: Codec::Other,
            layer_count: 0,
            meter: Meter::default(),
            demand: Demand::new(now),
            layers: Default::default(),
            makings: std::array::from_fn(|_| Making::new(now)),
            latest: None,
            measured_at: now,
        }
    }

    /// Notes a packet of a layer.
    pub(super) fn saw(&mut self, quality: Quality, keyframe: bool, bytes: usize, now: Instant) {
        let before = self.latest.replace(now);
        let pause = before.is_some_and(|before| now.saturating_duration_since(before) >= PAUSE);
        let layer = &mut self.layers[quality as usize];
        layer.last_packet = Some(now);
        layer.bytes += bytes as u64;
        if keyframe {
            layer.unanswered = 0;
            layer.lost = false;
        }
        // A camera never rests by itself: its packets were lost, and those that follow build on them.
        if pause && !keyframe && self.source == Source::Camera {
            self.missed(quality);
        }
    }

    /// When a packet was made at the latest, but for the fastest way here.
    pub(super) fn made(&mut self, packet: &Packet) -> Instant {
        let (timestamp, rate, report) = packet.clock();
        self.makings[packet.quality() as usize].made(timestamp, rate, report, packet.arrived())
    }

    /// The layer to send to who asks for a quality: the highest that flows up to it, else the lowest above.
    pub(super) fn layer_for(&self, asked: Quality) -> Option<Quality> {
        let up_to = Quality::ALL.into_iter().rev().find(|quality| *quality <= asked && self.flows(*quality));
        up_to.or_else(|| Quality::ALL.into_iter().find(|quality| self.flows(*quality)))
    }

    fn flows(&self, quality: Quality) -> bool {
        let last = self.layers[quality as usize].last_packet;
        last.zip(self.latest).is_some_and(|(at, latest)| latest.saturating_duration_since(at) < LAYER_SILENCE)
    }

    /// Bits a second of each layer that flows.
    pub(super) fn rates(&self) -> [Option<u64>; 3] {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is positive and small"
        )]
        Quality::ALL.map(|quality| {
            let rate = self.layers[quality as usize].rate.map_or(UNMEASURED, |rate| rate as u64);
            self.flows(quality).then_some(rate)
        })
    }

    /// Ends a measurement when it was long enough. Rates rise fast and fall slowly: what a layer costs is what it
    /// costs when something moves.
    pub(super) fn measure(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.measured_at);
        if passed < MEASURE {
            return;
        }
        self.measured_at = now;
        for layer in &mut self.layers {
            #[expect(clippy::cast_precision_loss, reason = "bytes of half a second")]
            let rate = (std::mem::take(&mut layer.bytes) * 8) as f64 / passed.as_secs_f64();
            layer.rate = match layer.rate {
                None if rate == 0.0 => None,
                None => Some(rate),
                Some(before) => {
                    let weight = if rate > before { 0.5 } else { 0.15 };
                    Some(before + (rate - before) * weight)
                }
            };
        }
    }

    /// A subscriber that asked for a quality lost its picture.
    pub(super) fn lost(&mut self, asked: Quality) {
        if let Some(quality) = self.layer_for(asked) {
            self.layers[quality as usize].lost = true;
        }
    }

    /// The same, because the way was down: what was asked for meanwhile says nothing about how soon to ask again.
    pub(super) fn missed(&mut self, asked: Quality) {
        self.lost(asked);
        for layer in &mut self.layers {
            (layer.unanswered, layer.losses) = (0, 0);
        }
    }

    /// Layers whose keyframe should be asked for now, given which ones subscribers wait for. Marks them asked.
    pub(super) fn due_requests(&mut self, waiting: [bool; 3], now: Instant) -> [bool; 3] {
        let mut due = [false; 3];
        for ((layer, waiting), due) in self.layers.iter_mut().zip(waiting).zip(&mut due) {
            if !(waiting || layer.lost) {
                continue;
            }
            let since = layer.last_request.map(|at| now.saturating_duration_since(at));
            if since.is_none_or(|since| since > LOSS_SERIES) {
                layer.losses = 0;
            }
            let series = if waiting { layer.unanswered.saturating_sub(1) } else { layer.losses };
            let interval = (FIRST_INTERVAL * (1 << series.min(4))).min(LONGEST_INTERVAL);
            if since.is_none_or(|since| since >= interval) {
                layer.last_request = Some(now);
                layer.unanswered += 1;
                layer.losses += u32::from(!waiting);
                *due = true;
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> Track {
        Track::new(TrackId::from("TR_x"), PeerId(1), Kind::Video, "PA_x|camera".into(), Instant::now())
    }

    #[test]
    fn the_highest_flowing_layer_up_to_the_asked_one_is_sent() {
        let (mut track, now) = (track(), Instant::now());
        assert_eq!(track.layer_for(Quality::High), None);
        track.saw(Quality::Medium, true, 100, now);
        assert_eq!(track.layer_for(Quality::High), Some(Quality::Medium));
        assert_eq!(track.layer_for(Quality::Low), Some(Quality::Medium), "better too much than nothing");
        track.saw(Quality::Low, true, 100, now);
        assert_eq!(track.layer_for(Quality::Low), Some(Quality::Low));
        let later = now + LAYER_SILENCE;
        track.saw(Quality::Low, false, 100, later);
        assert_eq!(track.layer_for(Quality::High), Some(Quality::Low), "the upper layer went silent");
    }

    #[test]
    fn a_layer_costs_what_it_costs_when_something_moves() {
        let (mut track, start) = (track(), Instant::now());
        track.saw(Quality::Low, true, 1, start);
        assert_eq!(track.rates(), [Some(UNMEASURED), None, None]);
        let mut rates = Vec::new();
        for half_second in 1..=8_u32 {
            let now = start + Duration::from_millis(500) * half_second;
            // Two seconds of movement, then a still picture.
            track.saw(Quality::Low, false, if half_second <= 4 { 31_250 } else { 3_125 }, now);
            track.measure(now);
            rates.push(track.rates()[0].expect("it flows"));
        }
        assert!((490_000..=510_000).contains(&rates[3]), "{rates:?}");
        assert!(rates[7] > 250_000, "what moved may move again: {rates:?}");
    }

    #[test]
    fn keyframe_requests_are_coalesced_and_spaced() {
        let (mut track, start) = (track(), Instant::now());
        let waiting = [false, false, true];
        let mut asked = 0;
        for ms in 0..3000 {
            let now = start + Duration::from_millis(ms);
            asked += track.due_requests(waiting, now).iter().filter(|due| **due).count();
        }
        assert!((3..=5).contains(&asked), "{asked} requests in 3 s of waiting");
        let now = start + Duration::from_secs(4);
        track.saw(Quality::High, true, 100, now);
        assert_eq!(track.due_requests([false; 3], now), [false; 3], "nobody waits, nothing is asked");
    }

    #[test]
    fn a_lost_picture_asks_once_until_the_keyframe_comes() {
        let (mut track, now) = (track(), Instant::now());
        track.saw(Quality::High, false, 100, now);
        for _ in 0..50 {
            track.lost(Quality::High);
        }
        assert_eq!(track.due_requests([false; 3], now), [false, false, true]);
        assert_eq!(track.due_requests([false; 3], now), [false; 3]);
        track.saw(Quality::High, true, 100, now);
        let later = now + Duration::from_secs(2);
        assert_eq!(track.due_requests([false; 3], later), [false; 3], "the keyframe came");
    }

    #[test]
    fn after_a_silence_a_camera_is_asked_at_once() {
        let (mut track, start) = (track(), Instant::now());
        track.source = Source::Camera;
        track.saw(Quality::High, true, 100, start);
        // Somebody waits while the publisher's line is down; requests go unanswered, ever more rarely.
        for ms in 0..10_000 {
            track.due_requests([false, false, true], start + Duration::from_millis(ms));
        }
        let back = start + Duration::from_millis(10_350);
        track.saw(Quality::High, false, 100, back);
        assert_eq!(track.due_requests([false; 3], back), [false, false, true], "nobody has to say so");
        track.saw(Quality::High, true, 100, back);
        let later = back + LONGEST_INTERVAL;
        assert_eq!(track.due_requests([false; 3], later), [false; 3], "it came");
    }

    #[test]
    fn who_cannot_keep_up_does_not_make_a_storm() {
        let (mut track, start) = (track(), Instant::now());
        let mut asked = Vec::new();
        for ms in 0..6000 {
            let now = start + Duration::from_millis(ms);
            // Every keyframe comes at once, and is lost again.
            track.saw(Quality::High, true, 100, now);
            track.lost(Quality::High);
            if track.due_requests([false; 3], now)[2] {
                asked.push(ms);
            }
        }
        assert_eq!(asked, [0, 600, 1800, 4200], "the second soon, later ones ever wider");
    }
}
