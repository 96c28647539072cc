//! Offers: binding announced tracks to published sections, and giving subscribers their slots.

use super::Context;
use super::Room;
use super::TapEnd;
use super::track::Track;
use crate::forward::TrackKey;
use crate::peer::Wanted;
use crate::{Answer, OfferError, PeerEvent, PeerId, Sections, TrackSpec};

impl Room {
    /// Accepts an offer and writes the answer.
    pub(super) fn offer(
        &mut self,
        id: PeerId,
        sdp: &str,
        context: &mut Context<'_>,
    ) -> Result<Answer, OfferError> {
        let peer = self.peers.get_mut(&id).ok_or(OfferError::Gone)?;
        let accepted = peer.publisher().accept(sdp)?;
        // A restart of the client's ICE gave us new credentials.
        self.learn_names(id, context);
        for key in &accepted.gone {
            self.end_track(*key, true, context);
        }
        self.bind_announced(id, context);
        let wanted = self.wanted(id);
        let peer = self.peers.get_mut(&id).ok_or(OfferError::Gone)?;
        // Whoever receives on another connection is offered to there.
        let missing = if peer.is_split() { Sections::default() } else { peer.assign(&wanted) };
        let (text, mid_to_track) = peer.publisher().answer(&accepted);
        tracing::debug!(peer = %id, ?mid_to_track, ?missing, "offer answered");
        self.touch(id);
        self.adapt(id, context);
        self.request_keyframes(context);
        self.settle(context);
        Ok(Answer { sdp: text, mid_to_track, missing })
    }

    /// Gives announced tracks of a peer to its published sections: by cid, else the oldest of the kind.
    pub(super) fn bind_announced(&mut self, id: PeerId, context: &mut Context<'_>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let mut sections = peer.publisher().unbound();
        // Exact matches first, so that an oldest-of-kind guess cannot take another section's track.
        let announced = &self.announced;
        let names = |track: &Option<String>| {
            announced.iter().any(|(owner, spec, _)| *owner == id && track.as_deref() == Some(&spec.cid))
        };
        sections.sort_by_key(|section| !names(&section.msid_track));
        for section in sections {
            let by_cid = self.announced.iter().position(|(owner, spec, _)| {
                *owner == id && section.msid_track.as_deref() == Some(&spec.cid)
            });
            let oldest = || {
                self.announced.iter().position(|(owner, spec, _)| *owner == id && spec.kind == section.kind)
            };
            let Some(at) = by_cid.or_else(oldest) else { continue };
            if let Some((_, spec, muted)) = self.announced.remove(at) {
                self.bind(id, &section.mid, spec, muted, context);
            }
        }
    }

    fn bind(&mut self, id: PeerId, mid: &str, spec: TrackSpec, muted: bool, context: &mut Context<'_>) {
        let now = context.now;
        let Some(peer) = self.peers.get_mut(&id) else { return };
        let key = self.table.add_track(id, &spec.id, now);
        let Some(bound) = peer.publisher().bind(mid, key, &spec) else {
            self.table.remove_track(key);
            return;
        };
        let stream = format!("{}|{}", peer.label(), spec.stream);
        let mut track = Track::new(spec.id.clone(), id, bound.kind, stream, now);
        track.muted = muted;
        track.source = spec.source;
        track.codec = bound.codec;
        track.layer_count = bound.rids.len();
        self.tracks.insert(key, track);
        self.table.set_muted(key, muted, now);
        self.tell(
            id,
            PeerEvent::TrackBound { id: spec.id, mid: bound.mid, codec: bound.codec, simulcast: bound.rids },
        );
    }

    /// Ends a bound track. `told`: the client ended it itself, so the wire is told.
    pub(super) fn end_track(&mut self, key: TrackKey, told: bool, context: &mut Context<'_>) {
        let Some(track) = self.tracks.remove(&key) else { return };
        self.table.remove_track(key);
        self.taps.end(key, TapEnd::Gone);
        if let Some(owner) = self.peers.get_mut(&track.owner) {
            owner.publisher().unbind(key);
        }
        if told {
            self.tell(track.owner, PeerEvent::TrackGone { id: track.id.clone() });
        }
        self.wishes.retain(|(_, id), _| *id != track.id);
        self.release_stale(context);
    }

    /// Takes off every slot what its subscriber may not receive any more, and what waits in its queues.
    pub(super) fn release_stale(&mut self, context: &mut Context<'_>) {
        let table = &self.table;
        self.taps.release_unless(|key, id| table.is_receivable(key, id));
        for (id, peer) in &mut self.peers {
            if peer.release_unless(|key| table.is_receivable(key, *id)) {
                // What the kernel would not take yet may be of a removed pair as well.
                context.names.each_address(*id, |address| context.out.purge(address));
                context.out.purge_streams(*id);
            }
            peer.seal_sound();
            peer.forget_data_unless(|from| table.visible(from, *id));
        }
    }

    /// The tracks a peer should receive.
    pub(super) fn wanted(&self, id: PeerId) -> Vec<Wanted> {
        self.table
            .receivable(id)
            .filter_map(|key| self.tracks.get(&key).map(|track| (key, track)))
            .map(|(key, track)| {
                let wish = self.wishes.get(&(id, track.id.clone())).copied().unwrap_or_default();
                Wanted { key, id: track.id.clone(), kind: track.kind, stream: track.stream.clone(), wish }
            })
            .collect()
    }

    /// What a new offer of the peer would change.
    pub(super) fn requirement(&self, id: PeerId) -> Option<Sections> {
        self.peers.get(&id)?.requirement(&self.wanted(id))
    }
}
