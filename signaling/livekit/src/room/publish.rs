//! Publishing: tracks are announced, bound to a media section by an offer, muted, and gone.

use media::{Codec, Kind, TrackId};

use super::Room;
use crate::clock::now_ms;
use crate::permission::may_publish;
use crate::proto::request_response::{Reason, Request as About};
use crate::proto::{AddTrackRequest, MuteTrackRequest, Response, TrackPublishedResponse};
use crate::track::Track;
use crate::wire::sid;

/// Nobody needs more; each costs every subscriber a section.
const TRACKS_PER_PARTICIPANT: usize = 16;

impl Room {
    /// A client announces a track it is about to offer.
    pub(super) async fn add_track(&mut self, identity: &str, request: AddTrackRequest) {
        let Some(me) = self.people.get(identity) else { return };
        if let Some(known) =
            me.tracks.iter().find(|track| track.info.sid == request.sid && !request.sid.is_empty())
        {
            // A second codec for a published track: the first one serves everybody here.
            let published = TrackPublishedResponse { cid: request.cid, track: Some(known.info.clone()) };
            return self.send(identity, Response::TrackPublished(published));
        }
        if !may_publish(&me.permission, request.source()) {
            let text = "does not have permission to publish this source";
            return self.respond(identity, 0, Reason::NotAllowed, text, About::AddTrack(request));
        }
        if me.tracks.len() >= TRACKS_PER_PARTICIPANT {
            return self.respond(
                identity,
                0,
                Reason::LimitExceeded,
                "too many tracks",
                About::AddTrack(request),
            );
        }
        let (cid, peer) = (request.cid.clone(), me.peer);
        let mut track = Track::new(sid("TR_"), request);
        track.touch(now_ms());
        track.info.muted |= self.keeps_closed(identity, &track);
        if self.media.announce_track(peer, track.spec()).await.is_err() {
            return;
        }
        if track.info.muted {
            self.media.set_muted(peer, track.id(), true).await;
        }
        let info = track.info.clone();
        if let Some(me) = self.people.get_mut(identity) {
            me.tracks.push(track);
        }
        // Whoever does not want it must not be given a section for it when it is bound.
        self.choices_changed = true;
        self.sync_choices().await;
        self.send(identity, Response::TrackPublished(TrackPublishedResponse { cid, track: Some(info) }));
    }

    /// A client mutes or unmutes its own track.
    pub(super) async fn mute(&mut self, identity: &str, track_sid: &str, muted: bool) {
        let track =
            self.people.get(identity).and_then(|me| me.tracks.iter().find(|t| t.info.sid == track_sid));
        if !muted && track.is_some_and(|track| self.keeps_closed(identity, track)) {
            return self.close_again(identity, track_sid);
        }
        let Some(me) = self.people.get_mut(identity) else { return };
        let peer = me.peer;
        let Some(track) = me.track(track_sid).filter(|track| track.info.muted != muted) else { return };
        track.info.muted = muted;
        track.touch(now_ms());
        me.touch();
        self.changed = true;
        self.media.set_muted(peer, TrackId::from(track_sid), muted).await;
    }

    /// The server mutes somebody. It never unmutes: that would open a microphone.
    pub(super) async fn mute_by_server(&mut self, identity: &str, audio: bool, video: bool) {
        let Some(me) = self.people.get_mut(identity) else { return };
        let chosen = |track: &Track| match track.kind() {
            Kind::Audio => audio,
            Kind::Video => video,
        };
        let sids: Vec<String> = me
            .tracks
            .iter()
            .filter(|track| chosen(track) && !track.info.muted)
            .map(|track| track.info.sid.clone())
            .collect();
        for sid in sids {
            self.mute(identity, &sid, true).await;
            self.send(identity, Response::Mute(MuteTrackRequest { sid, muted: true }));
        }
    }

    /// A client changes the description of its own track.
    pub(super) fn change_track(&mut self, identity: &str, track_sid: &str, change: impl FnOnce(&mut Track)) {
        let Some(me) = self.people.get_mut(identity) else { return };
        let Some(track) = me.track(track_sid) else { return };
        change(track);
        track.touch(now_ms());
        me.touch();
        self.changed = true;
    }

    /// A media section carries the track: others may be told.
    pub(super) fn bound(&mut self, identity: &str, id: &TrackId, mid: String, codec: Codec, rids: &[String]) {
        self.change_track(identity, id.as_str(), |track| track.bind(mid, codec, rids));
        self.want_offers();
    }

    /// The track's section ended with an offer.
    pub(super) fn gone(&mut self, identity: &str, id: &TrackId) {
        let Some(me) = self.people.get_mut(identity) else { return };
        me.tracks.retain(|track| track.info.sid != id.as_str());
        me.touch();
        self.changed = true;
        self.want_offers();
    }
}
