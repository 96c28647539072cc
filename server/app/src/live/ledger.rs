//! The hearing ledger: who received whose sound and picture, from when to when, as the forwarding table counted it.
//!
//! Every flip of the table ends an interval. Its pairs, with the packets that went over each, become one link of the
//! case's hash chain, in the same transaction as the facts that caused the flip. A pair that is not named in an
//! interval had no way through the table: it received nothing.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::SeatId;
use serde::{Deserialize, Serialize};
use session::{AreaId, Session};

use super::media_plane::Heard;

/// Who received: a person, or the recording of the joint area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listener {
    /// A seat.
    Seat(SeatId),
    /// The recording.
    Recorder,
}

/// Packets that went from one to another in an interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Whose sound and picture.
    pub from: SeatId,
    /// Who received them.
    pub to: Listener,
    /// Packets of sound.
    pub audio: u64,
    /// Packets of picture.
    pub video: u64,
}

/// One interval between two flips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Begins.
    pub from: DateTime<Utc>,
    /// Ends.
    pub to: DateTime<Utc>,
    /// Where everybody was who was let in.
    #[serde(with = "places")]
    pub places: BTreeMap<SeatId, AreaId>,
    /// Every pair the table let through.
    pub pairs: Vec<Pair>,
}

/// Counts of the running interval.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    since: Option<(DateTime<Utc>, BTreeMap<SeatId, AreaId>)>,
    /// What each pair that stayed open had counted when its last interval ended.
    counted: HashMap<(SeatId, Listener, bool, Instant), u64>,
    ended: Vec<Interval>,
}

impl Ledger {
    /// A flip was confirmed: the interval until now ends, another begins with the places of `after`.
    pub fn cut(&mut self, now: DateTime<Utc>, after: &Session, heard: &[Heard]) {
        let mut sums: BTreeMap<(SeatId, Listener), (u64, u64)> = BTreeMap::new();
        let mut counted = HashMap::new();
        for one in heard {
            let key = (one.from, one.to, one.audio, one.since);
            let known = self.counted.get(&key).copied();
            if one.open {
                counted.insert(key, one.packets);
            }
            // A pair opened by this very flip belongs to the interval that begins.
            if known.is_none() && one.open && one.packets == 0 {
                continue;
            }
            let packets = one.packets.saturating_sub(known.unwrap_or_default());
            let sum = sums.entry((one.from, one.to)).or_default();
            if one.audio {
                sum.0 += packets;
            } else {
                sum.1 += packets;
            }
        }
        self.counted = counted;
        let places =
            after.seats().filter(|(_, s)| s.admitted() && !s.left).map(|(id, s)| (id, s.area)).collect();
        let before = self.since.replace((now, places));
        if let Some((from, places)) = before.filter(|_| !sums.is_empty()) {
            let pairs = sums.into_iter().map(|((from, to), (audio, video))| Pair { from, to, audio, video });
            self.ended.push(Interval { from, to: now.max(from), places, pairs: pairs.collect() });
        }
    }

    /// When the running interval began.
    pub fn since(&self) -> Option<DateTime<Utc>> {
        self.since.as_ref().map(|(at, _)| *at)
    }

    /// Intervals that are not stored yet.
    pub fn ended(&self) -> &[Interval] {
        &self.ended
    }

    /// They are stored.
    pub fn stored(&mut self) {
        self.ended.clear();
    }
}

/// JSON objects want text keys.
mod places {
    use std::collections::BTreeMap;

    use domain::SeatId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
    use session::AreaId;

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<SeatId, AreaId>, s: S) -> Result<S::Ok, S::Error> {
        map.iter().map(|(k, v)| (k.to_string(), *v)).collect::<BTreeMap<_, _>>().serialize(s)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<SeatId, AreaId>, D::Error> {
        BTreeMap::<String, AreaId>::deserialize(d)?
            .into_iter()
            .map(|(k, v)| Ok((k.parse().map_err(D::Error::custom)?, v)))
            .collect()
    }
}
