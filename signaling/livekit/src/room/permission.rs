//! Rights that change while somebody is connected: what they may no longer publish ends, everyone is told, and
//! tokens made from now on say the same.

use super::Room;
use crate::clock::now_ms;
use crate::permission::may_publish;
use crate::proto::{ParticipantPermission, Response, TrackUnpublishedResponse};
use crate::token::Claims;

/// Rights somebody was given while connected, and when.
#[derive(Debug, Clone)]
pub(super) struct Permit {
    permission: ParticipantPermission,
    since_ms: u64,
}

impl Room {
    /// Gives somebody these rights. `false`: there is no such participant.
    pub(crate) async fn permit(&mut self, identity: &str, permission: ParticipantPermission) -> bool {
        let Some(me) = self.people.get_mut(identity) else { return false };
        me.claims.video.set_permission(&permission);
        let permission = me.claims.video.permission();
        me.permission = permission.clone();
        me.touch();
        let forbidden: Vec<_> = me
            .tracks
            .iter()
            .filter(|track| !may_publish(&permission, track.info.source()))
            .map(|track| (me.peer, track.id()))
            .collect();
        me.tracks.retain(|track| may_publish(&permission, track.info.source()));
        for (peer, track) in forbidden {
            // When this returns nothing of it is forwarded; what the client does about it comes later.
            self.media.remove_track(peer, track.clone()).await;
            let gone = TrackUnpublishedResponse { track_sid: track.to_string() };
            self.send(identity, Response::TrackUnpublished(gone));
        }
        self.permits.insert(identity.to_owned(), Permit { permission, since_ms: now_ms() });
        self.changed = true;
        self.choices_changed = true;
        self.want_offers();
        // The client comes back with this one, so that it keeps what it was given.
        self.refresh_token(identity, now_ms());
        true
    }

    /// A token made before the rights were changed counts for who it names, not for what it allows: else joining
    /// anew would bring back what was taken.
    pub(super) fn hold_to_permit(&self, claims: &mut Claims) {
        if let Some(permit) = self.permits.get(&claims.sub)
            && claims.issued_ms() <= permit.since_ms
        {
            claims.video.set_permission(&permit.permission);
        }
    }
}
