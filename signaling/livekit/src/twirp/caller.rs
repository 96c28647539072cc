//! Who calls the room service: a token, its grants, and how much of a room it may see.

use http::{HeaderMap, header};

use super::{Code, Refused};
use crate::clock::now_ms;
use crate::room::Eye;
use crate::token::{self, Claims, TokenError};
use crate::wire::Wire;

/// The bearer of a good token.
pub(super) struct Caller {
    claims: Claims,
}

impl Caller {
    pub async fn of(wire: &Wire, headers: &HeaderMap) -> Result<Self, Refused> {
        let no = |error: TokenError| match error {
            TokenError::Unchecked => Refused::new(Code::Unavailable, error.to_string()),
            _ => Refused::new(Code::Unauthenticated, error.to_string()),
        };
        let stated = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = stated.and_then(|stated| stated.strip_prefix("Bearer ")).unwrap_or_default();
        if token.is_empty() {
            return Err(no(TokenError::Missing));
        }
        let claims = token::verify(token, &wire.shared.config.keys, now_ms()).map_err(no)?;
        wire.shared.revoked.check(&claims).await.map_err(no)?;
        Ok(Self { claims })
    }

    pub fn may_create(&self) -> Result<(), Refused> {
        granted(self.claims.video.room_create, "roomCreate is not granted")
    }

    pub fn may_list(&self) -> Result<(), Refused> {
        granted(self.claims.video.room_list, "roomList is not granted")
    }

    /// The admin grant is for one room, by name.
    pub fn may_administer(&self, room: &str) -> Result<(), Refused> {
        let video = &self.claims.video;
        granted(video.room_admin && video.room == room, "roomAdmin is not granted for this room")
    }

    /// The grant names both rooms.
    pub fn may_move(&self, room: &str, destination: &str) -> Result<(), Refused> {
        self.may_administer(room)?;
        let granted_to = &self.claims.video.destination_room;
        granted(granted_to == destination, "destinationRoom is not granted for that room")
    }

    /// How it looks at rooms.
    pub fn eye(&self) -> Eye {
        let video = &self.claims.video;
        if video.room_join {
            Eye::Seat { room: video.room.clone(), identity: self.claims.sub.clone() }
        } else {
            Eye::Server
        }
    }
}

fn granted(yes: bool, otherwise: &str) -> Result<(), Refused> {
    if yes { Ok(()) } else { Err(Refused::new(Code::PermissionDenied, otherwise)) }
}
