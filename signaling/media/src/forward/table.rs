//! The forwarding table: visibility pairs × subscriptions × mutes → the targets of each track.
//!
//! Pure, no I/O. Every change recomputes the targets, so that the packet path only reads a slice; a change
//! is complete when the call returns, which is what makes a flip atomic for the thread that owns the table.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Instant;

use super::pairs::Pairs;
use crate::{Kind, PairCount, PeerId, TrackId};

/// A bound track of a room, as the packet path names it. Never reused within a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TrackKey(u32);

/// One receiver of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// Who receives.
    pub to: PeerId,
    pair: usize,
}

#[derive(Debug)]
struct TrackRow {
    id: TrackId,
    owner: PeerId,
    muted: bool,
    targets: Vec<Target>,
}

/// What a change of visibility did.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// Counts the flips of this table.
    pub generation: u64,
    /// Final counts of the pairs that were closed.
    pub closed: Vec<PairCount>,
}

/// Who may receive what in one room.
#[derive(Debug, Default)]
pub(crate) struct ForwardTable {
    peers: BTreeSet<PeerId>,
    /// `None`: a plain room, everybody sees everybody. `Some`: exactly these directed pairs.
    allowed: Option<HashSet<(PeerId, PeerId)>>,
    tracks: BTreeMap<TrackKey, TrackRow>,
    keys: HashMap<TrackId, TrackKey>,
    refused: HashSet<(PeerId, TrackId)>,
    pairs: Pairs,
    /// Final counts of pairs that ended with a connection, until the next flip tells them.
    ended: Vec<PairCount>,
    next_key: u32,
    generation: u64,
}

impl ForwardTable {
    /// Whether nobody sees anybody until told so.
    pub(crate) fn is_governed(&self) -> bool {
        self.allowed.is_some()
    }

    /// Makes the room governed. A plain room's pairs are all closed by it; a governed room is left as it is.
    pub(crate) fn govern(&mut self, now: Instant) -> Change {
        if self.is_governed() {
            return Change { generation: self.generation, closed: Vec::new() };
        }
        self.set_visibility(HashSet::new(), now)
    }

    /// Replaces the visible pairs.
    pub(crate) fn set_visibility(&mut self, pairs: HashSet<(PeerId, PeerId)>, now: Instant) -> Change {
        self.generation += 1;
        self.allowed = Some(pairs);
        let mut closed = self.recompute(now);
        closed.append(&mut self.ended);
        Change { generation: self.generation, closed }
    }

    /// Adds a peer.
    pub(crate) fn add_peer(&mut self, peer: PeerId, now: Instant) {
        self.peers.insert(peer);
        self.recompute(now);
    }

    /// Removes a peer with its tracks and every pair it was part of.
    pub(crate) fn remove_peer(&mut self, peer: PeerId, now: Instant) {
        self.peers.remove(&peer);
        let tracks = &self.tracks;
        self.keys.retain(|_, key| tracks.get(key).is_some_and(|row| row.owner != peer));
        self.tracks.retain(|_, row| row.owner != peer);
        self.refused.retain(|(who, _)| *who != peer);
        if let Some(allowed) = &mut self.allowed {
            allowed.retain(|(from, to)| *from != peer && *to != peer);
        }
        let ended = self.recompute(now);
        // A plain room is never flipped and has no ledger.
        if self.is_governed() {
            self.ended.extend(ended);
        }
    }

    /// Enters a track of a peer.
    pub(crate) fn add_track(&mut self, owner: PeerId, id: &TrackId, now: Instant) -> TrackKey {
        let key = TrackKey(self.next_key);
        self.next_key += 1;
        self.keys.insert(id.clone(), key);
        self.tracks.insert(key, TrackRow { id: id.clone(), owner, muted: false, targets: Vec::new() });
        self.recompute(now);
        key
    }

    /// Removes a track.
    pub(crate) fn remove_track(&mut self, key: TrackKey) {
        if let Some(row) = self.tracks.remove(&key) {
            self.keys.remove(&row.id);
            self.refused.retain(|(_, id)| *id != row.id);
        }
    }

    /// Mutes or unmutes a track: nothing of a muted track is forwarded.
    pub(crate) fn set_muted(&mut self, key: TrackKey, muted: bool, now: Instant) {
        if let Some(row) = self.tracks.get_mut(&key) {
            row.muted = muted;
            self.recompute(now);
        }
    }

    /// Whether a peer wants a track. Known by id, so that a wish may precede the track.
    pub(crate) fn set_wanted(&mut self, peer: PeerId, id: &TrackId, wanted: bool, now: Instant) {
        if wanted {
            self.refused.remove(&(peer, id.clone()));
        } else if self.peers.contains(&peer) {
            self.refused.insert((peer, id.clone()));
        }
        self.recompute(now);
    }

    /// Number of tracks that somebody does not want.
    pub(crate) fn refusals(&self) -> usize {
        self.refused.len()
    }

    /// Whether `to` may receive from `from` at all.
    pub(crate) fn visible(&self, from: PeerId, to: PeerId) -> bool {
        from != to
            && self.peers.contains(&from)
            && self.peers.contains(&to)
            && self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&(from, to)))
    }

    /// The key of a track by its name.
    pub(crate) fn key(&self, id: &TrackId) -> Option<TrackKey> {
        self.keys.get(id).copied()
    }

    /// Receivers of a track now.
    pub(crate) fn targets(&self, key: TrackKey) -> &[Target] {
        self.tracks.get(&key).map_or(&[], |row| &row.targets)
    }

    /// The n-th receiver of a track; lets the packet path count while it walks.
    pub(crate) fn target(&self, key: TrackKey, index: usize) -> Option<Target> {
        self.targets(key).get(index).copied()
    }

    /// When the pair was opened over which a receiver hears a track.
    pub(crate) fn opened_at(&self, target: Target) -> Option<Instant> {
        self.pairs.opened_at(target.pair)
    }

    /// Tracks a peer should have a section for: visible and wanted, muted or not, oldest first.
    pub(crate) fn receivable(&self, to: PeerId) -> impl Iterator<Item = TrackKey> + '_ {
        self.tracks.iter().filter(move |(_, row)| self.entitled(row, to)).map(|(key, _)| *key)
    }

    /// Whether a peer should have a section for the track.
    pub(crate) fn is_receivable(&self, key: TrackKey, to: PeerId) -> bool {
        self.tracks.get(&key).is_some_and(|row| self.entitled(row, to))
    }

    /// Counts one packet that was handed to a receiver's transport.
    pub(crate) fn count(&mut self, target: Target, kind: Kind, bytes: usize) {
        self.pairs.count(target.pair, kind, bytes);
    }

    /// Counts of every open pair.
    pub(crate) fn hearing(&self) -> Vec<PairCount> {
        self.pairs.all()
    }

    fn entitled(&self, row: &TrackRow, to: PeerId) -> bool {
        self.visible(row.owner, to) && !self.refused.contains(&(to, row.id.clone()))
    }

    /// Brings pairs and targets in line with the rules. Gives the counts of pairs that closed.
    fn recompute(&mut self, now: Instant) -> Vec<PairCount> {
        let mut pairs = std::mem::take(&mut self.pairs);
        let closed = pairs.close_unless(|from, to| self.visible(from, to));
        for &from in &self.peers {
            for &to in &self.peers {
                if self.visible(from, to) {
                    pairs.open(from, to, now);
                }
            }
        }
        let mut tracks = std::mem::take(&mut self.tracks);
        for row in tracks.values_mut() {
            row.targets.clear();
            if row.muted {
                continue;
            }
            for &to in &self.peers {
                if let Some(pair) = pairs.position(row.owner, to)
                    && self.entitled(row, to)
                {
                    row.targets.push(Target { to, pair });
                }
            }
        }
        self.tracks = tracks;
        self.pairs = pairs;
        closed
    }

    #[cfg(test)]
    pub(super) fn facts(&self, key: TrackKey) -> Option<(PeerId, bool)> {
        self.tracks.get(&key).map(|row| (row.owner, row.muted))
    }
}
