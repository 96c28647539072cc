//! What a participant may do, as it may change while it is connected.

use crate::proto::{ParticipantPermission, TrackSource};
use crate::token::{Source, VideoGrant};

/// Whether a track of this source may be published. No list of sources means any.
pub(crate) fn may_publish(permission: &ParticipantPermission, source: TrackSource) -> bool {
    let sources = &permission.can_publish_sources;
    permission.can_publish
        && !permission.hidden
        && (sources.is_empty() || sources.contains(&i32::from(source)))
}

impl VideoGrant {
    /// The same grant with these rights, for tokens made from now on. A source this wire does not know is left out;
    /// if none is left, nothing may be published, for an empty list would mean everything.
    pub(crate) fn set_permission(&mut self, permission: &ParticipantPermission) {
        let sources: Vec<Source> = permission.can_publish_sources().filter_map(Source::of_proto).collect();
        let known = !sources.is_empty() || permission.can_publish_sources.is_empty();
        self.can_publish = Some(permission.can_publish && known);
        self.can_publish_sources = sources;
        self.can_subscribe = Some(permission.can_subscribe);
        self.can_publish_data = Some(permission.can_publish_data);
        self.can_update_own_metadata = Some(permission.can_update_metadata);
        self.hidden = permission.hidden;
        self.recorder = permission.recorder;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_go_into_tokens_and_come_back_the_same() {
        let listening = ParticipantPermission {
            can_subscribe: true,
            can_publish: true,
            can_publish_sources: vec![TrackSource::Microphone.into()],
            ..ParticipantPermission::default()
        };
        let mut grant = VideoGrant::default();
        grant.set_permission(&listening);
        assert_eq!(grant.permission(), listening);
        assert!(may_publish(&listening, TrackSource::Microphone));
        assert!(!may_publish(&listening, TrackSource::Camera));
    }

    #[test]
    fn an_unknown_source_does_not_open_all_of_them() {
        let odd = ParticipantPermission {
            can_publish: true,
            can_publish_sources: vec![TrackSource::Unknown.into()],
            ..ParticipantPermission::default()
        };
        let mut grant = VideoGrant::default();
        grant.set_permission(&odd);
        assert!(!may_publish(&grant.permission(), TrackSource::Camera));
    }
}
