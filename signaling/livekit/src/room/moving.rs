//! Somebody is moved to another room (`MoveParticipant`): the client is handed a token for it and told to connect anew.
//!
//! A media peer lives in one room of one media thread, so the connection is made again; all clients can do that. It is
//! for plain rooms. Areas of a sitting are scopes of one room, and only the sitting flips them.

use super::{Eye, Room};
use crate::clock::now_ms;
use crate::proto::leave_request::Action;
use crate::proto::{DisconnectReason, Response};
use crate::scope::Scope;
use crate::token;
use crate::twirp::{Code, Refused};

impl Room {
    /// Sends somebody to `destination`, with the rights they have here except those over this room itself. When this
    /// returns their media here is gone.
    pub(crate) async fn move_to(
        &mut self,
        eye: &Eye,
        identity: &str,
        destination: &str,
    ) -> Result<(), Refused> {
        // First: of a governed room a seat learns nothing more by this than by any other call.
        self.participant(eye, identity)?;
        if self.scope != Scope::Plain {
            return Err(Refused::new(
                Code::FailedPrecondition,
                "people of a sitting are moved by the sitting",
            ));
        }
        let me = self.people.get(identity).ok_or_else(Refused::no_participant)?;
        if me.link.outbox.is_none() {
            return Err(Refused::new(Code::Unavailable, "participant is not reached at the moment"));
        }
        let mut claims = me.claims.clone().renewed(now_ms(), self.config.refresh * 2);
        destination.clone_into(&mut claims.video.room);
        claims.video.room_admin = false;
        claims.video.destination_room.clear();
        let token = token::mint(&claims, &self.config.keys)
            .map_err(|error| Refused::new(Code::Unavailable, error.to_string()))?;
        self.send(identity, Response::RefreshToken(token));
        self.part(identity, DisconnectReason::Migration, Some(Action::Reconnect)).await;
        Ok(())
    }

    /// Whether one more may come in under this name.
    pub(crate) fn takes(&self, identity: &str) -> bool {
        self.people.contains_key(identity) || self.has_place(identity)
    }
}
