//! When somebody spoke, from the loudness their packets state (RFC 6464): for the talk-time bar.

use crate::Speech;

/// Louder than this is a voice; a quiet room is well below.
const VOICE_DBOV: i8 = -50;
/// Pauses up to this belong to what is said.
const BREATH_MS: u64 = 800;
/// Shorter is a knock.
const LEAST_MS: u64 = 200;
/// A packet's own length.
const PACKET_MS: u64 = 20;

/// Watches one microphone.
#[derive(Debug, Default)]
pub(super) struct Meter {
    current: Option<Speech>,
}

impl Meter {
    /// Notes a packet; gives an interval that has ended.
    pub(super) fn saw(&mut self, level: Option<i8>, at_ms: u64) -> Option<Speech> {
        let ended = self.current.filter(|speech| at_ms > speech.to_ms + BREATH_MS);
        if ended.is_some() {
            self.current = None;
        }
        if level.is_some_and(|level| level > VOICE_DBOV) {
            let to_ms = at_ms + PACKET_MS;
            match &mut self.current {
                Some(speech) => speech.to_ms = speech.to_ms.max(to_ms),
                None => self.current = Some(Speech { from_ms: at_ms, to_ms }),
            }
        }
        ended.filter(long_enough)
    }

    /// Nothing follows for now.
    pub(super) fn end(&mut self) -> Option<Speech> {
        self.current.take().filter(long_enough)
    }
}

fn long_enough(speech: &Speech) -> bool {
    speech.to_ms - speech.from_ms >= LEAST_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaths_belong_to_what_is_said_and_knocks_do_not_count() {
        let mut meter = Meter::default();
        let mut ended = Vec::new();
        for at in (0..6000).step_by(20) {
            let voice = (1000..2000).contains(&at) || (2500..3000).contains(&at) || at == 5000;
            ended.extend(meter.saw(Some(if voice { -30 } else { -80 }), at));
        }
        ended.extend(meter.end());
        assert_eq!(ended, [Speech { from_ms: 1000, to_ms: 3000 }]);
    }
}
