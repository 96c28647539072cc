//! What a room is set to by the room service: how long it stays empty, how many it takes, its metadata.

use std::time::Duration;

use super::Room;
use super::admin::Eye;
use crate::proto::{CreateRoomRequest, Response, RoomUpdate};
use crate::scope::Scope;
use crate::twirp::{Code, Refused};

/// A plain room nobody asked to keep ends this long after the last one left.
const DEPARTURE: Duration = Duration::from_secs(20);
/// A room that was created by the service waits this long for the first to come (LiveKit's default).
const EMPTY: Duration = Duration::from_mins(5);
/// Metadata may not be longer than this many bytes.
const METADATA_LIMIT: usize = 64 * 1024;

/// Settings of one room.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// How long it waits for the first to come.
    empty: Duration,
    /// How long it stays after the last one left.
    departure: Duration,
    /// 0: as many as come.
    most: u32,
    pub metadata: String,
    /// The service has set it.
    configured: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { empty: DEPARTURE, departure: DEPARTURE, most: 0, metadata: String::new(), configured: false }
    }
}

impl Settings {
    /// How long the empty room is kept.
    pub fn patience(&self, anyone_came: bool) -> Duration {
        if anyone_came { self.departure } else { self.empty }
    }

    /// As the protocol tells it.
    pub fn tell(&self, room: &mut crate::proto::Room) {
        let seconds = |of: Duration| u32::try_from(of.as_secs()).unwrap_or(u32::MAX);
        room.empty_timeout = seconds(self.empty);
        room.departure_timeout = seconds(self.departure);
        room.max_participants = self.most;
        room.metadata.clone_from(&self.metadata);
    }
}

impl Room {
    /// Sets up a room that was just created. One that is there already, or is governed by the application, stays as
    /// it is.
    pub(crate) fn configure(&mut self, request: &CreateRoomRequest) {
        let taken = self.settings.configured || !self.people.is_empty() || self.scope != Scope::Plain;
        if taken || request.metadata.len() > METADATA_LIMIT {
            return;
        }
        let or = |seconds: u32, otherwise| match seconds {
            0 => otherwise,
            seconds => Duration::from_secs(seconds.into()),
        };
        self.settings = Settings {
            empty: or(request.empty_timeout, EMPTY),
            departure: or(request.departure_timeout, DEPARTURE),
            most: request.max_participants,
            metadata: request.metadata.clone(),
            configured: true,
        };
        self.idle_since = None;
    }

    /// Whether another one may come in. Hidden ones are not counted.
    pub(super) fn has_place(&self, identity: &str) -> bool {
        let others = |one: &&super::Participant| one.identity() != identity && !one.permission.hidden;
        let taken = self.people.values().filter(others).count();
        self.settings.most == 0 || u32::try_from(taken).is_ok_and(|taken| taken < self.settings.most)
    }

    /// Changes the room's metadata and tells everybody. A seat of a governed room may not: it would be heard in
    /// every area.
    pub(crate) fn update_metadata_of_room(
        &mut self,
        eye: &Eye,
        metadata: String,
    ) -> Result<crate::proto::Room, Refused> {
        if *eye != Eye::Server && self.scope != Scope::Plain {
            return Err(Refused::new(Code::PermissionDenied, "only a server may speak to the whole sitting"));
        }
        if metadata.len() > METADATA_LIMIT {
            return Err(Refused::new(Code::ResourceExhausted, "metadata is too large"));
        }
        self.settings.metadata = metadata;
        for identity in self.identities() {
            let count = self.people.get(&identity).map_or(0, |one| one.told.len());
            let room = self.room_info(count);
            self.send(&identity, Response::RoomUpdate(RoomUpdate { room: Some(room) }));
        }
        self.described(eye).ok_or_else(Refused::no_room)
    }
}
