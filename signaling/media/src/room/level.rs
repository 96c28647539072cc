//! Loudness of an audio track from the header extension (RFC 6464): no decoding.

use std::time::Duration;

/// How often loudness is told.
pub(super) const INTERVAL: Duration = Duration::from_millis(400);
/// Louder than this (dBov) is speech.
const SPEECH_DBOV: i8 = -35;
/// Packets of speech in an interval that make a speaker: 60 ms of 20 ms packets, longer than a click.
const SPEECH_PACKETS: u32 = 3;
/// Loudness is told in steps of this, so that small trembling is no change.
const STEP: f32 = 0.05;

/// Gathers one interval's packets.
#[derive(Debug, Default)]
pub(super) struct Meter {
    speech: u32,
    loudest: Option<i8>,
    /// What the last interval gave: (loudness 0 to 1, speaking).
    pub reading: (f32, bool),
}

impl Meter {
    pub(super) fn saw(&mut self, dbov: i8) {
        if dbov > SPEECH_DBOV {
            self.speech += 1;
        }
        self.loudest = Some(self.loudest.map_or(dbov, |loudest| loudest.max(dbov)));
    }

    /// Ends the interval.
    pub(super) fn turn(&mut self) {
        let speaking = self.speech >= SPEECH_PACKETS;
        let loudness = match self.loudest {
            Some(dbov) if speaking => {
                let linear = 10_f32.powf(f32::from(dbov) / 20.0);
                ((linear.sqrt() / STEP).round() * STEP).clamp(0.0, 1.0)
            }
            _ => 0.0,
        };
        *self = Self { reading: (loudness, speaking), ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_is_told_from_noise_and_silence() {
        let mut meter = Meter::default();
        (0..20).for_each(|_| meter.saw(-60));
        meter.turn();
        assert_eq!(meter.reading, (0.0, false));
        (0..20).for_each(|_| meter.saw(-20));
        meter.turn();
        assert!(meter.reading.1 && meter.reading.0 > 0.2 && meter.reading.0 < 0.5, "{:?}", meter.reading);
        meter.turn();
        assert_eq!(meter.reading, (0.0, false), "discontinuous transmission sends nothing in silence");
    }
}
