//! Putting packets back in order: holes are waited for as long as a retransmission may take, then given up.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use media::{Quality, TappedPacket};

/// How long a hole is waited for. The far end sends again within a round trip or three of being asked.
const PATIENCE: Duration = Duration::from_millis(500);
/// A jump of numbers beyond this is a new stream, not a hole.
const LARGEST_HOLE: u64 = 3000;

/// A packet whose turn it is.
#[derive(Debug, Clone)]
pub(crate) struct Ordered {
    pub packet: TappedPacket,
    /// Packets before it are missing for good.
    pub hole: bool,
}

/// Packets of one track on their way.
#[derive(Debug, Default)]
pub(crate) struct Order {
    layer: Option<Quality>,
    next: Option<u64>,
    waiting: BTreeMap<u64, TappedPacket>,
}

impl Order {
    /// Takes a packet; what has its turn is added to `out`.
    pub(crate) fn push(&mut self, packet: TappedPacket, out: &mut Vec<Ordered>) {
        if self.layer.replace(packet.layer) != Some(packet.layer) {
            // Another layer counts for itself, and begins with a keyframe.
            self.waiting.clear();
            self.next = None;
        }
        let sequence = packet.sequence;
        let Some(next) = self.next else {
            self.next = Some(sequence + 1);
            out.push(Ordered { packet, hole: false });
            return;
        };
        if sequence.abs_diff(next) > LARGEST_HOLE {
            self.flush(out);
            self.next = Some(sequence + 1);
            out.push(Ordered { packet, hole: true });
            return;
        }
        // Twice, or given up already.
        if sequence < next {
            return;
        }
        self.waiting.insert(sequence, packet);
        self.run(out, false);
    }

    /// Gives up holes that were waited for long enough.
    pub(crate) fn expire(&mut self, now: Instant, out: &mut Vec<Ordered>) {
        while let Some((&first, packet)) = self.waiting.first_key_value() {
            if now.saturating_duration_since(packet.arrived) < PATIENCE {
                return;
            }
            self.next = Some(first);
            self.run(out, true);
        }
    }

    /// Gives up every hole: the track ends or pauses. The next packet begins anew.
    pub(crate) fn flush(&mut self, out: &mut Vec<Ordered>) {
        while let Some((&first, _)) = self.waiting.first_key_value() {
            let hole = self.next != Some(first);
            self.next = Some(first);
            self.run(out, hole);
        }
        self.next = None;
    }

    fn run(&mut self, out: &mut Vec<Ordered>, mut hole: bool) {
        while let Some(next) = self.next
            && let Some(packet) = self.waiting.remove(&next)
        {
            self.next = Some(next + 1);
            out.push(Ordered { packet, hole: std::mem::take(&mut hole) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::packet;

    fn numbers(out: &mut Vec<Ordered>) -> Vec<(u64, bool)> {
        out.drain(..).map(|ordered| (ordered.packet.sequence, ordered.hole)).collect()
    }

    #[test]
    fn late_packets_find_their_place_and_doubles_are_dropped() {
        let (mut order, mut out) = (Order::default(), Vec::new());
        for sequence in [10, 12, 12, 13, 11, 11, 14] {
            order.push(packet(sequence, b""), &mut out);
        }
        let all: Vec<_> = (10..=14).map(|sequence| (sequence, false)).collect();
        assert_eq!(numbers(&mut out), all);
    }

    #[test]
    fn a_hole_is_given_up_after_a_while_and_said() {
        let (mut order, mut out) = (Order::default(), Vec::new());
        order.push(packet(1, b""), &mut out);
        order.push(packet(4, b""), &mut out);
        order.push(packet(5, b""), &mut out);
        order.expire(Instant::now(), &mut out);
        assert_eq!(numbers(&mut out), [(1, false)]);
        order.expire(Instant::now() + PATIENCE, &mut out);
        assert_eq!(numbers(&mut out), [(4, true), (5, false)]);
        order.push(packet(3, b""), &mut out);
        assert_eq!(numbers(&mut out), [], "too late");
    }

    #[test]
    fn another_layer_or_stream_counts_for_itself() {
        let (mut order, mut out) = (Order::default(), Vec::new());
        order.push(packet(1000, b""), &mut out);
        order.push(TappedPacket { layer: Quality::Low, ..packet(7, b"") }, &mut out);
        order.push(TappedPacket { layer: Quality::Low, ..packet(8, b"") }, &mut out);
        assert_eq!(numbers(&mut out), [(1000, false), (7, false), (8, false)]);
        order.push(TappedPacket { layer: Quality::Low, ..packet(70_000, b"") }, &mut out);
        assert_eq!(numbers(&mut out), [(70_000, true)]);
    }
}
