//! Redundant sound (RFC 2198) for subscribers whose line loses packets: each packet carries the one or two before it
//! again, so that a lost one is heard from the next.
//!
//! Opus has forward correction of its own, but only the publisher's line decides whether it is used; here each
//! subscriber gets what the own line needs. Copies are of what this very subscriber was sent already, since the present
//! assignment of its slot: they can tell nobody anything new. A line without loss costs nothing.

use std::sync::Arc;

use smallvec::SmallVec;
use str0m::media::Pt;

/// Copies a packet may carry at most.
const MOST: usize = 2;
/// A block's distance has 14 bits, its length 10 (RFC 2198 section 3).
const FARTHEST: u32 = 1 << 14;
const LONGEST: usize = 1 << 10;
/// Losses from which one and two copies pay.
const ONE_COPY: f32 = 0.02;
const TWO_COPIES: f32 = 0.08;
/// What a report without loss leaves of the loss before: half after three seconds of two reports each.
const FADE: f32 = 0.89;

/// What a line loses, remembered for some seconds: losses come in bursts.
#[derive(Debug, Default)]
pub(super) struct Losses(f32);

/// Spare packets that may go along, with their distance in time.
type Near<'a> = SmallVec<[(u32, &'a Arc<[u8]>); MOST]>;

impl Losses {
    /// A report of the line.
    pub(super) fn report(&mut self, lost: Option<f32>) {
        if let Some(lost) = lost {
            self.0 = lost.max(self.0 * FADE);
        }
    }

    /// How many copies a packet should carry.
    pub(super) fn copies(&self) -> usize {
        usize::from(self.0 >= ONE_COPY) + usize::from(self.0 >= TWO_COPIES)
    }
}

/// The last packets of a slot that carries sound, oldest first.
#[derive(Debug, Default)]
pub(super) struct Spares(SmallVec<[(u32, Arc<[u8]>); MOST]>);

impl Spares {
    /// The payload with copies of those before it, if there are any near enough; remembers it for the next.
    pub(super) fn wrap(
        &mut self,
        copies: usize,
        opus: Pt,
        timestamp: u32,
        payload: &Arc<[u8]>,
    ) -> Option<Arc<[u8]>> {
        let wrapped = self.packed(copies, opus, timestamp, payload);
        if copies == 0 {
            self.0.clear();
        } else {
            if self.0.len() == MOST {
                self.0.remove(0);
            }
            self.0.push((timestamp, Arc::clone(payload)));
        }
        wrapped
    }

    fn packed(&self, copies: usize, opus: Pt, timestamp: u32, payload: &[u8]) -> Option<Arc<[u8]>> {
        let skipped = self.0.len().saturating_sub(copies);
        let near = self.0.iter().skip(skipped).filter_map(|(at, spare)| {
            let distance = timestamp.wrapping_sub(*at);
            ((1..FARTHEST).contains(&distance) && spare.len() < LONGEST).then_some((distance, spare))
        });
        let near: Near<'_> = near.collect();
        if near.is_empty() {
            return None;
        }
        let bytes = near.iter().map(|(_, spare)| 4 + spare.len()).sum::<usize>() + 1 + payload.len();
        let mut packed = Vec::with_capacity(bytes);
        for (distance, spare) in &near {
            let length = u32::try_from(spare.len()).unwrap_or_default();
            let head = 1 << 31 | u32::from(*opus) << 24 | distance << 10 | length;
            packed.extend_from_slice(&head.to_be_bytes());
        }
        packed.push(*opus);
        for (_, spare) in &near {
            packed.extend_from_slice(spare);
        }
        packed.extend_from_slice(payload);
        Some(packed.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(byte: u8, length: usize) -> Arc<[u8]> {
        vec![byte; length].into()
    }

    #[test]
    fn each_packet_carries_the_two_before_it() {
        let (mut spares, opus) = (Spares::default(), Pt::new_with_value(111));
        assert_eq!(spares.wrap(2, opus, 0, &sound(1, 3)), None, "nothing to copy yet");
        let second = spares.wrap(2, opus, 960, &sound(2, 2)).unwrap();
        // 1|111, distance 960 and length 3; then 0|111; the copy; the packet itself.
        assert_eq!(second[..], [0xef, 0x0f, 0x00, 0x03, 0x6f, 1, 1, 1, 2, 2]);
        let third = spares.wrap(2, opus, 1920, &sound(3, 1)).unwrap();
        assert_eq!(third[8..], [0x6f, 1, 1, 1, 2, 2, 3], "the oldest first");
        let fourth = spares.wrap(1, opus, 2880, &sound(4, 1)).unwrap();
        assert_eq!(fourth[4..], [0x6f, 3, 4], "one copy only");
    }

    #[test]
    fn what_cannot_be_told_is_left_out() {
        let (mut spares, opus) = (Spares::default(), Pt::new_with_value(111));
        spares.wrap(1, opus, u32::MAX - 100, &sound(1, 3));
        assert!(spares.wrap(1, opus, 859, &sound(2, 3)).is_some(), "over the end of the clock");
        assert_eq!(spares.wrap(1, opus, 859 + FARTHEST, &sound(3, 2000)), None, "after a long silence");
        assert_eq!(spares.wrap(1, opus, 859 + FARTHEST + 960, &sound(4, 3)), None, "the spare is too long");
        assert_eq!(spares.wrap(0, opus, 0, &sound(5, 3)), None);
        assert_eq!(spares.wrap(2, opus, 960, &sound(6, 3)), None, "nothing was kept while nothing was lost");
    }

    #[test]
    fn copies_follow_the_losses_and_outlast_them_a_little() {
        let mut losses = Losses::default();
        assert_eq!(losses.copies(), 0);
        losses.report(Some(0.03));
        assert_eq!(losses.copies(), 1);
        losses.report(Some(0.2));
        losses.report(Some(0.0));
        losses.report(None);
        assert_eq!(losses.copies(), 2);
        (0..30).for_each(|_| losses.report(Some(0.0)));
        assert_eq!(losses.copies(), 0);
    }
}
