//! A recording in a room: a tap of the media plane, under an identity that is nobody's.
//!
//! It is a receiver of the room's pairs like a participant, `(identity, @recorder)`, so that it is the application's
//! visibility decision, flipped like any other, that says whom it records. It is not a participant: it cannot be
//! joined as, nobody is told of it, and it can publish nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use media::{PeerId, Tap, TapEnd, TappedPacket, TappedTrack, TrackId};

use super::Room;
use crate::scope::Scope;

/// The identity of the recording in a room's pairs. No token is good for it.
pub const RECORDER: &str = "@recorder";

/// Identities by participant sid, for a tap on the media thread.
type Names = Arc<Mutex<HashMap<String, String>>>;

/// The recording attached to a room.
pub(super) struct Attached {
    peer: PeerId,
    names: Names,
}

impl Room {
    /// Attaches a recording, in place of a former one. Refused in a plain room, where nobody decides whom it may
    /// record.
    pub(super) async fn attach_recorder(&mut self, tap: Box<dyn Tap>) -> bool {
        self.detach_recorder().await;
        if self.scope == Scope::Plain {
            return false;
        }
        let names: Names = Arc::default();
        let named = Named { inner: tap, names: Arc::clone(&names) };
        let Ok(peer) = self.media.add_tap(Box::new(named)).await else { return false };
        self.names.insert(peer, RECORDER.to_owned());
        self.recorder = Some(Attached { peer, names });
        for one in self.people.values() {
            self.introduce(&one.sid, one.identity());
        }
        // Nothing flows to it before this.
        self.apply_visibility().await;
        true
    }

    /// Takes the recording off. When this returns it has been given its last packet.
    pub(super) async fn detach_recorder(&mut self) {
        if let Some(attached) = self.recorder.take() {
            self.media.remove_tap(attached.peer).await;
        }
    }

    /// Tells the recording who a participant is, before anything of it can reach the recording.
    pub(super) fn introduce(&self, sid: &str, identity: &str) {
        if let Some(attached) = &self.recorder {
            let mut names = attached.names.lock().unwrap_or_else(PoisonError::into_inner);
            names.insert(sid.to_owned(), identity.to_owned());
        }
    }

    /// The recording's place in the media plane.
    pub(super) fn recorder_peer(&self, identity: &str) -> Option<PeerId> {
        self.recorder.as_ref().filter(|_| identity == RECORDER).map(|attached| attached.peer)
    }
}

/// A tap that says identities where the media plane says sids.
struct Named {
    inner: Box<dyn Tap>,
    names: Names,
}

impl Tap for Named {
    fn attached(&mut self) {
        self.inner.attached();
    }

    fn begin(&mut self, track: &TappedTrack) {
        let mut track = track.clone();
        // Held for a lookup, at the begin of a track only.
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(identity) = names.get(&track.publisher) {
            track.publisher.clone_from(identity);
        }
        drop(names);
        self.inner.begin(&track);
    }

    fn packet(&mut self, track: &TrackId, packet: TappedPacket) {
        self.inner.packet(track, packet);
    }

    fn end(&mut self, track: &TrackId, why: TapEnd) {
        self.inner.end(track, why);
    }

    fn lost_picture(&mut self, track: &TrackId) -> bool {
        self.inner.lost_picture(track)
    }
}
