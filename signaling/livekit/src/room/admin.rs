//! What the room service may ask of a room. Whoever asks sees either the whole room or what its own seat sees.

use bytes::Bytes;
use media::Channel;
use prost::Message as _;

use super::Room;
use crate::proto::data_packet::{Kind as DataKind, Value};
use crate::proto::{
    DataPacket, MuteTrackRequest, ParticipantInfo, Response, SendDataRequest, TrackInfo,
    UpdateParticipantMetadata, UpdateParticipantRequest, UpdateSubscription, UpdateSubscriptionsRequest,
    UserPacket,
};
use crate::scope::Scope;
use crate::twirp::{Code, Refused};

/// How the caller of the room service looks at a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Eye {
    /// A server with an API key: all of every room.
    Server,
    /// The bearer of a seat's token: what the seat sees of its own room. Of other governed rooms, nothing.
    Seat { room: String, identity: String },
}

impl Room {
    fn in_sight(&self, eye: &Eye, identity: &str) -> bool {
        let Some(subject) = self.people.get(identity) else { return false };
        match eye {
            Eye::Server => true,
            Eye::Seat { room, identity: seat } => {
                let here = *room == self.name;
                if subject.permission.hidden {
                    return here && seat == identity;
                }
                let governed = self.scope != Scope::Plain;
                let seen = self.scope.sees(seat, identity) && self.announced.sees(seat, identity);
                !governed || here && (seat == identity || seen)
            }
        }
    }

    fn must_see(&self, eye: &Eye, identity: &str) -> Result<(), Refused> {
        if self.in_sight(eye, identity) { Ok(()) } else { Err(Refused::no_participant()) }
    }

    /// The room as the caller may know of it, if at all.
    pub(crate) fn described(&self, eye: &Eye) -> Option<crate::proto::Room> {
        let elsewhere = matches!(eye, Eye::Seat { room, .. } if *room != self.name);
        if elsewhere && self.scope != Scope::Plain {
            return None;
        }
        let seen = self.participants(eye);
        let publishers = seen.iter().filter(|info| info.is_publisher).count();
        let num_publishers =
            if *eye == Eye::Server { u32::try_from(publishers).unwrap_or(u32::MAX) } else { 0 };
        Some(crate::proto::Room { num_publishers, ..self.room_info(seen.len()) })
    }

    pub(crate) fn participants(&self, eye: &Eye) -> Vec<ParticipantInfo> {
        let seen = self.people.values().filter(|one| self.in_sight(eye, one.identity()));
        seen.map(super::Participant::info).collect()
    }

    pub(crate) fn participant(&self, eye: &Eye, identity: &str) -> Result<ParticipantInfo, Refused> {
        self.must_see(eye, identity)?;
        self.people.get(identity).map(super::Participant::info).ok_or_else(Refused::no_participant)
    }

    /// Mutes one track. Never unmutes: that would open a microphone.
    pub(crate) async fn mute_published(
        &mut self,
        eye: &Eye,
        identity: &str,
        track_sid: &str,
        muted: bool,
    ) -> Result<TrackInfo, Refused> {
        self.must_see(eye, identity)?;
        let track = self.people.get_mut(identity).and_then(|one| one.track(track_sid));
        let was = track.map(|track| track.info.muted);
        let was = was.ok_or_else(|| Refused::new(Code::NotFound, "track is not published"))?;
        if was && !muted {
            return Err(Refused::new(Code::FailedPrecondition, "remote unmute is not offered"));
        }
        if muted && !was {
            self.mute(identity, track_sid, true).await;
            let mute = MuteTrackRequest { sid: track_sid.to_owned(), muted: true };
            self.send(identity, Response::Mute(mute));
        }
        let track = self.people.get_mut(identity).and_then(|one| one.track(track_sid));
        track.map(|track| track.info.clone()).ok_or_else(Refused::no_participant)
    }

    pub(crate) async fn update_participant(
        &mut self,
        eye: &Eye,
        request: UpdateParticipantRequest,
    ) -> Result<ParticipantInfo, Refused> {
        let UpdateParticipantRequest { identity, metadata, permission, name, attributes, .. } = request;
        self.must_see(eye, &identity)?;
        let profile = UpdateParticipantMetadata { metadata, name, attributes, request_id: 0 };
        if !self.change_profile(&identity, &profile) {
            return Err(Refused::new(Code::ResourceExhausted, "name, metadata and attributes are too large"));
        }
        if let Some(permission) = permission {
            self.permit(&identity, permission).await;
        }
        self.participant(eye, &identity)
    }

    /// What the participant itself could ask for, and no more: the forwarding table decides what it gets.
    pub(crate) fn update_subscriptions(
        &mut self,
        eye: &Eye,
        request: UpdateSubscriptionsRequest,
    ) -> Result<(), Refused> {
        self.must_see(eye, &request.identity)?;
        let UpdateSubscriptionsRequest { identity, track_sids, subscribe, participant_tracks, .. } = request;
        self.choose(&identity, UpdateSubscription { track_sids, subscribe, participant_tracks });
        Ok(())
    }

    /// Data from no participant, to those named or to everybody the caller sees.
    pub(crate) fn send_data(&mut self, eye: &Eye, request: SendDataRequest) -> Result<(), Refused> {
        let SendDataRequest { data, kind, destination_sids, destination_identities, topic, nonce, .. } =
            request;
        let everyone = destination_sids.is_empty() && destination_identities.is_empty();
        let user = UserPacket { payload: data, topic, nonce, ..UserPacket::default() };
        let packet = DataPacket { kind, value: Some(Value::User(user)), ..DataPacket::default() };
        let bytes = Bytes::from(packet.encode_to_vec());
        if bytes.len() > crate::data::LARGEST {
            return Err(Refused::new(Code::ResourceExhausted, "data is too large"));
        }
        let lossy = kind == i32::from(DataKind::Lossy);
        let channel = if lossy { Channel::Lossy } else { Channel::Reliable };
        let named = |one: &&super::Participant| {
            everyone
                || destination_sids.contains(&one.sid)
                || destination_identities.iter().any(|to| to == one.identity())
        };
        for one in self.people.values().filter(named).filter(|one| self.in_sight(eye, one.identity())) {
            self.media.send_data(None, one.peer, channel, bytes.clone());
        }
        Ok(())
    }
}
