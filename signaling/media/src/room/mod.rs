//! A room on its worker: peers, the forwarding table, and what connects the two.
//!
//! Everything here runs on one thread, between two polls; nothing waits. The packet path is
//! [`Room::receive`] → [`Room::carry_out`] → `forward`; the rest is control.

mod adapt;
mod budget;
mod control;
mod demand;
mod grade;
mod level;
mod levels;
mod line;
mod making;
mod offer;
mod scores;
mod split;
mod survey;
mod tap;
mod track;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Instant;

use self::making::LONGEST_WAY;
use self::tap::Taps;
pub use self::tap::{Tap, TapEnd, TappedPacket, TappedTrack};
use self::track::Track;
use crate::forward::{ForwardTable, TrackKey};
use crate::peer::{Output, Packet, Peer, Setup};
use crate::stats::Stats;
use crate::worker::{Arrival, Candidates, Names, Outbox, Timers};
use crate::{CloseReason, Kind, PeerEvent, PeerId, Quality, TrackId, TrackSpec, Wish};

/// What a room needs of its worker while it is called.
pub(crate) struct Context<'a> {
    pub now: Instant,
    pub out: &'a mut Outbox,
    pub stats: &'a mut Stats,
    pub names: &'a mut Names,
    pub timers: &'a mut Timers,
    pub setup: &'a Setup,
    pub candidates: &'a Candidates,
    /// Packets forwarded in this burst, for the latency histogram.
    pub forwarded: &'a mut u64,
}

/// A room.
#[derive(Default)]
pub(crate) struct Room {
    index: usize,
    peers: HashMap<PeerId, Peer>,
    table: ForwardTable,
    tracks: BTreeMap<TrackKey, Track>,
    /// Announced tracks no section carries yet, oldest first.
    announced: VecDeque<(PeerId, TrackSpec, bool)>,
    wishes: HashMap<(PeerId, TrackId), Wish>,
    /// Peers with input that was not polled yet.
    unsettled: Vec<PeerId>,
    outputs: Vec<Output>,
    levels: levels::Told,
    taps: Taps,
    lines: adapt::Lines,
    scores: scores::Scores,
}

impl Room {
    pub(crate) fn new(index: usize) -> Self {
        Self { index, ..Self::default() }
    }

    /// Whether it may be forgotten: nobody is in it and no rule binds it.
    pub(crate) fn is_idle(&self) -> bool {
        self.peers.is_empty() && self.taps.is_empty() && !self.table.is_governed()
    }

    pub(crate) fn is_governed(&self) -> bool {
        self.table.is_governed()
    }

    /// Makes an empty room governed: after a fault the rule stands, and nobody sees anybody.
    pub(crate) fn govern_empty(&mut self, now: Instant) {
        self.table.govern(now);
    }

    /// Whether a peer was written to and not polled.
    pub(crate) fn is_unsettled(&self) -> bool {
        !self.unsettled.is_empty()
    }

    pub(crate) fn peer_count(&self) -> usize {
        self.peers.len()
    }

    pub(crate) fn peer_ids(&self) -> Vec<PeerId> {
        self.peers.keys().copied().collect()
    }

    /// Takes a datagram for a peer. True when it was a valid connectivity check.
    pub(crate) fn receive(
        &mut self,
        id: PeerId,
        arrival: Arrival,
        datagram: &[u8],
        context: &mut Context<'_>,
    ) -> bool {
        let Some(peer) = self.peers.get_mut(&id) else { return false };
        let accepted = peer.receive(context.now, arrival, datagram);
        if accepted {
            let next = peer.drain(context.now, context.out, &mut self.outputs);
            Self::schedule(self.index, id, peer, next, context);
            self.carry_out(id, context);
        }
        accepted
    }

    /// A peer's timer fired.
    pub(crate) fn timeout(&mut self, id: PeerId, fired: Instant, context: &mut Context<'_>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        if peer.scheduled != Some(fired) {
            return;
        }
        peer.scheduled = None;
        if peer.due > context.now {
            // It had its turn meanwhile, and that one asked for a later time.
            return Self::schedule(self.index, id, peer, peer.due, context);
        }
        let next = peer.settle(context.now, context.out, &mut self.outputs);
        Self::schedule(self.index, id, peer, next, context);
        self.carry_out(id, context);
    }

    /// Polls every peer that was written to.
    pub(crate) fn settle(&mut self, context: &mut Context<'_>) {
        while let Some(id) = self.unsettled.pop() {
            let Some(peer) = self.peers.get_mut(&id) else { continue };
            let next = peer.settle(context.now, context.out, &mut self.outputs);
            Self::schedule(self.index, id, peer, next, context);
            self.carry_out(id, context);
        }
    }

    fn schedule(room: usize, id: PeerId, peer: &mut Peer, next: Instant, context: &mut Context<'_>) {
        peer.due = next;
        if peer.scheduled.is_none_or(|scheduled| next < scheduled) {
            peer.scheduled = Some(next);
            context.timers.push(next, room, id);
        }
    }

    /// Acts on what came out of a peer.
    fn carry_out(&mut self, id: PeerId, context: &mut Context<'_>) {
        if self.outputs.is_empty() {
            return;
        }
        let mut outputs = std::mem::take(&mut self.outputs);
        for output in outputs.drain(..) {
            match output {
                Output::Media(packet) => self.forward(id, &packet, context),
                Output::KeyframeWanted(key) => self.keyframe_wanted(id, key, context),
                Output::Connected => {
                    self.tell(id, PeerEvent::Connected);
                    self.begin_anew(id, context);
                }
                Output::Disconnected => self.tell(id, PeerEvent::IceDisconnected),
                Output::Moved => self.came_back(id, context),
                Output::Health(health) => self.fared(id, &health, context),
                Output::Data(channel, bytes) => self.tell(id, PeerEvent::Data { channel, bytes }),
                Output::Closed(reason) => self.drop_peer(id, reason, context),
            }
        }
        // Nothing can have been added meanwhile: outputs only come from polling, and polling is not done here.
        self.outputs = outputs;
    }

    /// A client is there, or there again: its pictures begin with keyframes, and of its line nothing is known.
    fn begin_anew(&mut self, id: PeerId, context: &mut Context<'_>) {
        if let Some(peer) = self.peers.get_mut(&id) {
            peer.pause_all();
        }
        self.lines.returned(id, context.now);
        self.adapt(id, context);
        self.request_keyframes(context);
    }

    /// The packet path.
    fn forward(&mut self, from: PeerId, packet: &Packet, context: &mut Context<'_>) {
        let now = context.now;
        let key = packet.key();
        let Some(track) = self.tracks.get_mut(&key) else { return };
        if track.owner != from {
            return;
        }
        if packet.starts_keyframe() {
            tracing::debug!(track = %track.id, layer = ?packet.quality(), "keyframe");
        }
        track.saw(packet.quality(), packet.starts_keyframe(), packet.len(), now);
        if packet.kind() == Kind::Audio
            && !track.muted
            && let Some(dbov) = packet.level_dbov()
        {
            track.meter.saw(dbov);
        }
        let made = track.made(packet);
        let mut at = 0;
        while let Some(target) = self.table.target(key, at) {
            at += 1;
            if let Some(opened) = self.table.opened_at(target)
                && now.saturating_duration_since(opened) < LONGEST_WAY
                && made < opened + self.lines.way_of(from)
            {
                // Said before the door was opened, however late it comes.
                context.stats.packets_held_back += 1;
                continue;
            }
            let Some(peer) = self.peers.get_mut(&target.to) else {
                let label = self.peers.get(&from).map_or("", Peer::label);
                if self.taps.hand(target.to, track, label, packet, now) {
                    self.table.count(target, packet.kind(), packet.len());
                }
                continue;
            };
            if !peer.is_connected() {
                continue;
            }
            let should = |asked| track.layer_for(asked).unwrap_or(packet.quality());
            if !peer.write(packet, should, now) {
                continue;
            }
            if !peer.unsettled {
                peer.unsettled = true;
                self.unsettled.push(target.to);
            }
            self.table.count(target, packet.kind(), packet.len());
            context.stats.packets_forwarded += 1;
            context.stats.bytes_forwarded += packet.len() as u64;
            *context.forwarded += 1;
        }
    }

    fn keyframe_wanted(&mut self, by: PeerId, key: TrackKey, context: &mut Context<'_>) {
        if !self.table.targets(key).iter().any(|target| target.to == by) {
            return;
        }
        if let Some(track) = self.tracks.get_mut(&key) {
            let Some(limit) = self.peers.get(&by).and_then(|peer| peer.limit(key)) else { return };
            track.lost(limit);
        }
        self.request_keyframes(context);
    }

    /// A client is reached at a new address, or again after a silence. What was on its way was lost, both ways, and
    /// decoders wait for seconds before they say so: fresh pictures are asked for at once.
    fn came_back(&mut self, id: PeerId, context: &mut Context<'_>) {
        tracing::debug!(peer = %id, "reached anew");
        self.lines.returned(id, context.now);
        self.adapt(id, context);
        for (key, track) in self.tracks.iter_mut().filter(|(_, track)| track.kind == Kind::Video) {
            for target in self.table.targets(*key) {
                if (track.owner == id || target.to == id)
                    && let Some(limit) = self.peers.get(&target.to).and_then(|peer| peer.limit(*key))
                {
                    track.missed(limit);
                }
            }
        }
        self.request_keyframes(context);
    }

    /// Asks publishers for the keyframes that connected subscribers wait for, no more often than is of use.
    pub(super) fn request_keyframes(&mut self, context: &mut Context<'_>) {
        let now = context.now;
        for (key, track) in self.tracks.iter_mut().filter(|(_, track)| track.kind == Kind::Video) {
            let mut waiting = [false; 3];
            for target in self.table.targets(*key) {
                if let Some(peer) = self.peers.get(&target.to)
                    && peer.is_connected()
                    && let Some(layer) = peer.waits_for(*key, |asked| track.layer_for(asked))
                {
                    waiting[layer as usize] = true;
                } else if let Some(layer) = self.taps.waits_for(target.to, *key, track, now) {
                    waiting[layer as usize] = true;
                }
            }
            let due = track.due_requests(waiting, now);
            let Some(owner) = self.peers.get_mut(&track.owner).map(Peer::publisher) else { continue };
            if !owner.is_connected() {
                continue;
            }
            for (layer, due) in [Quality::Low, Quality::Medium, Quality::High].into_iter().zip(due) {
                if due && owner.request_keyframe(*key, layer) {
                    tracing::debug!(track = %track.id, ?layer, "keyframe asked for");
                    context.stats.keyframe_requests += 1;
                    if !owner.unsettled {
                        owner.unsettled = true;
                        self.unsettled.push(track.owner);
                    }
                }
            }
        }
    }

    /// What is due now and then: keyframes asked for again, rates measured, loudness and qualities told.
    pub(crate) fn tick(&mut self, context: &mut Context<'_>) {
        self.drop_deserted(context);
        for (id, peer) in &mut self.peers {
            if peer.lapse(context.now) && !peer.unsettled {
                peer.unsettled = true;
                self.unsettled.push(*id);
            }
        }
        self.request_keyframes(context);
        self.tell_levels(context.now);
        self.measure(context.now);
        self.tell_scores(context.now);
        self.settle(context);
    }

    /// Drops peers whose wire is gone without a word.
    fn drop_deserted(&mut self, context: &mut Context<'_>) {
        let deserted: Vec<_> =
            self.peers.iter().filter(|(_, peer)| peer.is_deserted()).map(|(id, _)| *id).collect();
        for id in deserted {
            if let Some(peer) = self.peers.get_mut(&id) {
                peer.hang_up(context.now, context.out);
            }
            self.forget_peer(id, context);
        }
        let overrun: Vec<_> =
            self.peers.iter().filter(|(_, peer)| peer.is_overrun()).map(|(id, _)| *id).collect();
        for id in overrun {
            tracing::warn!(peer = %id, "its events are not taken; it is closed");
            if let Some(peer) = self.peers.get_mut(&id) {
                peer.hang_up(context.now, context.out);
            }
            self.drop_peer(id, CloseReason::Overrun, context);
        }
    }

    /// Marks a peer as needing a poll.
    fn touch(&mut self, id: PeerId) {
        if let Some(peer) = self.peers.get_mut(&id)
            && !peer.unsettled
        {
            peer.unsettled = true;
            self.unsettled.push(id);
        }
    }

    fn tell(&self, id: PeerId, event: PeerEvent) {
        if let Some(peer) = self.peers.get(&id) {
            peer.tell(event);
        }
    }

    /// Ends a peer whose connection is over.
    fn drop_peer(&mut self, id: PeerId, reason: CloseReason, context: &mut Context<'_>) {
        self.tell(id, PeerEvent::Closed { reason });
        self.forget_peer(id, context);
    }

    /// Closes every peer: the room faulted, was closed, or the worker ends.
    pub(crate) fn close(&mut self, reason: CloseReason, context: &mut Context<'_>) {
        for (id, mut peer) in self.peers.drain() {
            if reason != CloseReason::Fault {
                peer.hang_up(context.now, context.out);
            }
            peer.tell(PeerEvent::Closed { reason });
            context.names.forget(id);
        }
        self.taps.clear();
        self.unsettled.clear();
    }
}
