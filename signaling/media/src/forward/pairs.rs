//! Counters of open pairs (from, to): the hearing ledger's source.
//!
//! A row lives from the moment a pair is opened until it is closed; reopening begins a new row, so that
//! every interval of the ledger has counts of its own. Rows are addressed by index on the packet path.

use std::collections::HashMap;
use std::time::Instant;

use crate::{Kind, PairCount, PeerId};

#[derive(Debug, Clone, Copy)]
struct Row {
    from: PeerId,
    to: PeerId,
    opened_at: Instant,
    audio: (u64, u64),
    video: (u64, u64),
}

impl Row {
    fn counts(&self) -> [PairCount; 2] {
        [(Kind::Audio, self.audio), (Kind::Video, self.video)].map(|(kind, (packets, bytes))| PairCount {
            from: self.from,
            to: self.to,
            kind,
            packets,
            bytes,
            opened_at: self.opened_at,
        })
    }
}

/// Every open pair and what has passed over it.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    rows: Vec<Option<Row>>,
    index: HashMap<(PeerId, PeerId), usize>,
    free: Vec<usize>,
}

impl Pairs {
    pub(super) fn position(&self, from: PeerId, to: PeerId) -> Option<usize> {
        self.index.get(&(from, to)).copied()
    }

    pub(super) fn open(&mut self, from: PeerId, to: PeerId, now: Instant) {
        if self.index.contains_key(&(from, to)) {
            return;
        }
        let row = Row { from, to, opened_at: now, audio: (0, 0), video: (0, 0) };
        let position = if let Some(position) = self.free.pop() {
            self.rows[position] = Some(row);
            position
        } else {
            self.rows.push(Some(row));
            self.rows.len() - 1
        };
        self.index.insert((from, to), position);
    }

    /// When an open pair was opened.
    pub(super) fn opened_at(&self, position: usize) -> Option<Instant> {
        self.rows.get(position)?.map(|row| row.opened_at)
    }

    /// Closes every pair the predicate does not keep; gives their final counts.
    pub(super) fn close_unless(&mut self, keep: impl Fn(PeerId, PeerId) -> bool) -> Vec<PairCount> {
        let gone: Vec<_> = self.index.keys().copied().filter(|&(from, to)| !keep(from, to)).collect();
        let mut closed = Vec::new();
        for pair in gone {
            let Some(position) = self.index.remove(&pair) else { continue };
            if let Some(row) = self.rows[position].take() {
                closed.extend(row.counts());
            }
            self.free.push(position);
        }
        closed.sort_by_key(|count| (count.from, count.to, count.kind));
        closed
    }

    /// Counts one packet on an open pair.
    pub(super) fn count(&mut self, position: usize, kind: Kind, bytes: usize) {
        let Some(Some(row)) = self.rows.get_mut(position) else { return };
        let (packets, sum) = match kind {
            Kind::Audio => &mut row.audio,
            Kind::Video => &mut row.video,
        };
        *packets += 1;
        *sum += bytes as u64;
    }

    pub(super) fn all(&self) -> Vec<PairCount> {
        let mut counts: Vec<_> = self.rows.iter().flatten().flat_map(Row::counts).collect();
        counts.sort_by_key(|count| (count.from, count.to, count.kind));
        counts
    }
}
