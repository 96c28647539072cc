//! Redundant sound (RFC 2198) as publishers send it: each packet carries the one before it again.
//!
//! It is unwrapped here, so that the tap and subscribers who take no copies get plain sound, and what was lost on the
//! publisher's line is filled in from the copy, under the number it had. A copy says when it was, not which number it
//! had: copies are of the packets right before theirs, and one whose time does not fit between its neighbours' is
//! left out.
//!
//! Copies are older than the packet that carries them: after every change of who may hear whom nothing is filled in
//! that was said before it ([`Heard::seal`]).

use std::collections::VecDeque;
use std::sync::Arc;

use str0m::media::Pt;
use str0m::rtp::{RedDecoder, Ssrc};

use super::packet::Packet;
use super::{Output, Peer};

/// Packets remembered of a stream: 640 ms of the usual 20 ms each.
const REMEMBERED: usize = 32;
/// Copies a packet may bring; browsers send one or two.
const MOST: usize = 4;
/// Streams of one client that bring copies.
const MOST_STREAMS: usize = 16;

/// What came of one stream lately.
#[derive(Debug)]
pub(super) struct Heard {
    /// Extended number and timestamp of each packet, filled in or not, as they came.
    recent: VecDeque<(u64, u32)>,
    /// Nothing before this one is filled in.
    since: u64,
    sealed: bool,
}

impl Default for Heard {
    fn default() -> Self {
        Self { recent: VecDeque::with_capacity(REMEMBERED), since: 0, sealed: true }
    }
}

impl Heard {
    /// Nothing is filled in that came before the next packet.
    pub(super) fn seal(&mut self) {
        self.sealed = true;
    }

    /// Takes a packet. False when it was there before: late, its copy was faster.
    fn take(&mut self, sequence: u64, timestamp: u32) -> bool {
        if self.recent.iter().any(|(seen, _)| *seen == sequence) {
            return false;
        }
        let newest = self.recent.iter().map(|(seen, _)| *seen).max();
        if self.sealed && newest.is_none_or(|newest| sequence > newest) {
            self.since = sequence;
            self.sealed = false;
        }
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back((sequence, timestamp));
        true
    }

    /// Whether a packet is missing that could have had this number at this time.
    fn lacks(&self, sequence: u64, timestamp: u32) -> bool {
        let fits = |(seen, at): &(u64, u32)| {
            let earlier = at.wrapping_sub(timestamp).cast_signed() < 0;
            *seen != sequence && *at != timestamp && (*seen < sequence) == earlier
        };
        !self.sealed && sequence >= self.since && self.recent.iter().all(fits)
    }
}

/// An earlier frame that a packet brings along: its distance in time and in packets, and its bytes.
type Copied<'a> = (u32, u64, &'a [u8]);

/// The sound of a packet, and the copies it brings, oldest first.
fn unwrapped(payload: &[u8], inside: Pt) -> Option<(&[u8], Vec<Copied<'_>>)> {
    let mut blocks = RedDecoder::decode(payload).ok()?;
    let sound = blocks.pop().filter(|block| block.is_primary && block.pt == *inside)?;
    let count = blocks.len();
    let copies =
        blocks.iter().enumerate().filter(|(_, block)| block.pt == *inside && !block.payload.is_empty());
    let copies = copies.map(|(at, block)| (block.timestamp_offset, (count - at) as u64, block.payload));
    Some((sound.payload, copies.skip(count.saturating_sub(MOST)).collect()))
}

impl Peer {
    /// Hands on a packet of sound: plain, after those that its copies fill in.
    pub(super) fn publish_sound(&mut self, mut packet: Packet, outputs: &mut Vec<Output>) {
        let (ssrc, sequence, timestamp) = (packet.source.ssrc, packet.sequence, packet.timestamp);
        let Some(inside) = packet.source.inside else {
            // Plain among copies: while no copies come, nothing is remembered.
            let heard = self.heard.iter_mut().find(|(of, _)| *of == ssrc).map(|(_, heard)| heard);
            if heard.is_none_or(|heard| heard.take(sequence, timestamp)) {
                outputs.push(Output::Media(packet));
            }
            return;
        };
        let Some(heard) = heard_of(&mut self.heard, ssrc) else { return };
        let wrapped = Arc::clone(&packet.payload);
        let Some((sound, copies)) = unwrapped(&wrapped, inside) else { return };
        if !heard.take(sequence, timestamp) {
            return;
        }
        for (distance, back, copy) in copies {
            let (Some(number), at) = (sequence.checked_sub(back), timestamp.wrapping_sub(distance)) else {
                continue;
            };
            if heard.lacks(number, at) && heard.take(number, at) {
                outputs.push(Output::Media(packet.recovered(number, at, copy.into())));
            }
        }
        packet.payload = sound.into();
        outputs.push(Output::Media(packet));
    }

    /// Nothing said until now is filled in any more: who may hear whom has changed.
    pub(crate) fn seal_sound(&mut self) {
        self.publisher().heard.iter_mut().for_each(|(_, heard)| heard.seal());
    }
}

fn heard_of(all: &mut Vec<(Ssrc, Heard)>, ssrc: Ssrc) -> Option<&mut Heard> {
    let at = all.iter().position(|(of, _)| *of == ssrc).unwrap_or_else(|| {
        if all.len() == MOST_STREAMS {
            all.remove(0);
        }
        all.push((ssrc, Heard::default()));
        all.len() - 1
    });
    all.get_mut(at).map(|(_, heard)| heard)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use str0m::rtp::{RedEncoder, RedundantBlock};

    use super::*;

    /// Takes the packets of these numbers, each with copies of the `copies` before it; gives the numbers that came out.
    fn heard_of(heard: &mut Heard, numbers: &[u64], copies: u64) -> Vec<u64> {
        let time = |number: u64| u32::try_from(number * 960 % (1 << 32)).unwrap();
        let mut out = Vec::new();
        for &number in numbers {
            if !heard.take(number, time(number)) {
                continue;
            }
            for back in (1..=copies).rev() {
                let (number, at) =
                    (number - back, time(number).wrapping_sub(960 * u32::try_from(back).unwrap()));
                if heard.lacks(number, at) && heard.take(number, at) {
                    out.push(number);
                }
            }
            out.push(number);
        }
        out
    }

    #[test]
    fn what_was_lost_is_filled_in_once() {
        let mut heard = Heard::default();
        assert_eq!(heard_of(&mut heard, &[100, 101, 103, 102, 104], 1), [100, 101, 102, 103, 104]);
        assert_eq!(
            heard_of(&mut heard, &[107, 106, 109], 2),
            [105, 106, 107, 108, 109],
            "the late one is no second"
        );
    }

    #[test]
    fn nothing_said_before_a_flip_is_filled_in_after_it() {
        let mut heard = Heard::default();
        assert_eq!(heard_of(&mut heard, &[100, 101], 2), [100, 101], "nor before the first packet");
        heard.seal();
        // 102 and 103 were lost, perhaps before the flip.
        assert_eq!(heard_of(&mut heard, &[104, 105, 107], 2), [104, 105, 106, 107]);
        // The control: without the seal they come out.
        assert_eq!(heard_of(&mut heard, &[110], 2), [108, 109, 110]);
    }

    #[test]
    fn a_copy_of_another_time_is_left_out() {
        let mut heard = Heard::default();
        assert!(heard.take(100, 0) && heard.take(102, 4 * 960));
        assert!(heard.lacks(101, 960) && heard.lacks(101, 3 * 960), "silence between them is no matter");
        assert!(
            !heard.lacks(101, 0) && !heard.lacks(101, 5 * 960) && !heard.lacks(101, 0_u32.wrapping_sub(960))
        );
        assert!(!heard.lacks(99, 0_u32.wrapping_sub(960)), "before the first");
    }

    #[test]
    fn blocks_are_read_with_their_distances() {
        let older = RedundantBlock { pt: 111, timestamp_offset: 1920, payload: vec![1; 3] };
        let newer = RedundantBlock { pt: 111, timestamp_offset: 960, payload: vec![2; 2] };
        let packed = RedEncoder::encode(111, &[3], &[older, newer]);
        let (sound, copies) = unwrapped(&packed, Pt::new_with_value(111)).unwrap();
        assert_eq!(sound, [3]);
        assert_eq!(copies, [(1920, 2, &[1_u8; 3][..]), (960, 1, &[2_u8; 2][..])]);
        assert_eq!(unwrapped(&packed, Pt::new_with_value(96)), None, "of another kind");
    }

    proptest! {
        #[test]
        fn t10_whatever_comes_as_copies_is_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some((sound, copies)) = unwrapped(&bytes, Pt::new_with_value(111)) {
                let inside = sound.len() + copies.iter().map(|(_, _, copy)| copy.len()).sum::<usize>();
                prop_assert!(inside < bytes.len() && copies.len() <= MOST);
            }
        }

        #[test]
        fn nothing_comes_out_twice(numbers in prop::collection::vec(1000..1060_u64, 0..80), copies in 0..4_u64) {
            let mut all = heard_of(&mut Heard::default(), &numbers, copies);
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            // Only what is remembered can be known again.
            prop_assert!(count == all.len() || count > REMEMBERED);
        }
    }
}
