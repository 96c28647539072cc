//! Clients of the older wire: offers to them, their answers, and how they find back into the dialogue.

use super::Room;
use crate::proto::leave_request::Action;
use crate::proto::{DisconnectReason, Response, SessionDescription, SyncState};

impl Room {
    /// Offers what changed, unless the client has yet to answer the last offer.
    pub(super) async fn offer_to(&mut self, identity: &str) {
        let now = self.now;
        let Some(me) = self.people.get_mut(identity) else { return };
        let Some(offers) = &mut me.offers else { return };
        let peer = me.peer;
        if offers.is_stuck(now) {
            return self.part(identity, DisconnectReason::MediaFailure, Some(Action::Reconnect)).await;
        }
        if offers.is_untold(now) {
            offers.cleared();
            self.media.reconcile(peer, None).await;
        }
        let Some(me) = self.people.get_mut(identity) else { return };
        let Some(offers) = &me.offers else { return };
        if !offers.may_offer() || !me.negotiation.due(now) {
            return;
        }
        let Some(offer) = self.media.server_offer(peer, offers.restarts()).await else { return };
        // Tracks bound meanwhile, and whom the offer names: a client drops a track of someone unknown.
        self.drain_events().await;
        self.acquaint(identity, &offer.mid_to_track);
        let Some(me) = self.people.get_mut(identity) else { return };
        let Some(offers) = &mut me.offers else { return };
        let id = offers.offered(now);
        tracing::debug!(room = %self.name, identity, id, tracks = offer.mid_to_track.len(), "offered");
        let offer = SessionDescription {
            r#type: "offer".to_owned(),
            sdp: offer.sdp,
            id,
            mid_to_track_id: offer
                .mid_to_track
                .into_iter()
                .map(|(mid, track)| (mid, track.to_string()))
                .collect(),
        };
        self.send(identity, Response::Offer(offer));
    }

    /// The client's answer. One to an offer that is no longer out is late.
    pub(super) async fn answered(&mut self, identity: &str, answer: SessionDescription) {
        let Some(me) = self.people.get_mut(identity) else { return };
        let Some(offers) = &mut me.offers else { return };
        if !offers.answered(answer.id) {
            return;
        }
        me.negotiation.answered(self.now);
        if let Err(error) = self.media.server_answer(me.peer, answer.sdp).await {
            tracing::warn!(room = %self.name, identity, %error, "an answer could not be taken");
            self.part(identity, DisconnectReason::MediaFailure, Some(Action::Reconnect)).await;
        }
    }

    /// A client that came back says what it answered last; the offer that restarts ICE waited for it.
    pub(super) async fn reconcile(&mut self, identity: &str, state: &SyncState) {
        let Some(me) = self.people.get_mut(identity) else { return };
        if me.offers.as_mut().is_some_and(crate::v0::Offers::cleared) {
            let known = state.answer.as_ref().map(|answer| answer.sdp.clone());
            self.media.reconcile(me.peer, known).await;
        }
    }
}
