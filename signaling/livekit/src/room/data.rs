//! Data packets on their way from one participant to those who may see it.

use bytes::Bytes;
use media::{Channel, PeerId};

use super::Room;
use crate::data::{Sender, route};
use crate::proto::DataChannelReceiveState;
use crate::proto::participant_info::Kind;

impl Room {
    /// A packet of a participant. It goes to whom it names, or to everyone, as far as they may see the sender;
    /// the media plane looks at that once more when it sends.
    pub(super) fn data(&mut self, identity: &str, channel: Channel, bytes: Bytes) {
        let Some(me) = self.people.get_mut(identity).filter(|one| one.permission.can_publish_data) else {
            return;
        };
        // Data tracks are not offered; their packets have another form.
        if channel == Channel::DataTrack {
            return;
        }
        let sender = Sender { identity: &me.claims.sub, sid: &me.sid, is_agent: me.kind() == Kind::Agent };
        let Some(packet) = route(bytes, &sender) else { return };
        if channel == Channel::Reliable && packet.sequence > 0 {
            // Sent again after a resume.
            if packet.sequence <= me.last_sequence {
                return;
            }
            me.last_sequence = packet.sequence;
        }
        let (from, from_sid) = (me.peer, me.sid.clone());
        let receivers: Vec<_> = self
            .people
            .values()
            .filter(|one| self.may_see(one.identity(), identity) && packet.is_for(one.identity(), &one.sid))
            .map(|one| (one.peer, one.sid.clone()))
            .collect();
        for (to, _) in &receivers {
            self.media.send_data(Some(from), *to, channel, packet.bytes.clone());
        }
        if channel == Channel::Reliable {
            let sids = receivers.into_iter().map(|(_, sid)| sid).collect();
            self.reliable.add(self.now, &from_sid, packet.sequence, sids, packet.bytes);
        }
    }

    /// Sends a resumed client what it missed. It drops what it has.
    pub(super) fn replay(&mut self, identity: &str, states: &[DataChannelReceiveState]) {
        let Some(to) = self.people.get(identity).map(|one| one.peer) else { return };
        for (from, bytes) in self.missed_in_sight(identity, states) {
            self.media.send_data(Some(from), to, Channel::Reliable, bytes);
        }
    }

    /// Reliable packets past what a client has of each sender, of those it may still see.
    pub(super) fn missed_in_sight(
        &self,
        identity: &str,
        states: &[DataChannelReceiveState],
    ) -> Vec<(PeerId, Bytes)> {
        let Some(me) = self.people.get(identity) else { return Vec::new() };
        let by_sid = |sid: &str| self.people.values().find(|one| one.sid == sid);
        self.reliable
            .missed(&me.sid, states)
            .into_iter()
            .filter_map(|(from, bytes)| Some((by_sid(&from)?, bytes)))
            .filter(|(from, _)| self.may_see(identity, from.identity()))
            .map(|(from, bytes)| (from.peer, bytes))
            .collect()
    }
}
