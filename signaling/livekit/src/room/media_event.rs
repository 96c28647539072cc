//! What the media plane tells of somebody's connection, put into the words of the wire.
//!
//! Each listener is told only of what it may receive (the plane follows its forwarding table), and every message
//! passes `scope` once more on its way out.

use media::{CloseReason, Codec, PeerEvent, Score, TrackId};

use super::Room;
use super::tick::ICE_PATIENCE;
use crate::events::WireEvent;
use crate::proto::leave_request::Action;
use crate::proto::participant_info::State;
use crate::proto::{
    ConnectionQuality, ConnectionQualityInfo, ConnectionQualityUpdate, DisconnectReason, Response,
    SpeakerInfo, SpeakersChanged, StreamState, StreamStateInfo, StreamStateUpdate, SubscribedCodec,
    SubscribedQuality, SubscribedQualityUpdate, VideoQuality,
};

impl Room {
    /// One event of somebody's media connection.
    pub(super) async fn media_event(&mut self, identity: &str, event: PeerEvent) {
        match event {
            PeerEvent::Connected => self.connected(identity),
            PeerEvent::IceDisconnected => self.ice_lost(identity),
            PeerEvent::TrackBound { id, mid, codec, simulcast } => {
                self.bound(identity, &id, mid, codec, &simulcast);
            }
            PeerEvent::TrackGone { id } => self.gone(identity, &id),
            PeerEvent::Data { channel, bytes } => self.data(identity, channel, bytes),
            PeerEvent::Levels(levels) => self.speakers(identity, &levels),
            PeerEvent::StreamState { id, paused } => self.stream_state(identity, &id, paused),
            PeerEvent::LayersWanted { id, codec, wanted } => {
                self.send(identity, Response::SubscribedQualityUpdate(layers_wanted(&id, codec, wanted)));
            }
            PeerEvent::ConnectionQuality(score) => self.connection_quality(identity, score),
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
        one.link.resume_at = None;
        if one.state != State::Active {
            one.state = State::Active;
            one.touch();
            self.changed = true;
            self.emit(WireEvent::Connected { room: self.name.clone(), identity: identity.to_owned() });
        }
    }

    fn ice_lost(&mut self, identity: &str) {
        let Some(one) = self.people.get_mut(identity) else { return };
        if one.link.ice_lost.is_none() {
            one.link.ice_lost = Some(self.now);
            one.link.resume_at = Some(self.now + ICE_PATIENCE);
        }
    }

    /// Who is heard speaking, as far as this receiver hears them: changes only, those who fell silent included.
    fn speakers(&mut self, identity: &str, levels: &[(TrackId, f32, bool)]) {
        let now = self.now;
        let speakers = levels
            .iter()
            .filter_map(|(id, level, active)| {
                let owner = self.people.values().find(|one| one.has_track(id.as_str()))?;
                self.talk.hears(now, identity, owner.identity(), *active);
                Some(SpeakerInfo { sid: owner.sid.clone(), level: *level, active: *active })
            })
            .collect();
        self.send(identity, Response::SpeakersChanged(SpeakersChanged { speakers }));
    }

    /// A track this receiver watches is paused, for its line does not carry it, or goes on.
    fn stream_state(&mut self, identity: &str, id: &TrackId, paused: bool) {
        let Some(owner) = self.people.values().find(|one| one.has_track(id.as_str())) else { return };
        let state = StreamStateInfo {
            participant_sid: owner.sid.clone(),
            track_sid: id.to_string(),
            state: if paused { StreamState::Paused } else { StreamState::Active }.into(),
        };
        self.send(identity, Response::StreamStateUpdate(StreamStateUpdate { stream_states: vec![state] }));
    }

    /// How well somebody's line works: this receiver's own, or that of someone it sees.
    fn connection_quality(&mut self, identity: &str, score: Score) {
        let Some(subject) = self.people.values().find(|one| one.peer == score.peer) else { return };
        let own = subject.identity() == identity;
        let (quality, score) = quality(score.quality, own);
        let update =
            ConnectionQualityInfo { participant_sid: subject.sid.clone(), quality: quality.into(), score };
        self.send(identity, Response::ConnectionQuality(ConnectionQualityUpdate { updates: vec![update] }));
    }

    async fn media_closed(&mut self, identity: &str, reason: CloseReason) {
        let (why, action) = match reason {
            CloseReason::Fault | CloseReason::Transport | CloseReason::Overrun => {
                (DisconnectReason::MediaFailure, Action::Reconnect)
            }
            CloseReason::RoomClosed => (DisconnectReason::RoomDeleted, Action::Disconnect),
            CloseReason::Shutdown => (DisconnectReason::ServerShutdown, Action::Reconnect),
        };
        self.part(identity, why, Some(action)).await;
    }
}

/// The protocol's word and a score of the E-model's range (MOS, 1 to 5). A client reports itself as lost when it is;
/// told so by the server, livekit-client joins anew after 10 s, in the middle of a resume.
fn quality(quality: media::ConnectionQuality, own: bool) -> (ConnectionQuality, f32) {
    match quality {
        media::ConnectionQuality::Excellent => (ConnectionQuality::Excellent, 4.5),
        media::ConnectionQuality::Good => (ConnectionQuality::Good, 3.5),
        media::ConnectionQuality::Poor => (ConnectionQuality::Poor, 2.0),
        media::ConnectionQuality::Lost if own => (ConnectionQuality::Poor, 1.0),
        media::ConnectionQuality::Lost => (ConnectionQuality::Lost, 1.0),
    }
}

/// Dynacast: which layers anybody watches, all three each time; the codec in lower case without `video/`. Who
/// watches is not said, and cannot be: the message is the publisher's own affair.
fn layers_wanted(id: &TrackId, codec: Codec, wanted: [bool; 3]) -> SubscribedQualityUpdate {
    let all = [VideoQuality::Low, VideoQuality::Medium, VideoQuality::High];
    let qualities: Vec<_> = all
        .into_iter()
        .zip(wanted)
        .map(|(quality, enabled)| SubscribedQuality { quality: quality.into(), enabled })
        .collect();
    let name = codec.mime().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    SubscribedQualityUpdate {
        track_sid: id.to_string(),
        // The first form of the message, which clients without a choice of codecs read.
        subscribed_qualities: qualities.clone(),
        subscribed_codecs: vec![SubscribedCodec { codec: name, qualities }],
    }
}
