//! Receiving: offers and answers, who wants which track, and how large.

use media::{OfferError, Quality, TrackId, Wish};

use super::Room;
use crate::proto::leave_request::Action;
use crate::proto::{
    DisconnectReason, Response, SessionDescription, SubscriptionError, SubscriptionPermission,
    SubscriptionPermissionUpdate, SubscriptionResponse, TrackSubscribed, UpdateSubscription,
    UpdateTrackSettings,
};

impl Room {
    /// Answers an offer, once, echoing its id.
    pub(super) async fn offer(&mut self, identity: &str, offer: SessionDescription) {
        let Some(me) = self.people.get(identity) else { return };
        let answer = match self.media.offer(me.peer, offer.sdp).await {
            Ok(answer) => answer,
            Err(OfferError::Gone) => return,
            Err(OfferError::Invalid(why)) => {
                tracing::warn!(room = %self.name, identity, why, "an offer could not be answered");
                return self.part(identity, DisconnectReason::MediaFailure, Some(Action::Reconnect)).await;
            }
        };
        // Tracks this offer bound, and those of others that the answer names.
        self.drain_events().await;
        self.acquaint(identity, &answer.mid_to_track);
        let Some(me) = self.people.get_mut(identity) else { return };
        me.negotiation.answered(self.now);
        tracing::debug!(room = %self.name, identity, id = offer.id, tracks = answer.mid_to_track.len(), missing = ?answer.missing, "answered");
        let answer = SessionDescription {
            r#type: "answer".to_owned(),
            sdp: answer.sdp,
            id: offer.id,
            mid_to_track_id: answer
                .mid_to_track
                .into_iter()
                .map(|(mid, track)| (mid, track.to_string()))
                .collect(),
        };
        self.send(identity, Response::Answer(answer));
    }

    /// Tells of the people whose tracks a description is about to name: a client drops a track of someone unknown.
    pub(super) fn acquaint(&mut self, identity: &str, mid_to_track: &[(String, TrackId)]) {
        let mut first_heard = Vec::new();
        for (_, track) in mid_to_track {
            let owner = self.people.values().find(|one| one.has_track(track.as_str()));
            if let Some(owner) = owner.map(|one| one.identity().to_owned()) {
                // The media plane sends it already: the flip is carried out, only the announcement is under way.
                self.announced.open(&owner, identity);
                first_heard.push((owner, track.clone()));
            }
        }
        self.tell_with(identity, Vec::new());
        for (owner, track) in first_heard {
            self.tell_subscribed(&owner, &track, identity);
        }
    }

    /// Tells a publisher, once for each track, that somebody receives it; only of somebody it sees itself, for
    /// it would betray that anybody else is watching.
    fn tell_subscribed(&mut self, owner: &str, track: &TrackId, subscriber: &str) {
        if !self.may_see(owner, subscriber) {
            return;
        }
        let Some(track) = self.people.get_mut(owner).and_then(|one| one.track(track.as_str())) else {
            return;
        };
        if !std::mem::replace(&mut track.subscribed, true) {
            let track_sid = track.info.sid.clone();
            self.send(owner, Response::TrackSubscribed(TrackSubscribed { track_sid }));
        }
    }

    /// A client asks for tracks or gives them up.
    pub(super) fn choose(&mut self, identity: &str, choice: UpdateSubscription) {
        let named = choice.participant_tracks.into_iter().flat_map(|of| of.track_sids);
        let sids: Vec<String> = choice.track_sids.into_iter().chain(named).collect();
        for sid in sids {
            if self.owner_in_sight(identity, &sid).is_none() {
                // The same answer whether it does not exist or may not be seen.
                if choice.subscribe {
                    let err = SubscriptionError::SeTrackNotfound.into();
                    self.send(
                        identity,
                        Response::SubscriptionResponse(SubscriptionResponse { track_sid: sid, err }),
                    );
                }
                continue;
            }
            if let Some(me) = self.people.get_mut(identity) {
                me.chosen.insert(TrackId::from(sid.as_str()), choice.subscribe);
                self.choices_changed = true;
            }
        }
    }

    /// A client says how large it shows a track, or that it does not.
    pub(super) async fn track_setting(&mut self, identity: &str, setting: UpdateTrackSettings) {
        for sid in &setting.track_sids {
            let Some(owner) = self.owner_in_sight(identity, sid) else { continue };
            let track = self.people.get_mut(&owner).and_then(|one| one.track(sid));
            let Some(quality) = track.map(|track| track.quality(&setting)) else { continue };
            let Some(me) = self.people.get_mut(identity) else { continue };
            me.sized.insert(TrackId::from(sid.as_str()));
            let wish = Wish { quality, disabled: setting.disabled, priority: setting.priority };
            self.media.track_setting(me.peer, TrackId::from(sid.as_str()), wish).await;
        }
    }

    /// A publisher says who may receive its tracks.
    pub(super) fn set_audience(&mut self, identity: &str, permission: SubscriptionPermission) {
        let Some(me) = self.people.get_mut(identity) else { return };
        me.audience = (!permission.all_participants).then_some(permission.track_permissions);
        self.choices_changed = true;
    }

    /// Tells the media plane which tracks to withhold from whom, as far as that changed.
    pub(super) async fn sync_choices(&mut self) {
        if !std::mem::take(&mut self.choices_changed) {
            return;
        }
        let tracks: Vec<(String, TrackId)> = self
            .people
            .values()
            .flat_map(|owner| owner.tracks.iter().map(|track| (owner.identity().to_owned(), track.id())))
            .collect();
        for identity in self.identities() {
            for (owner, track) in tracks.iter().filter(|(owner, _)| *owner != identity) {
                self.begin_small(&identity, track).await;
                self.sync_choice(&identity, owner, track).await;
            }
        }
    }

    /// A client that follows the size of its pictures (`adaptive_stream`) is sent the smallest layer until it says
    /// how large it shows a track; any other gets the largest.
    async fn begin_small(&mut self, identity: &str, track: &TrackId) {
        let Some(me) = self.people.get_mut(identity).filter(|one| one.settings.adaptive_stream) else {
            return;
        };
        if me.sized.insert(track.clone()) {
            self.media.track_setting(me.peer, track.clone(), Wish::of(Quality::Low)).await;
        }
    }

    async fn sync_choice(&mut self, identity: &str, owner: &str, track: &TrackId) {
        let Some(me) = self.people.get(identity) else { return };
        let Some(owner) = self.people.get(owner) else { return };
        let admitted = owner.admits(me.identity(), &me.sid, track.as_str());
        let wanted = admitted && me.wants(track);
        if wanted != me.withheld.contains(track) {
            return;
        }
        let update = SubscriptionPermissionUpdate {
            participant_sid: owner.sid.clone(),
            track_sid: track.to_string(),
            allowed: admitted,
        };
        let tell = owner.audience.is_some() || (wanted && admitted);
        self.media.subscribe(me.peer, track.clone(), wanted).await;
        let Some(me) = self.people.get_mut(identity) else { return };
        if wanted {
            me.withheld.remove(track);
        } else {
            me.withheld.insert(track.clone());
        }
        me.negotiation.gained(self.now);
        if tell {
            self.send(identity, Response::SubscriptionPermissionUpdate(update));
        }
    }

    /// Identity of the publisher of a track that this participant may see.
    fn owner_in_sight(&self, identity: &str, track: &str) -> Option<String> {
        let owner = self.people.values().find(|one| one.has_track(track))?.identity();
        self.may_see(identity, owner).then(|| owner.to_owned())
    }
}
