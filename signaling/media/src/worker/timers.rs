//! When which peer wants to be called again. Entries are never removed: an outdated one is recognised by its
//! peer and ignored.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use crate::PeerId;

/// Pending timers of one worker.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<(Instant, usize, PeerId)>>,
}

impl Timers {
    /// Sets a timer.
    pub(crate) fn push(&mut self, at: Instant, room: usize, peer: PeerId) {
        self.heap.push(Reverse((at, room, peer)));
    }

    /// When the next one fires.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _, _))| *at)
    }

    /// Takes one that fired.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(Instant, usize, PeerId)> {
        (self.next()? <= now).then(|| self.heap.pop().map(|Reverse(entry)| entry)).flatten()
    }
}
