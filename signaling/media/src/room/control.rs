//! Carrying out the wire's commands.

use super::{Context, Room, TapEnd};
use crate::command::RoomCommand;
use crate::peer::Peer;
use crate::{CloseReason, Flipped, Gone, PeerId, TrackId, TrackSpec, Wish};

/// Wishes of a room about tracks nobody has heard of.
const MAX_WISHES: usize = 4096;

impl Room {
    /// Carries out a command and answers it.
    pub(crate) fn command(&mut self, command: RoomCommand, context: &mut Context<'_>) {
        let now = context.now;
        match command {
            RoomCommand::AddPeer { peer, label, events, reply } => {
                let mut joined = Peer::new(peer, label, events, context.setup, context.candidates, now);
                let name = joined.ice_name();
                context.names.learn_name(&name, self.index, peer);
                self.peers.insert(peer, joined);
                self.table.add_peer(peer, now);
                let _ = reply.send(Ok(()));
            }
            RoomCommand::AddTap { peer, tap, reply } => {
                self.taps.add(peer, tap);
                self.table.add_peer(peer, now);
                let _ = reply.send(Ok(()));
            }
            RoomCommand::RemoveTap { peer, reply } => {
                self.taps.remove(peer);
                self.forget_peer(peer, context);
                let _ = reply.send(());
            }
            RoomCommand::RemovePeer { peer, reply } => {
                if let Some(leaver) = self.peers.get_mut(&peer) {
                    leaver.hang_up(now, context.out);
                }
                self.forget_peer(peer, context);
                let _ = reply.send(());
            }
            RoomCommand::AnnounceTrack { peer, spec, reply } => {
                let _ = reply.send(self.announce(peer, spec, context));
            }
            RoomCommand::RemoveTrack { peer, id, reply } => {
                self.announced.retain(|(owner, spec, _)| !(*owner == peer && spec.id == id));
                if let Some(key) = self.own_track(peer, &id) {
                    self.end_track(key, false, context);
                }
                let _ = reply.send(());
            }
            RoomCommand::SetMuted { peer, id, muted, reply } => {
                self.set_muted(peer, &id, muted, context);
                let _ = reply.send(());
            }
            RoomCommand::Subscribe { peer, id, wanted, reply } => {
                if self.knows_or_has_room(&id) {
                    self.table.set_wanted(peer, &id, wanted, now);
                    self.release_stale(context);
                }
                let _ = reply.send(());
            }
            RoomCommand::TrackSetting { peer, id, wish, reply } => {
                self.track_setting(peer, id, wish, context);
                let _ = reply.send(());
            }
            RoomCommand::Offer { peer, sdp, reply } => {
                let began = std::time::Instant::now();
                let answer = self.offer(peer, &sdp, context);
                context.stats.offers += 1;
                context.stats.offer_time.record(began.elapsed(), 1);
                let _ = reply.send(answer);
            }
            RoomCommand::Trickle { peer, candidate } => {
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.add_candidate(&candidate);
                }
                self.touch(peer);
            }
            RoomCommand::Requirement { peer, reply } => {
                let _ = reply.send(self.requirement(peer));
            }
            RoomCommand::Govern { reply } => {
                self.table.govern(now);
                self.release_stale(context);
                let _ = reply.send(());
            }
            RoomCommand::SetVisibility { pairs, reply } => {
                let change = self.table.set_visibility(pairs, now);
                self.release_stale(context);
                let at = std::time::Instant::now();
                tracing::debug!(generation = change.generation, closed = change.closed.len(), "flipped");
                let (generation, closed, open) = (change.generation, change.closed, self.table.hearing());
                let _ = reply.send(Flipped { at, generation, closed, open });
            }
            RoomCommand::SendData { from, to, channel, bytes } => {
                if from.is_none_or(|from| self.table.visible(from, to))
                    && let Some(peer) = self.peers.get_mut(&to)
                {
                    peer.send_data(from, channel, bytes);
                    self.touch(to);
                }
            }
            RoomCommand::Hearing { reply } => {
                let _ = reply.send(self.table.hearing());
            }
            RoomCommand::Split(command) => self.split_command(command, context),
            RoomCommand::Close { reply } => {
                self.close(CloseReason::RoomClosed, context);
                *self = Self::new(self.index);
                let _ = reply.send(());
            }
        }
        self.settle(context);
    }

    fn announce(&mut self, peer: PeerId, spec: TrackSpec, context: &mut Context<'_>) -> Result<(), Gone> {
        if !self.peers.contains_key(&peer) {
            return Err(Gone);
        }
        self.announced.push_back((peer, spec, false));
        // The offer that carries it may have come first.
        self.bind_announced(peer, context);
        Ok(())
    }

    fn set_muted(&mut self, peer: PeerId, id: &TrackId, muted: bool, context: &mut Context<'_>) {
        for (owner, spec, state) in &mut self.announced {
            if *owner == peer && spec.id == *id {
                *state = muted;
            }
        }
        let Some(key) = self.own_track(peer, id) else { return };
        self.table.set_muted(key, muted, context.now);
        if let Some(track) = self.tracks.get_mut(&key) {
            track.muted = muted;
        }
        for subscriber in self.peers.values_mut() {
            subscriber.pause(key);
            subscriber.seal_sound();
        }
        if muted {
            self.taps.end(key, TapEnd::Muted);
        }
        self.request_keyframes(context);
    }

    fn track_setting(&mut self, peer: PeerId, id: TrackId, wish: Wish, context: &mut Context<'_>) {
        tracing::debug!(%peer, track = %id, ?wish, "wished");
        if let (Some(key), Some(subscriber)) = (self.table.key(&id), self.peers.get_mut(&peer)) {
            subscriber.set_wish(key, wish);
        }
        if self.peers.contains_key(&peer) && self.knows_or_has_room(&id) {
            self.wishes.insert((peer, id), wish);
        }
        self.adapt(peer, context);
        self.tell_demand(context.now);
        self.request_keyframes(context);
    }

    /// Removes every trace of a peer.
    pub(super) fn forget_peer(&mut self, id: PeerId, context: &mut Context<'_>) {
        self.peers.remove(&id);
        self.table.remove_peer(id, context.now);
        self.tracks.retain(|key, track| {
            if track.owner == id {
                self.taps.end(*key, TapEnd::Gone);
            }
            track.owner != id
        });
        self.announced.retain(|(owner, _, _)| *owner != id);
        self.wishes.retain(|(who, _), _| *who != id);
        self.levels.forget(id);
        self.lines.forget(id);
        self.scores.forget(id);
        self.release_stale(context);
        context.names.forget(id);
    }

    /// A wish may precede its track, but a client that makes up names does not fill the memory.
    fn knows_or_has_room(&self, id: &TrackId) -> bool {
        self.table.key(id).is_some() || self.wishes.len() + self.table.refusals() < MAX_WISHES
    }

    fn own_track(&self, peer: PeerId, id: &TrackId) -> Option<crate::forward::TrackKey> {
        let key = self.table.key(id)?;
        self.tracks.get(&key).filter(|track| track.owner == peer).map(|_| key)
    }
}
