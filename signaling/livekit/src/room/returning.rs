//! Coming back to the same session over a new connection (the protocol's resume): `reconnect` first, then a whole
//! snapshot, whoever left meanwhile, what is told by changes only, and the reliable data that was missed.

use super::join::{leave, server_info};
use super::tick::RESTART_PATIENCE;
use super::{Join, Participant, Room};
use crate::clock::now_ms;
use crate::proto::leave_request::Action;
use crate::proto::{DisconnectReason, ReconnectResponse, Response, SyncState, UpdateTrackSettings};
use crate::v0::Version;

impl Room {
    /// A client whose connection broke comes back to the same session.
    pub(super) async fn resume(&mut self, join: Join) {
        let identity = join.claims.sub.clone();
        let same = |one: &&mut Participant| {
            one.sid == join.request.participant_sid && one.offers.is_some() == (join.version == Version::V0)
        };
        let known = self.people.get_mut(&identity).filter(same);
        let Some(me) = known else {
            let _ = join.outbox.try_send(leave(DisconnectReason::StateMismatch, Action::Reconnect));
            return;
        };
        me.link.outbox = Some(join.outbox);
        me.link.connection = join.connection;
        me.link.socket_lost = None;
        if me.link.ice_lost.is_some() {
            // It is alive and about to restart ICE: the grace time begins anew.
            me.link.ice_lost = Some(self.now);
            me.link.resume_at = Some(self.now + RESTART_PATIENCE);
        }
        match &mut me.offers {
            None => me.negotiation.resumed(self.now),
            Some(offers) => {
                offers.returned(self.now);
                me.negotiation.gained(self.now);
            }
        }
        me.told.clear();
        me.told_count = 0;
        let departed: Vec<_> = me.departures.list().cloned().collect();
        let reconnect = ReconnectResponse {
            ice_servers: self.config.ice_servers.told_to(&identity, now_ms()),
            server_info: Some(server_info(me)),
            last_message_seq: me.last_sequence,
        };
        self.send(&identity, Response::Reconnect(reconnect));
        self.tell_with(&identity, departed);
        let standing = self.people.get(&identity).map(|one| one.standing.again());
        for message in standing.into_iter().flatten() {
            self.send(&identity, message);
        }
        self.refresh_token(&identity, now_ms());
        if let Some(state) = join.request.sync_state {
            self.sync_state(&identity, state).await;
        }
        if let Some(offer) = join.request.publisher_offer.filter(|offer| !offer.sdp.is_empty()) {
            self.offer(&identity, offer).await;
        }
    }

    /// What the returning client believes; if it publishes something unknown here, it must join anew.
    pub(super) async fn sync_state(&mut self, identity: &str, state: SyncState) {
        let Some(me) = self.people.get_mut(identity) else { return };
        let foreign = state
            .publish_tracks
            .iter()
            .filter_map(|published| published.track.as_ref())
            .any(|track| !me.has_track(&track.sid));
        if foreign {
            return self.part(identity, DisconnectReason::StateMismatch, Some(Action::Reconnect)).await;
        }
        self.reconcile(identity, &state).await;
        if let Some(subscription) = state.subscription {
            self.choose(identity, subscription);
        }
        for track in state.track_sids_disabled {
            let setting =
                UpdateTrackSettings { track_sids: vec![track], disabled: true, ..Default::default() };
            self.track_setting(identity, setting).await;
        }
        self.replay(identity, &state.datachannel_receive_states);
    }
}
