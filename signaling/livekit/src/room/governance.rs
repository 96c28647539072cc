//! Governed rooms: the application decides who sees whom. First the media plane is flipped, then people are told.

use std::collections::HashSet;

use media::PairCount;

use super::Room;
use crate::events::{Flip, Hearing, Pairs};
use crate::scope::Scope;

impl Room {
    /// Nobody sees anybody until the first flip. Asked again, it keeps what was decided.
    pub(super) async fn govern(&mut self) {
        if self.scope == Scope::Plain {
            self.media.govern().await;
            self.scope = Scope::Governed(Pairs::new());
            self.announced = self.scope.clone();
            self.apply_visibility().await;
            self.changed = true;
            self.want_offers();
        }
    }

    /// Step 1 of a switch: when this returns, the forwarding table is flipped. What people may be told shrinks
    /// at once; what they are told grows only with [`Room::announce`].
    pub(super) async fn flip(&mut self, pairs: Pairs) -> Flip {
        tracing::debug!(room = %self.name, pairs = pairs.len(), "flip");
        self.scope = Scope::Governed(pairs);
        self.talk.turn(self.now);
        let flipped = self.apply_visibility().await;
        let Some(flipped) = flipped else {
            return Flip { at: self.now, generation: 0, closed: Vec::new(), open: Vec::new(), room: None };
        };
        let (closed, open) = (self.named(flipped.closed), self.named(flipped.open));
        Flip { at: flipped.at, generation: flipped.generation, closed, open, room: None }
    }

    /// Step 3: everyone concerned is told who vanished and who appeared, and asked to negotiate for it.
    pub(super) async fn announce(&mut self) {
        self.announced = self.scope.clone();
        self.changed = true;
        self.want_offers();
        self.settle().await;
    }

    /// Brings the pairs to the media plane for the connections there are now. Nothing to do in a plain room.
    pub(super) async fn apply_visibility(&mut self) -> Option<media::Flipped> {
        let Scope::Governed(pairs) = &self.scope else { return None };
        let peer = |identity: &String| {
            self.people.get(identity).map(|one| one.peer).or_else(|| self.recorder_peer(identity))
        };
        let peers: HashSet<_> =
            pairs.iter().filter_map(|(from, to)| Some((peer(from)?, peer(to)?))).collect();
        Some(self.media.set_visibility(peers).await)
    }

    pub(super) async fn hearing(&self) -> Vec<Hearing> {
        let counts = self.media.hearing().await;
        self.named(counts)
    }

    fn named(&self, counts: Vec<PairCount>) -> Vec<Hearing> {
        let name = |peer: media::PeerId| self.names.get(&peer).cloned();
        counts
            .into_iter()
            .filter_map(|count| {
                Some(Hearing {
                    from: name(count.from)?,
                    to: name(count.to)?,
                    kind: count.kind,
                    packets: count.packets,
                    since: count.opened_at,
                })
            })
            .collect()
    }
}
