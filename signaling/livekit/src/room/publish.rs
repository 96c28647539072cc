//! Publishing: tracks are announced, bound to a media section by an offer, muted, and gone.

use media::{CloseReason, Codec, Kind, PeerEvent, TrackId};

use super::Room;
use crate::events::WireEvent;
use crate::proto::leave_request::Action;
use crate::proto::participant_info::State;
use crate::proto::request_response::{Reason, Request as About};
use crate::proto::{
    AddTrackRequest, DisconnectReason, MuteTrackRequest, Response, SpeakerInfo, SpeakersChanged,
    TrackPublishedResponse,
};
use crate::track::Track;
use crate::wire::sid;

/// Nobody needs more; each costs every subscriber a section.
const TRACKS_PER_PARTICIPANT: usize = 16;

impl Room {
    /// A client announces a track it is about to offer.
    pub(super) async fn add_track(&mut self, identity: &str, request: AddTrackRequest) {
        let Some(me) = self.people.get(identity) else { return };
        if let Some(known) =
            me.tracks.iter().find(|track| track.info.sid == request.sid && !request.sid.is_empty())
        {
            // A second codec for a published track: the first one serves everybody here.
            let published = TrackPublishedResponse { cid: request.cid, track: Some(known.info.clone()) };
            return self.send(identity, Response::TrackPublished(published));
        }
        let sources = &me.permission.can_publish_sources;
        let allowed = me.permission.can_publish
            && !me.permission.hidden
            && (sources.is_empty() || sources.contains(&request.source));
        if !allowed {
            let text = "does not have permission to publish this source";
            return self.refuse(identity, 0, Reason::NotAllowed, text, About::AddTrack(request));
        }
        if me.tracks.len() >= TRACKS_PER_PARTICIPANT {
            return self.refuse(
                identity,
                0,
                Reason::LimitExceeded,
                "too many tracks",
                About::AddTrack(request),
            );
        }
        let (cid, peer) = (request.cid.clone(), me.peer);
        let track = Track::new(sid("TR_"), request);
        if self.media.announce_track(peer, track.spec()).await.is_err() {
            return;
        }
        if track.info.muted {
            self.media.set_muted(peer, track.id(), true).await;
        }
        let info = track.info.clone();
        if let Some(me) = self.people.get_mut(identity) {
            me.tracks.push(track);
        }
        // Whoever does not want it must not be given a section for it when it is bound.
        self.choices_changed = true;
        self.sync_choices().await;
        self.send(identity, Response::TrackPublished(TrackPublishedResponse { cid, track: Some(info) }));
    }

    /// A client mutes or unmutes its own track.
    pub(super) async fn mute(&mut self, identity: &str, track_sid: &str, muted: bool) {
        let Some(me) = self.people.get_mut(identity) else { return };
        let peer = me.peer;
        let Some(track) = me.track(track_sid).filter(|track| track.info.muted != muted) else { return };
        track.info.muted = muted;
        me.touch();
        self.changed = true;
        self.media.set_muted(peer, TrackId::from(track_sid), muted).await;
    }

    /// The server mutes somebody. It never unmutes: that would open a microphone.
    pub(super) async fn mute_by_server(&mut self, identity: &str, audio: bool, video: bool) {
        let Some(me) = self.people.get_mut(identity) else { return };
        let chosen = |track: &Track| match track.kind() {
            Kind::Audio => audio,
            Kind::Video => video,
        };
        let sids: Vec<String> = me
            .tracks
            .iter()
            .filter(|track| chosen(track) && !track.info.muted)
            .map(|track| track.info.sid.clone())
            .collect();
        for sid in sids {
            self.mute(identity, &sid, true).await;
            self.send(identity, Response::Mute(MuteTrackRequest { sid, muted: true }));
        }
    }

    /// A client changes the description of its own track.
    pub(super) fn change_track(&mut self, identity: &str, track_sid: &str, change: impl FnOnce(&mut Track)) {
        let Some(me) = self.people.get_mut(identity) else { return };
        let Some(track) = me.track(track_sid) else { return };
        change(track);
        me.touch();
        self.changed = true;
    }

    /// The media plane tells something of somebody's connection.
    pub(super) async fn media_event(&mut self, identity: &str, event: PeerEvent) {
        match event {
            PeerEvent::Connected => self.connected(identity),
            PeerEvent::IceDisconnected => {
                if let Some(one) = self.people.get_mut(identity) {
                    one.link.ice_lost.get_or_insert(self.now);
                }
            }
            PeerEvent::TrackBound { id, mid, codec, simulcast } => {
                self.bound(identity, &id, mid, codec, &simulcast);
            }
            PeerEvent::TrackGone { id } => self.gone(identity, &id),
            PeerEvent::Data { channel, bytes } => self.data(identity, channel, bytes),
            PeerEvent::Levels(levels) => self.speakers(identity, &levels),
            PeerEvent::StreamState { .. }
            | PeerEvent::LayersWanted { .. }
            | PeerEvent::ConnectionQuality(_) => {}
            PeerEvent::Closed { reason } => self.media_closed(identity, reason).await,
        }
    }

    /// Everything the media plane has told so far: what an answer names must be known before it is sent.
    pub(super) async fn drain_events(&mut self) {
        for identity in self.identities() {
            while let Some(event) = self.people.get_mut(&identity).and_then(|one| one.events.try_recv().ok())
            {
                self.media_event(&identity, event).await;
            }
        }
    }

    fn connected(&mut self, identity: &str) {
        let Some(one) = self.people.get_mut(identity) else { return };
        one.link.ice_lost = None;
        if one.state != State::Active {
            one.state = State::Active;
            one.touch();
            self.changed = true;
            self.emit(WireEvent::Connected { room: self.name.clone(), identity: identity.to_owned() });
        }
    }

    fn bound(&mut self, identity: &str, id: &TrackId, mid: String, codec: Codec, rids: &[String]) {
        self.change_track(identity, id.as_str(), |track| track.bind(mid, codec, rids));
        self.want_offers();
    }

    fn gone(&mut self, identity: &str, id: &TrackId) {
        let Some(me) = self.people.get_mut(identity) else { return };
        me.tracks.retain(|track| track.info.sid != id.as_str());
        me.touch();
        self.changed = true;
        self.want_offers();
    }

    /// Who is heard speaking, as far as this receiver hears them.
    fn speakers(&mut self, identity: &str, levels: &[(TrackId, f32, bool)]) {
        let speakers = levels
            .iter()
            .filter_map(|(id, level, active)| {
                let owner = self.people.values().find(|one| one.has_track(id.as_str()))?;
                Some(SpeakerInfo { sid: owner.sid.clone(), level: *level, active: *active })
            })
            .collect();
        self.send(identity, Response::SpeakersChanged(SpeakersChanged { speakers }));
    }

    async fn media_closed(&mut self, identity: &str, reason: CloseReason) {
        let (why, action) = match reason {
            CloseReason::Fault | CloseReason::Transport => {
                (DisconnectReason::MediaFailure, Action::Reconnect)
            }
            CloseReason::RoomClosed => (DisconnectReason::RoomDeleted, Action::Disconnect),
            CloseReason::Shutdown => (DisconnectReason::ServerShutdown, Action::Reconnect),
        };
        self.part(identity, why, Some(action)).await;
    }
}
