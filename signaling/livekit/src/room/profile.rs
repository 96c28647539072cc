//! How a participant is shown to others: name, metadata, attributes.

use super::Room;
use crate::proto::UpdateParticipantMetadata;
use crate::proto::request_response::{Reason, Request as About};

/// Name, metadata and attributes together may not be longer than this many bytes.
const LIMIT: usize = 64 * 1024;

impl Room {
    /// A client changes how it is shown, if its token allows that. The request is answered by its number.
    pub(super) fn update_metadata(&mut self, identity: &str, update: UpdateParticipantMetadata) {
        let Some(me) = self.people.get(identity) else { return };
        let (reason, text) = if !me.permission.can_update_metadata {
            (Reason::NotAllowed, "does not have permission to update own metadata")
        } else if self.change_profile(identity, &update) {
            (Reason::Ok, "")
        } else {
            (Reason::LimitExceeded, "too large")
        };
        self.respond(identity, update.request_id, reason, text, About::UpdateMetadata(update));
    }

    /// Empty fields leave what there is; an attribute with an empty value is deleted. `false`: too large.
    pub(super) fn change_profile(&mut self, identity: &str, update: &UpdateParticipantMetadata) -> bool {
        let Some(me) = self.people.get_mut(identity) else { return false };
        let mut attributes = me.claims.attributes.clone();
        for (key, value) in &update.attributes {
            if value.is_empty() {
                attributes.remove(key);
            } else {
                attributes.insert(key.clone(), value.clone());
            }
        }
        let size = update.metadata.len()
            + update.name.len()
            + attributes.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>();
        if size > LIMIT {
            return false;
        }
        me.claims.attributes = attributes;
        if !update.metadata.is_empty() {
            me.claims.metadata.clone_from(&update.metadata);
        }
        if !update.name.is_empty() {
            me.claims.name.clone_from(&update.name);
        }
        me.touch();
        self.changed = true;
        true
    }
}
