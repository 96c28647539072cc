//! Coming and going: a fresh join, a lost connection, a parting. Coming back is in `returning`.

use std::collections::{BTreeMap, HashSet};

use media::Leg;
use tokio::sync::mpsc;

use super::{Join, Room};
use crate::clock::now_ms;
use crate::events::WireEvent;
use crate::negotiation::Negotiation;
use crate::participant::{Link, Participant, Told};
use crate::proto::leave_request::Action;
use crate::proto::participant_info::State;
use crate::proto::server_info::Edition;
use crate::proto::{
    ClientInfo, Codec, DisconnectReason, JoinRequest, JoinResponse, LeaveRequest, ParticipantUpdate,
    Response, RoomUpdate, ServerInfo,
};
use crate::resume::Departures;
use crate::standing::Standing;
use crate::v0::{Offers, Version};
use crate::wire::sid;

/// Told to clients; they decide by it what we can do. 17: with 18 some clients use data channels
/// negotiated without DCEP.
const PROTOCOL: i32 = 17;
/// Clients switch features by the server's version.
const VERSION: &str = "1.13.0";
/// What may be published; a client whose wish is not among these sends the first video codec.
const PUBLISHED: [&str; 5] = ["video/VP8", "video/H264", "video/VP9", "video/AV1", "audio/opus"];
/// Seconds between a client's pings, and without an answer until it gives the connection up.
const PING_INTERVAL: i32 = 5;
const PING_TIMEOUT: i32 = 15;

impl Room {
    /// Somebody joins, or comes back.
    pub(super) async fn join(&mut self, join: Join) {
        self.idle_since = None;
        // Whoever was removed between the door and here.
        if self.revoked.refuses(&join.claims) {
            let farewell = leave(DisconnectReason::ParticipantRemoved, Action::Disconnect);
            let _ = join.outbox.try_send(farewell);
            return;
        }
        if join.request.reconnect {
            return self.resume(join).await;
        }
        let identity = join.claims.sub.clone();
        if self.people.contains_key(&identity) {
            self.part(&identity, DisconnectReason::DuplicateIdentity, Some(Action::Disconnect)).await;
        }
        if !join.claims.video.hidden && !self.has_place(&identity) {
            let _ = join.outbox.try_send(leave(DisconnectReason::JoinFailure, Action::Disconnect));
            return;
        }
        let participant_sid = sid("PA_");
        let (sender, events) = mpsc::channel(media::EVENTS);
        let can_subscribe = join.claims.video.permission().can_subscribe;
        let added = match join.version {
            Version::V1 => self.media.add_peer(participant_sid.clone(), sender).await,
            Version::V0 => {
                let primary = if can_subscribe { Leg::Subscriber } else { Leg::Publisher };
                self.media.add_split_peer(participant_sid.clone(), sender, primary).await
            }
        };
        let Ok(peer) = added else {
            let _ = join.outbox.try_send(leave(DisconnectReason::JoinFailure, Action::Disconnect));
            return;
        };
        self.names.insert(peer, identity.clone());
        self.introduce(&participant_sid, &identity);
        let JoinRequest { client_info, connection_settings, metadata, participant_attributes, .. } =
            join.request;
        let mut claims = join.claims;
        self.hold_to_permit(&mut claims);
        let permission = claims.video.permission();
        if permission.can_update_metadata {
            if !metadata.is_empty() {
                claims.metadata = metadata;
            }
            claims.attributes.extend(participant_attributes);
        }
        let now_ms = now_ms();
        let (negotiation, offers) = match join.version {
            Version::V1 => (Negotiation::default(), None),
            Version::V0 => (Negotiation::begun(self.now), Some(Offers::default())),
        };
        let participant = Participant {
            sid: participant_sid,
            claims,
            permission,
            client: ClientInfo { address: String::new(), ..client_info.unwrap_or_default() },
            settings: connection_settings.unwrap_or_else(default_settings),
            joined_at_ms: now_ms,
            version: 1,
            state: State::Joined,
            tracks: Vec::new(),
            peer,
            events,
            link: Link {
                outbox: Some(join.outbox),
                connection: join.connection,
                since: self.now,
                socket_lost: None,
                ice_lost: None,
                resume_at: None,
            },
            negotiation,
            offers,
            told: BTreeMap::new(),
            told_count: 0,
            departures: Departures::default(),
            standing: Standing::default(),
            chosen: BTreeMap::new(),
            withheld: HashSet::new(),
            sized: HashSet::new(),
            audience: None,
            last_sequence: 0,
            publishing: (false, false),
            next_refresh_ms: now_ms,
        };
        self.people.insert(identity.clone(), participant);
        // Before the client can offer: what it may receive, in the media plane.
        self.apply_visibility().await;
        self.choices_changed = true;
        self.sync_choices().await;
        self.welcome(&identity);
        self.changed = true;
        for request in join.request.add_track_requests {
            self.add_track(&identity, request).await;
        }
        if let Some(offer) = join.request.publisher_offer.filter(|offer| !offer.sdp.is_empty()) {
            self.offer(&identity, offer).await;
        }
        self.refresh_token(&identity, now_ms);
    }

    /// The first message of a fresh join.
    fn welcome(&mut self, identity: &str) {
        let Some(me) = self.people.get(identity) else { return };
        let others: Vec<_> =
            self.people.values().filter(|one| one.sid != me.sid && self.shown(me, one)).collect();
        let told: BTreeMap<_, _> = others
            .iter()
            .copied()
            .chain([me])
            .map(|one| (one.sid.clone(), Told { identity: one.identity().to_owned(), version: one.version }))
            .collect();
        let response = JoinResponse {
            room: Some(self.room_info(told.len())),
            participant: Some(me.info()),
            other_participants: others.iter().map(|one| one.info()).collect(),
            server_version: VERSION.to_owned(),
            ice_servers: self.config.ice_servers.told_to(identity, now_ms()),
            subscriber_primary: me.offers.is_some() && me.permission.can_subscribe,
            ping_timeout: PING_TIMEOUT,
            ping_interval: PING_INTERVAL,
            server_info: Some(server_info(me)),
            enabled_publish_codecs: PUBLISHED.map(codec).to_vec(),
            fast_publish: true,
            ..JoinResponse::default()
        };
        let count = u32::try_from(told.len()).unwrap_or(u32::MAX);
        self.send(identity, Response::Join(response));
        if let Some(me) = self.people.get_mut(identity) {
            me.told = told;
            me.told_count = count;
        }
    }

    /// The WebSocket broke; the place is kept for the grace time.
    pub(super) fn lost(&mut self, identity: &str, connection: u64) {
        if let Some(one) = self.people.get_mut(identity).filter(|one| one.link.connection == connection) {
            one.link.outbox = None;
            one.link.socket_lost.get_or_insert(self.now);
        }
    }

    /// Ends somebody's session, with a word to the client if `action` is given.
    pub(super) async fn part(&mut self, identity: &str, reason: DisconnectReason, action: Option<Action>) {
        if let Some(action) = action {
            self.send(identity, leave(reason, action));
        }
        let Some(gone) = self.people.remove(identity) else { return };
        self.media.remove_peer(gone.peer).await;
        self.talk.forget(self.now, identity);
        self.partings.insert(gone.sid, reason);
        self.changed = true;
        self.want_offers();
        self.emit(WireEvent::Disconnected { room: self.name.clone(), identity: identity.to_owned() });
    }

    /// Ends the room.
    pub(super) async fn close(&mut self, reason: DisconnectReason) {
        let action =
            if reason == DisconnectReason::ServerShutdown { Action::Reconnect } else { Action::Disconnect };
        for identity in self.identities() {
            self.part(&identity, reason, Some(action)).await;
        }
        self.media.close().await;
        self.closed = true;
    }

    /// The room as a client is told of it; `seen` is how many that client may know of, itself included.
    pub(super) fn room_info(&self, seen: usize) -> crate::proto::Room {
        let mut room = crate::proto::Room {
            sid: self.sid.clone(),
            name: self.name.clone(),
            creation_time: i64::try_from(self.created_ms / 1000).unwrap_or_default(),
            creation_time_ms: i64::try_from(self.created_ms).unwrap_or_default(),
            num_participants: u32::try_from(seen).unwrap_or(u32::MAX),
            enabled_codecs: PUBLISHED.map(codec).to_vec(),
            ..crate::proto::Room::default()
        };
        self.settings.tell(&mut room);
        room
    }

    /// Sends an update and, when the number of people in sight changed, the room's.
    pub(super) fn send_update(&mut self, identity: &str, participants: Vec<crate::proto::ParticipantInfo>) {
        self.send(identity, Response::Update(ParticipantUpdate { participants }));
        let Some(me) = self.people.get_mut(identity) else { return };
        let count = u32::try_from(me.told.len()).unwrap_or(u32::MAX);
        if std::mem::replace(&mut me.told_count, count) != count {
            let room = self.room_info(count as usize);
            self.send(identity, Response::RoomUpdate(RoomUpdate { room: Some(room) }));
        }
    }
}

/// A farewell to a client.
pub(super) fn leave(reason: DisconnectReason, action: Action) -> Response {
    Response::Leave(LeaveRequest {
        can_reconnect: action != Action::Disconnect,
        reason: reason.into(),
        action: action.into(),
    })
}

fn default_settings() -> crate::proto::ConnectionSettings {
    crate::proto::ConnectionSettings { auto_subscribe: true, ..Default::default() }
}

/// What this server says it is, in `join` and `reconnect`.
pub(super) fn server_info(told: &Participant) -> ServerInfo {
    // Clients of the older wire are of many ages: what they do not know of is not claimed.
    let protocol = if told.offers.is_some() { PROTOCOL.min(told.client.protocol.max(1)) } else { PROTOCOL };
    ServerInfo {
        edition: Edition::Standard.into(),
        version: VERSION.to_owned(),
        protocol,
        ..ServerInfo::default()
    }
}

fn codec(mime: &str) -> Codec {
    Codec { mime: mime.to_owned(), fmtp_line: String::new() }
}
