//! What a returning client may have missed: people who vanished, and reliable data.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::proto::participant_info::State;
use crate::proto::{DataChannelReceiveState, ParticipantInfo};

/// Departures remembered per session; the oldest go first.
const DEPARTURES: usize = 256;
/// Reliable data is kept this long, and up to this many bytes, for one room.
const KEPT: Duration = Duration::from_mins(1);
const KEPT_BYTES: usize = 4 << 20;

/// People a session knew who vanished from its sight. Some clients take whoever is missing from a snapshot as
/// gone, others do not: a resumed client is told of each.
#[derive(Debug, Default)]
pub(crate) struct Departures {
    gone: VecDeque<ParticipantInfo>,
}

impl Departures {
    pub fn add(&mut self, info: ParticipantInfo) {
        debug_assert_eq!(info.state(), State::Disconnected);
        self.gone.retain(|earlier| earlier.sid != info.sid);
        if self.gone.len() == DEPARTURES {
            self.gone.pop_front();
        }
        self.gone.push_back(info);
    }

    /// Someone is back in sight under the same sid.
    pub fn returned(&mut self, sid: &str) {
        self.gone.retain(|info| info.sid != sid);
    }

    pub fn list(&self) -> impl Iterator<Item = &ParticipantInfo> {
        self.gone.iter()
    }

    pub fn holds(&self, sid: &str) -> bool {
        self.gone.iter().any(|info| info.sid == sid)
    }
}

/// A reliable packet that was sent.
#[derive(Debug, Clone)]
struct Sent {
    at: Instant,
    from: String,
    sequence: u32,
    /// Sids it was sent to, as far as they could see the sender then.
    to: Vec<String>,
    bytes: Bytes,
}

/// Reliable packets of a room, for replay after a resume.
#[derive(Debug, Default)]
pub(crate) struct ReliableLog {
    sent: VecDeque<Sent>,
    bytes: usize,
}

impl ReliableLog {
    /// A numbered packet of `from` went to these sids.
    pub fn add(&mut self, now: Instant, from: &str, sequence: u32, to: Vec<String>, bytes: Bytes) {
        if sequence == 0 || to.is_empty() {
            return;
        }
        self.bytes += bytes.len();
        self.sent.push_back(Sent { at: now, from: from.to_owned(), sequence, to, bytes });
        while self
            .sent
            .front()
            .is_some_and(|first| self.bytes > KEPT_BYTES || now.duration_since(first.at) > KEPT)
        {
            self.bytes -= self.sent.pop_front().map_or(0, |first| first.bytes.len());
        }
    }

    /// What `to` was sent past the state it tells of, oldest first: (sender's sid, packet).
    pub fn missed(&self, to: &str, states: &[DataChannelReceiveState]) -> Vec<(String, Bytes)> {
        let last: BTreeMap<&str, u32> =
            states.iter().map(|state| (state.publisher_sid.as_str(), state.last_seq)).collect();
        self.sent
            .iter()
            .filter(|sent| sent.to.iter().any(|sid| sid == to))
            .filter(|sent| last.get(sent.from.as_str()).is_some_and(|last| sent.sequence > *last))
            .map(|sent| (sent.from.clone(), sent.bytes.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replay_is_only_what_was_sent_to_the_returning_one_past_its_state() {
        let (mut log, now) = (ReliableLog::default(), Instant::now());
        let to = |sids: &[&str]| sids.iter().map(ToString::to_string).collect::<Vec<_>>();
        log.add(now, "PA_m", 1, to(&["PA_a", "PA_r"]), Bytes::from_static(b"one"));
        log.add(now, "PA_m", 2, to(&["PA_a"]), Bytes::from_static(b"private"));
        log.add(now, "PA_m", 3, to(&["PA_a", "PA_r"]), Bytes::from_static(b"three"));
        let state = |last_seq| [DataChannelReceiveState { publisher_sid: "PA_m".into(), last_seq }];
        let texts =
            |missed: Vec<(String, Bytes)>| missed.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>();
        assert_eq!(texts(log.missed("PA_r", &state(1))), [Bytes::from_static(b"three")]);
        assert_eq!(
            texts(log.missed("PA_a", &state(1))),
            [Bytes::from_static(b"private"), Bytes::from_static(b"three")]
        );
        assert!(log.missed("PA_a", &[]).is_empty(), "a sender the client does not know of is not replayed");
    }

    #[test]
    fn the_log_forgets_by_age_and_by_size() {
        let (mut log, now) = (ReliableLog::default(), Instant::now());
        let state = [DataChannelReceiveState { publisher_sid: "PA_m".into(), last_seq: 0 }];
        log.add(now, "PA_m", 1, vec!["PA_a".into()], Bytes::from_static(b"old"));
        log.add(
            now + KEPT + Duration::from_secs(1),
            "PA_m",
            2,
            vec!["PA_a".into()],
            Bytes::from_static(b"new"),
        );
        assert_eq!(log.missed("PA_a", &state).len(), 1);
        for sequence in 3..10 {
            log.add(now + KEPT, "PA_m", sequence, vec!["PA_a".into()], vec![0; 1 << 20].into());
        }
        assert_eq!(log.missed("PA_a", &state).len(), 4);
    }

    #[test]
    fn whoever_comes_back_is_no_longer_departed() {
        let mut departures = Departures::default();
        let gone = |sid: &str| ParticipantInfo {
            sid: sid.into(),
            state: State::Disconnected.into(),
            ..ParticipantInfo::default()
        };
        departures.add(gone("PA_a"));
        departures.add(gone("PA_r"));
        departures.returned("PA_a");
        assert!(!departures.holds("PA_a"));
        assert_eq!(departures.list().count(), 1);
    }
}
