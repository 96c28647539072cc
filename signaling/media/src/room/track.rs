//! A published track of a room: which of its layers flow, when to ask for keyframes, how loud it is.

use std::time::{Duration, Instant};

use super::level::Meter;
use crate::{Kind, PeerId, Quality, Source, TrackId};

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

const QUALITIES: [Quality; 3] = [Quality::Low, Quality::Medium, Quality::High];

/// A simulcast layer, or the only stream of a track.
#[derive(Debug, Default)]
struct Layer {
    last_packet: Option<Instant>,
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
    pub meter: Meter,
    layers: [Layer; 3],
    latest: Option<Instant>,
}

impl Track {
    pub(super) fn new(id: TrackId, owner: PeerId, kind: Kind, stream: String) -> Self {
        Self {
            id,
            owner,
            kind,
            stream,
            muted: false,
            source: Source::Unknown,
            meter: Meter::default(),
            layers: Default::default(),
            latest: None,
        }
    }

    /// Notes a packet of a layer.
    pub(super) fn saw(&mut self, quality: Quality, keyframe: bool, now: Instant) {
        self.latest = Some(now);
        let layer = &mut self.layers[quality as usize];
        layer.last_packet = Some(now);
        if keyframe {
            layer.unanswered = 0;
            layer.lost = false;
        }
    }

    /// The layer to send to who asks for a quality: the highest that flows up to it, else the lowest above.
    pub(super) fn layer_for(&self, asked: Quality) -> Option<Quality> {
        let latest = self.latest?;
        let flows = |quality: &Quality| {
            self.layers[*quality as usize]
                .last_packet
                .is_some_and(|at| latest.saturating_duration_since(at) < LAYER_SILENCE)
        };
        let up_to = QUALITIES.iter().rev().find(|quality| **quality <= asked && flows(quality));
        up_to.or_else(|| QUALITIES.iter().find(|quality| flows(quality))).copied()
    }

    /// A subscriber that asked for a quality lost its picture.
    pub(super) fn lost(&mut self, asked: Quality) {
        if let Some(quality) = self.layer_for(asked) {
            self.layers[quality as usize].lost = true;
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
        Track::new(TrackId::from("TR_x"), PeerId(1), Kind::Video, "PA_x|camera".into())
    }

    #[test]
    fn the_highest_flowing_layer_up_to_the_asked_one_is_sent() {
        let (mut track, now) = (track(), Instant::now());
        assert_eq!(track.layer_for(Quality::High), None);
        track.saw(Quality::Medium, true, now);
        assert_eq!(track.layer_for(Quality::High), Some(Quality::Medium));
        assert_eq!(track.layer_for(Quality::Low), Some(Quality::Medium), "better too much than nothing");
        track.saw(Quality::Low, true, now);
        assert_eq!(track.layer_for(Quality::Low), Some(Quality::Low));
        let later = now + LAYER_SILENCE;
        track.saw(Quality::Low, false, later);
        assert_eq!(track.layer_for(Quality::High), Some(Quality::Low), "the upper layer went silent");
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
        track.saw(Quality::High, true, now);
        assert_eq!(track.due_requests([false; 3], now), [false; 3], "nobody waits, nothing is asked");
    }

    #[test]
    fn a_lost_picture_asks_once_until_the_keyframe_comes() {
        let (mut track, now) = (track(), Instant::now());
        track.saw(Quality::High, false, now);
        for _ in 0..50 {
            track.lost(Quality::High);
        }
        assert_eq!(track.due_requests([false; 3], now), [false, false, true]);
        assert_eq!(track.due_requests([false; 3], now), [false; 3]);
        track.saw(Quality::High, true, now);
        let later = now + Duration::from_secs(2);
        assert_eq!(track.due_requests([false; 3], later), [false; 3], "the keyframe came");
    }

    #[test]
    fn who_cannot_keep_up_does_not_make_a_storm() {
        let (mut track, start) = (track(), Instant::now());
        let mut asked = Vec::new();
        for ms in 0..6000 {
            let now = start + Duration::from_millis(ms);
            // Every keyframe comes at once, and is lost again.
            track.saw(Quality::High, true, now);
            track.lost(Quality::High);
            if track.due_requests([false; 3], now)[2] {
                asked.push(ms);
            }
        }
        assert_eq!(asked, [0, 600, 1800, 4200], "the second soon, later ones ever wider");
    }
}
