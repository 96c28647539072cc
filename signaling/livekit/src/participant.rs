//! One participant of a room, over all of its connections: what the server knows and has told.

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use media::{PeerEvent, PeerId, TrackId};
use tokio::sync::mpsc::{Receiver, Sender};

use crate::negotiation::Negotiation;
use crate::proto::participant_info::{Kind, State};
use crate::proto::{
    ClientInfo, ConnectionSettings, DisconnectReason, ParticipantInfo, ParticipantPermission, Response,
    TrackPermission,
};
use crate::resume::Departures;
use crate::standing::Standing;
use crate::token::Claims;
use crate::track::Track;
use crate::v0::Offers;

/// A participant in a room.
pub(crate) struct Participant {
    /// `PA_…`, new at every join, kept over resumes.
    pub sid: String,
    pub claims: Claims,
    pub permission: ParticipantPermission,
    pub client: ClientInfo,
    pub settings: ConnectionSettings,
    pub joined_at_ms: u64,
    /// Grows with every change others may see.
    pub version: u32,
    pub state: State,
    pub tracks: Vec<Track>,

    /// The media plane's name for it, and what that plane tells about it.
    pub peer: PeerId,
    pub events: Receiver<PeerEvent>,

    pub link: Link,
    pub negotiation: Negotiation,
    /// Offers of the server to it, on the older wire.
    pub offers: Option<Offers>,

    /// Participants (by sid) this one was told of, itself included.
    pub told: BTreeMap<String, Told>,
    /// How many are in the room, as it was last told.
    pub told_count: u32,
    pub departures: Departures,
    pub standing: Standing,
    /// Tracks it asked for or refused.
    pub chosen: BTreeMap<TrackId, bool>,
    /// Tracks the media plane was told not to send to it.
    pub withheld: HashSet<TrackId>,
    /// Tracks whose size was told to the media plane.
    pub sized: HashSet<TrackId>,
    /// Who may subscribe to its tracks; `None` is everyone.
    pub audience: Option<Vec<TrackPermission>>,
    /// Number of the last reliable packet it sent.
    pub last_sequence: u32,
    /// What was last reported as published (audio, video).
    pub publishing: (bool, bool),
    /// When its token is renewed, in milliseconds since 1970.
    pub next_refresh_ms: u64,
}

/// What a client was last told of someone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub identity: String,
    pub version: u32,
}

/// The connection to the client, and how well it does.
pub(crate) struct Link {
    /// Where messages to it go; `None` while the WebSocket is lost.
    pub outbox: Option<Sender<Response>>,
    /// Which WebSocket serves it: a late end of an older one must not count.
    pub connection: u64,
    /// When the participant joined.
    pub since: Instant,
    /// When the WebSocket was lost.
    pub socket_lost: Option<Instant>,
    /// When ICE was lost.
    pub ice_lost: Option<Instant>,
    /// When the client is to be asked to resume, unless ICE is mended by then.
    pub resume_at: Option<Instant>,
}

impl Participant {
    pub fn identity(&self) -> &str {
        &self.claims.sub
    }

    /// What takes part, as its token says.
    pub fn kind(&self) -> Kind {
        match self.claims.kind.as_str() {
            "agent" => Kind::Agent,
            "egress" => Kind::Egress,
            "ingress" => Kind::Ingress,
            "sip" => Kind::Sip,
            _ => Kind::Standard,
        }
    }

    /// As others are told of it.
    pub fn info(&self) -> ParticipantInfo {
        ParticipantInfo {
            sid: self.sid.clone(),
            identity: self.claims.sub.clone(),
            state: self.state.into(),
            tracks: self.tracks.iter().filter(|track| track.bound).map(|track| track.info.clone()).collect(),
            metadata: self.claims.metadata.clone(),
            joined_at: i64::try_from(self.joined_at_ms / 1000).unwrap_or_default(),
            joined_at_ms: i64::try_from(self.joined_at_ms).unwrap_or_default(),
            name: self.claims.name.clone(),
            version: self.version,
            permission: Some(self.permission.clone()),
            is_publisher: self.tracks.iter().any(|track| track.bound),
            kind: self.kind().into(),
            attributes: self.claims.attributes.clone(),
            client_protocol: self.client.client_protocol,
            capabilities: self.client.capabilities.clone(),
            ..ParticipantInfo::default()
        }
    }

    /// Something others may see has changed.
    pub fn touch(&mut self) {
        self.version = self.version.saturating_add(1);
    }

    pub fn track(&mut self, sid: &str) -> Option<&mut Track> {
        self.tracks.iter_mut().find(|track| track.info.sid == sid)
    }

    pub fn has_track(&self, sid: &str) -> bool {
        self.tracks.iter().any(|track| track.info.sid == sid)
    }

    /// Whether it lets `identity` (with `sid`) receive its track.
    pub fn admits(&self, identity: &str, sid: &str, track: &str) -> bool {
        let Some(audience) = &self.audience else { return true };
        audience
            .iter()
            .filter(|one| {
                one.participant_identity == identity
                    || (!one.participant_sid.is_empty() && one.participant_sid == sid)
            })
            .any(|one| one.all_tracks || one.track_sids.iter().any(|allowed| allowed == track))
    }

    /// Whether it would receive a track if it may see its publisher.
    pub fn wants(&self, track: &TrackId) -> bool {
        self.permission.can_subscribe
            && self.chosen.get(track).copied().unwrap_or(self.settings.auto_subscribe)
    }

    /// (sound, picture) that is on.
    pub fn on_air(&self) -> (bool, bool) {
        let on =
            |kind| self.tracks.iter().any(|track| track.bound && !track.info.muted && track.kind() == kind);
        (on(media::Kind::Audio), on(media::Kind::Video))
    }
}

/// The least that says someone is gone.
pub(crate) fn farewell(sid: &str, identity: &str, version: u32, reason: DisconnectReason) -> ParticipantInfo {
    ParticipantInfo {
        sid: sid.to_owned(),
        identity: identity.to_owned(),
        state: State::Disconnected.into(),
        version,
        disconnect_reason: reason.into(),
        ..ParticipantInfo::default()
    }
}
