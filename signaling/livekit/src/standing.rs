//! What a client was told by changes alone. A client that comes back may have missed the last one, so the state
//! as it stands is said again.

use std::collections::BTreeMap;

use crate::proto::{
    ConnectionQualityInfo, ConnectionQualityUpdate, Response, SpeakerInfo, SpeakersChanged, StreamStateInfo,
    StreamStateUpdate, SubscribedQualityUpdate,
};

/// Entries kept of each kind; tracks of long gone people make room for new ones.
const KEPT: usize = 256;

/// The last word on each subject.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// Own tracks: which layers are wanted.
    layers: BTreeMap<String, SubscribedQualityUpdate>,
    /// Tracks of others: paused or not.
    streams: BTreeMap<String, StreamStateInfo>,
    /// People: how well their line works.
    quality: BTreeMap<String, ConnectionQualityInfo>,
    /// People: whether they speak.
    speakers: BTreeMap<String, SpeakerInfo>,
}

impl Standing {
    /// Notes what is being said, after the gate.
    pub fn note(&mut self, message: &Response) {
        match message {
            Response::SubscribedQualityUpdate(update) => {
                put(&mut self.layers, &update.track_sid, update);
            }
            Response::StreamStateUpdate(update) => {
                for state in &update.stream_states {
                    put(&mut self.streams, &state.track_sid, state);
                }
            }
            Response::ConnectionQuality(update) => {
                for info in &update.updates {
                    put(&mut self.quality, &info.participant_sid, info);
                }
            }
            Response::SpeakersChanged(changed) => {
                for speaker in &changed.speakers {
                    put(&mut self.speakers, &speaker.sid, speaker);
                }
            }
            _ => {}
        }
    }

    /// All of it once more; the gate takes out what may not be said any longer.
    pub fn again(&self) -> Vec<Response> {
        let layers = self.layers.values().cloned().map(Response::SubscribedQualityUpdate);
        let others = [
            Response::StreamStateUpdate(StreamStateUpdate { stream_states: all(&self.streams) }),
            Response::ConnectionQuality(ConnectionQualityUpdate { updates: all(&self.quality) }),
            Response::SpeakersChanged(SpeakersChanged { speakers: all(&self.speakers) }),
        ];
        layers.chain(others).collect()
    }
}

fn put<T: Clone>(of: &mut BTreeMap<String, T>, sid: &str, value: &T) {
    of.insert(sid.to_owned(), value.clone());
    while of.len() > KEPT {
        of.pop_first();
    }
}

fn all<T: Clone>(of: &BTreeMap<String, T>) -> Vec<T> {
    of.values().cloned().collect()
}
