//! Telling each peer how loud the tracks are that it may hear: changes only.

use std::collections::HashMap;
use std::time::Instant;

use super::Room;
use super::level::INTERVAL;
use crate::{Kind, PeerEvent, PeerId, TrackId};

/// What was told last.
#[derive(Default)]
pub(super) struct Told {
    at: Option<Instant>,
    heard: HashMap<PeerId, HashMap<TrackId, (f32, bool)>>,
}

impl Told {
    pub(super) fn forget(&mut self, peer: PeerId) {
        self.heard.remove(&peer);
    }
}

impl Room {
    /// Ends an interval when it is over, and tells every peer the changes among what it may hear.
    pub(super) fn tell_levels(&mut self, now: Instant) {
        if self.levels.at.is_some_and(|at| now.saturating_duration_since(at) < INTERVAL) {
            return;
        }
        self.levels.at = Some(now);
        for track in self.tracks.values_mut().filter(|track| track.kind == Kind::Audio) {
            track.meter.turn(now);
        }
        for (id, peer) in &self.peers {
            let mut hears: HashMap<TrackId, (f32, bool)> = HashMap::new();
            for key in self.table.receivable(*id) {
                if let Some(track) = self.tracks.get(&key)
                    && track.kind == Kind::Audio
                    && track.meter.reading.1
                {
                    hears.insert(track.id.clone(), track.meter.reading);
                }
            }
            let told = self.levels.heard.entry(*id).or_default();
            if *told == hears {
                continue;
            }
            let mut changes: Vec<_> = hears
                .iter()
                .filter(|(track, reading)| told.get(*track) != Some(reading))
                .map(|(track, (loudness, speaking))| (track.clone(), *loudness, *speaking))
                .collect();
            // Who fell silent, or may not be heard any more, is told as silent: a name already known, no news.
            changes.extend(
                told.keys()
                    .filter(|track| !hears.contains_key(*track))
                    .map(|track| (track.clone(), 0.0, false)),
            );
            // Speakers first, the loudest of them before the others.
            changes.sort_by(|a, b| b.2.cmp(&a.2).then(b.1.total_cmp(&a.1)).then_with(|| a.0.cmp(&b.0)));
            peer.tell(PeerEvent::Levels(changes));
            *told = hears;
        }
    }
}
