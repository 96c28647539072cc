//! After each message: tell people what changed for them, then have them negotiate for it.

use super::Room;
use crate::events::WireEvent;
use crate::participant::{Told, farewell};
use crate::proto::{DisconnectReason, MediaSectionsRequirement, ParticipantInfo, Response};

impl Room {
    /// Brings everybody up to date. People first, then sections: a client drops a track of someone unknown.
    pub(super) async fn settle(&mut self) {
        if std::mem::take(&mut self.changed) {
            for identity in self.identities() {
                self.tell_with(&identity, Vec::new());
                self.report(&identity);
            }
            self.partings.clear();
        }
        self.sync_choices().await;
        self.ask_for_offers().await;
    }

    /// Tells one participant who vanished and who appeared or changed, in one message; `more` goes first.
    pub(super) fn tell_with(&mut self, identity: &str, more: Vec<ParticipantInfo>) {
        let Some(me) = self.people.get(identity) else { return };
        let mut update = more;
        let gone: Vec<ParticipantInfo> = me
            .told
            .iter()
            .filter(|(sid, told)| {
                let still = self.people.get(&told.identity).filter(|one| one.sid == **sid);
                !still.is_some_and(|one| one.sid == me.sid || self.shown(me, one))
            })
            .map(|(sid, told)| {
                let reason = self.partings.get(sid).copied().unwrap_or(DisconnectReason::UnknownReason);
                farewell(sid, &told.identity, told.version.saturating_add(1), reason)
            })
            .collect();
        let fresh: Vec<ParticipantInfo> = self
            .people
            .values()
            .filter(|one| one.sid == me.sid || self.shown(me, one))
            .filter(|one| me.told.get(&one.sid).is_none_or(|told| told.version < one.version))
            .map(super::Participant::info)
            .collect();
        if let Some(me) = self.people.get_mut(identity) {
            for info in &gone {
                me.told.remove(&info.sid);
                me.departures.add(info.clone());
            }
            if fresh.iter().any(|info| info.sid != me.sid && !info.tracks.is_empty()) {
                me.negotiation.gained(self.now);
            } else if !gone.is_empty() {
                me.negotiation.lost(self.now);
            }
            for info in &fresh {
                me.departures.returned(&info.sid);
                update.retain(|departed| departed.sid != info.sid);
                me.told.insert(
                    info.sid.clone(),
                    Told { identity: info.identity.clone(), version: info.version },
                );
            }
        }
        update.extend(gone);
        update.extend(fresh);
        if !update.is_empty() {
            self.send_update(identity, update);
        }
    }

    /// Sections may have become free for anybody.
    pub(super) fn want_offers(&mut self) {
        for one in self.people.values_mut() {
            one.negotiation.lost(self.now);
        }
    }

    async fn ask_for_offers(&mut self) {
        for identity in self.identities() {
            let Some(one) = self.people.get_mut(&identity) else { continue };
            if one.offers.is_some() {
                if one.link.outbox.is_some() {
                    self.offer_to(&identity).await;
                }
                continue;
            }
            if one.link.outbox.is_none() || !one.negotiation.due(self.now) {
                continue;
            }
            let Some(missing) = self.media.requirement(one.peer).await else { continue };
            one.negotiation.asked(self.now);
            tracing::debug!(room = %self.name, identity, ?missing, "asked to offer");
            let requirement = MediaSectionsRequirement {
                num_audios: u32::try_from(missing.audio).unwrap_or_default(),
                num_videos: u32::try_from(missing.video).unwrap_or_default(),
            };
            self.send(&identity, Response::MediaSectionsRequirement(requirement));
        }
    }

    /// Tells the application when what somebody publishes has changed.
    fn report(&mut self, identity: &str) {
        let Some(one) = self.people.get_mut(identity) else { return };
        let (audio, video) = one.on_air();
        if std::mem::replace(&mut one.publishing, (audio, video)) != (audio, video) {
            self.emit(WireEvent::TracksChanged {
                room: self.name.clone(),
                identity: identity.to_owned(),
                audio,
                video,
            });
        }
    }
}
