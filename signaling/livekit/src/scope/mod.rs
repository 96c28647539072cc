//! The visibility gate of the signalling: every message to a participant passes here, and whatever it says
//! about someone that participant may not see is taken out.
//!
//! The gate is not what keeps a caucus private (the forwarding table of the media plane does); it keeps names,
//! presence, counts, loudness and descriptions from leaking beside it. The match has no wildcard, so a new kind
//! of message does not compile before its scope is decided.

use std::collections::BTreeMap;

use crate::events::Pairs;
use crate::proto::participant_info::State;
use crate::proto::{JoinResponse, ParticipantInfo, Response, RoomUpdate, SessionDescription};

/// Who may see whom in a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everybody sees everybody.
    #[default]
    Plain,
    /// Only these directed pairs of identities (from, to).
    Governed(Pairs),
}

impl Scope {
    /// Whether the participant `viewer` may see and hear `subject`.
    pub fn sees(&self, viewer: &str, subject: &str) -> bool {
        match self {
            Self::Plain => true,
            // A HashSet of tuples of Strings cannot be asked with borrowed halves; rooms are small.
            Self::Governed(pairs) => pairs.contains(&(subject.to_owned(), viewer.to_owned())),
        }
    }
}

impl Scope {
    /// Opens one directed pair.
    pub fn open(&mut self, from: &str, to: &str) {
        if let Self::Governed(pairs) = self {
            pairs.insert((from.to_owned(), to.to_owned()));
        }
    }
}

/// What the gate must know about the one who would receive a message.
pub(crate) struct View<'a> {
    /// Sid of the receiver.
    pub me: &'a str,
    /// Whether the receiver may see the participant with this sid.
    pub sees: &'a dyn Fn(&str) -> bool,
    /// Whether the receiver was told of the participant with this sid earlier.
    pub told: &'a dyn Fn(&str) -> bool,
    /// Sid of the participant who publishes a track.
    pub owner: &'a dyn Fn(&str) -> Option<String>,
}

impl View<'_> {
    fn of(&self, sid: &str) -> bool {
        sid == self.me || (self.sees)(sid)
    }

    fn of_track(&self, track: &str) -> bool {
        (self.owner)(track).is_some_and(|owner| self.of(&owner))
    }

    fn is_own(&self, track: &str) -> bool {
        (self.owner)(track).is_some_and(|owner| owner == self.me)
    }

    /// Someone may be spoken of when seen; someone who vanished only if known before, and only by name.
    fn person(&self, info: ParticipantInfo) -> Option<ParticipantInfo> {
        if info.state() != State::Disconnected {
            return self.of(&info.sid).then_some(info);
        }
        (info.sid == self.me || (self.told)(&info.sid)).then(|| ParticipantInfo {
            sid: info.sid,
            identity: info.identity,
            state: State::Disconnected.into(),
            version: info.version,
            disconnect_reason: info.disconnect_reason,
            kind: info.kind,
            ..ParticipantInfo::default()
        })
    }
}

/// What of a message the receiver may have. `None`: nothing is left of it.
pub(crate) fn pass(view: &View<'_>, message: Response) -> Option<Response> {
    Some(match message {
        Response::Join(join) => Response::Join(pass_join(view, join)),
        Response::Update(mut update) => {
            update.participants =
                update.participants.into_iter().filter_map(|info| view.person(info)).collect();
            if update.participants.is_empty() {
                return None;
            }
            Response::Update(update)
        }
        Response::SpeakersChanged(mut changed) => {
            changed.speakers.retain(|speaker| view.of(&speaker.sid));
            if changed.speakers.is_empty() {
                return None;
            }
            Response::SpeakersChanged(changed)
        }
        Response::ConnectionQuality(mut quality) => {
            quality.updates.retain(|update| view.of(&update.participant_sid));
            if quality.updates.is_empty() {
                return None;
            }
            Response::ConnectionQuality(quality)
        }
        Response::StreamStateUpdate(mut update) => {
            update
                .stream_states
                .retain(|state| view.of(&state.participant_sid) && view.of_track(&state.track_sid));
            if update.stream_states.is_empty() {
                return None;
            }
            Response::StreamStateUpdate(update)
        }
        Response::SubscriptionPermissionUpdate(update) => {
            view.of(&update.participant_sid).then_some(Response::SubscriptionPermissionUpdate(update))?
        }
        // The description itself is made by the media plane, from the forwarding table.
        Response::Answer(answer) => Response::Answer(pass_description(view, answer)),
        Response::Offer(offer) => Response::Offer(pass_description(view, offer)),
        // How many are in the room is what the receiver sees; the sender of the message has counted so.
        Response::RoomUpdate(RoomUpdate { room: Some(mut room) }) => {
            room.num_publishers = 0;
            Response::RoomUpdate(RoomUpdate { room: Some(room) })
        }
        Response::RoomUpdate(RoomUpdate { room: None }) => return None,
        // Of one's own tracks only; what viewers ask for would betray who is watching.
        Response::TrackPublished(published) => Response::TrackPublished(published),
        Response::TrackUnpublished(gone) => Response::TrackUnpublished(gone),
        Response::Mute(mute) => view.is_own(&mute.sid).then_some(Response::Mute(mute))?,
        Response::SubscribedQualityUpdate(update) => {
            view.is_own(&update.track_sid).then_some(Response::SubscribedQualityUpdate(update))?
        }
        Response::TrackSubscribed(subscribed) => {
            view.is_own(&subscribed.track_sid).then_some(Response::TrackSubscribed(subscribed))?
        }
        // The receiver's own affairs. `SubscriptionResponse` repeats an id the receiver itself sent.
        own @ (Response::Leave(_)
        | Response::RefreshToken(_)
        | Response::Pong(_)
        | Response::PongResp(_)
        | Response::Reconnect(_)
        | Response::SubscriptionResponse(_)
        | Response::RequestResponse(_)
        | Response::MediaSectionsRequirement(_)) => own,
    })
}

fn pass_join(view: &View<'_>, mut join: JoinResponse) -> JoinResponse {
    join.other_participants.retain(|info| info.sid != view.me && (view.sees)(&info.sid));
    if let Some(room) = &mut join.room {
        room.num_participants =
            u32::try_from(join.other_participants.len()).unwrap_or(u32::MAX).saturating_add(1);
        room.num_publishers = 0;
    }
    join
}

fn pass_description(view: &View<'_>, mut answer: SessionDescription) -> SessionDescription {
    let tracks: BTreeMap<String, String> = std::mem::take(&mut answer.mid_to_track_id);
    answer.mid_to_track_id = tracks.into_iter().filter(|(_, track)| view.of_track(track)).collect();
    answer
}

#[cfg(test)]
mod tests;
