//! Loudness of an audio track from the header extension (RFC 6464): no decoding.

use std::time::{Duration, Instant};

/// How often loudness is told.
pub(super) const INTERVAL: Duration = Duration::from_millis(400);
/// Louder than this (dBov) is speech; who speaks already goes on speaking down to the lower bound.
const SPEECH_DBOV: i8 = -35;
const STILL_SPEECH_DBOV: i8 = -45;
/// Packets of speech in an interval that make a speaker: 60 ms of 20 ms packets, longer than a click.
const SPEECH_PACKETS: u32 = 3;
/// Intervals of silence after which a speaker is none: people breathe between sentences.
const BREATH: u32 = 2;
/// Loudness is told in steps of this, so that small trembling is no change.
const STEP: f32 = 0.1;

/// Gathers one interval's packets.
#[derive(Debug, Default)]
pub(super) struct Meter {
    speech: u32,
    loudest: Option<i8>,
    silent: u32,
    smooth: f32,
    /// What the last interval gave: (loudness 0 to 1, speaking).
    pub reading: (f32, bool),
    /// When speech was last heard.
    pub spoke_at: Option<Instant>,
}

impl Meter {
    pub(super) fn saw(&mut self, dbov: i8) {
        let bound = if self.reading.1 { STILL_SPEECH_DBOV } else { SPEECH_DBOV };
        if dbov > bound {
            self.speech += 1;
        }
        self.loudest = Some(self.loudest.map_or(dbov, |loudest| loudest.max(dbov)));
    }

    /// Ends the interval.
    pub(super) fn turn(&mut self, now: Instant) {
        let (_, speaking) = self.reading;
        let speech = std::mem::take(&mut self.speech) >= SPEECH_PACKETS;
        let loudest = self.loudest.take();
        self.silent = if speech { 0 } else { self.silent + 1 };
        if speech && let Some(dbov) = loudest {
            self.spoke_at = Some(now);
            let loudness = 10_f32.powf(f32::from(dbov) / 20.0).sqrt();
            self.smooth = if speaking { f32::midpoint(self.smooth, loudness) } else { loudness };
            self.reading = (((self.smooth / STEP).round() * STEP).clamp(STEP, 1.0), true);
        } else if self.silent >= BREATH {
            self.reading = (0.0, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_told_from_noise_and_silence() {
        let mut meter = Meter::default();
        let now = Instant::now();
        (0..20).for_each(|_| meter.saw(-60));
        meter.turn(now);
        assert_eq!((meter.reading, meter.spoke_at), ((0.0, false), None));
        (0..20).for_each(|_| meter.saw(-20));
        meter.turn(now);
        assert!(meter.reading.1 && meter.reading.0 > 0.2 && meter.reading.0 < 0.5, "{:?}", meter.reading);
    }

    #[test]
    fn who_takes_breath_or_lowers_the_voice_still_speaks() {
        let mut meter = Meter::default();
        let now = Instant::now();
        let mut turn = |dbov: Option<i8>| {
            if let Some(dbov) = dbov {
                (0..20).for_each(|_| meter.saw(dbov));
            }
            meter.turn(now);
            meter.reading.1
        };
        assert!(!turn(Some(-40)), "too low to begin");
        assert!(turn(Some(-20)) && turn(Some(-40)), "but not to go on");
        assert!(turn(None), "discontinuous transmission sends nothing in a pause");
        assert!(turn(Some(-30)));
        assert!(turn(None) && !turn(None), "silence that lasts");
    }
}
