//! Telling each peer how well its own connection works, and those of the peers it may see: changes only.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::Room;
use super::grade::{Grade, Signs};
use crate::peer::Health;
use crate::{ConnectionQuality, Kind, PeerEvent, PeerId, Score};

/// How often connections are judged.
const INTERVAL: Duration = Duration::from_secs(2);

#[derive(Default)]
struct Record {
    /// The worst that was reported since the last judgement.
    health: Option<Health>,
    grade: Grade,
    /// It was judged at least once.
    known: bool,
    /// What this peer was told, and of whom.
    told: HashMap<PeerId, ConnectionQuality>,
}

/// Judgements of a room's connections.
#[derive(Default)]
pub(super) struct Scores {
    at: Option<Instant>,
    of: HashMap<PeerId, Record>,
}

impl Scores {
    /// A connection reported how it fares.
    pub(super) fn heard_of(&mut self, peer: PeerId, health: &Health) {
        let worst = self.of.entry(peer).or_default().health.get_or_insert(*health);
        let worse = |a: Option<f32>, b: Option<f32>| a.into_iter().chain(b).reduce(f32::max);
        worst.lost_down = worse(worst.lost_down, health.lost_down);
        worst.lost_up = worse(worst.lost_up, health.lost_up);
        worst.rtt = worst.rtt.max(health.rtt);
        worst.jitter = worst.jitter.max(health.jitter);
    }

    /// What is shown of each connection that was judged.
    pub(super) fn shown(&self) -> impl Iterator<Item = ConnectionQuality> {
        self.of.values().filter(|record| record.known).map(|record| record.grade.shown())
    }

    pub(super) fn forget(&mut self, peer: PeerId) {
        self.of.remove(&peer);
        for record in self.of.values_mut() {
            record.told.remove(&peer);
        }
    }
}

impl Room {
    /// Judges every connection when it is time to, and tells what changed to those who may know.
    pub(super) fn tell_scores(&mut self, now: Instant) {
        if self.scores.at.is_some_and(|at| now.saturating_duration_since(at) < INTERVAL) {
            return;
        }
        self.scores.at = Some(now);
        for (id, peer) in &self.peers {
            let Some(record) = self.scores.of.get_mut(id) else { continue };
            // Who is not there yet is not lost; later, no report comes from who is gone.
            let silent = !peer.is_connected();
            if silent && !record.known {
                continue;
            }
            let health = match record.health.take() {
                Some(health) => health,
                None if silent => Health::default(),
                None => continue,
            };
            let paused = peer.claims().any(|claim| claim.kind == Kind::Video && claim.granted.is_none());
            record.grade.update(&Signs { health, paused, silent });
            record.known = true;
        }
        let Self { peers, scores, table, .. } = self;
        let shown: Vec<_> = scores
            .of
            .iter()
            .filter(|(_, record)| record.known)
            .map(|(id, record)| (*id, record.grade.shown()))
            .collect();
        for (id, peer) in &*peers {
            let Some(record) = scores.of.get_mut(id) else { continue };
            record.told.retain(|of, _| of == id || table.visible(*of, *id));
            for (of, quality) in &shown {
                let quality = if of == id {
                    // Whoever reads this is not lost; a client that is told so for long starts all over.
                    (*quality).max(ConnectionQuality::Poor)
                } else if table.visible(*of, *id) {
                    *quality
                } else {
                    continue;
                };
                if record.told.insert(*of, quality) != Some(quality) {
                    peer.tell(PeerEvent::ConnectionQuality(Score { peer: *of, quality }));
                }
            }
        }
    }
}
