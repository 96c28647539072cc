//! Microphones the application keeps closed: whatever the client does, nothing of them is forwarded until the
//! application lets go. Letting go opens nothing: the client has to unmute by itself.

use media::Kind;

use super::Room;
use crate::proto::{MuteTrackRequest, Response};
use crate::track::Track;

impl Room {
    /// Keeps the sound of `identity` closed from now on, over reconnects and new tracks, or lets go of it.
    pub(super) async fn silence(&mut self, identity: &str, on: bool) {
        if on {
            self.silenced.insert(identity.to_owned());
            self.mute_by_server(identity, true, false).await;
        } else {
            self.silenced.remove(identity);
        }
    }

    /// Whether this track of `identity` must stay closed.
    pub(super) fn keeps_closed(&self, identity: &str, track: &Track) -> bool {
        track.kind() == Kind::Audio && self.silenced.contains(identity)
    }

    /// A client opened a track that is kept closed: it is told that it is muted.
    pub(super) fn close_again(&mut self, identity: &str, track_sid: &str) {
        let sid = track_sid.to_owned();
        self.send(identity, Response::Mute(MuteTrackRequest { sid, muted: true }));
    }
}
