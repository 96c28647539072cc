//! Taps: a recording is a subscriber of the forwarding table that has no connection.
//!
//! A tap has a [`PeerId`] like everybody else, so the pairs `(from, tap)` decide what it receives, packet by packet,
//! and it stands in the hearing ledger. It is given payloads as they came, unencrypted and unread: of a track with
//! simulcast the best layer that flows, changing at keyframes. It never sends anything.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::track::Track;
use crate::forward::TrackKey;
use crate::peer::Packet;
use crate::{Codec, Kind, PeerId, Quality, Source, TrackId};

/// A recording can be entered at a keyframe only, so one is asked for at least this often.
const KEYFRAME_EVERY: Duration = Duration::from_secs(8);

/// What receives a copy of a room's media. Called on the room's media thread between two packets: it must neither
/// block nor wait, and what it has no room for it drops. A panic in it removes the tap, not the call.
pub trait Tap: Send {
    /// It is in its room now. A tap that is dropped without this was never attached.
    fn attached(&mut self) {}
    /// A track begins or goes on to flow to this tap; its packets follow.
    fn begin(&mut self, track: &TappedTrack);
    /// One packet of a track that has begun.
    fn packet(&mut self, track: &TrackId, packet: TappedPacket);
    /// From here on nothing of the track reaches the tap, until it perhaps begins again.
    fn end(&mut self, track: &TrackId, why: TapEnd);
    /// Whether a picture is lost and only a keyframe helps. Asked now and then for each video track; answering
    /// clears it.
    fn lost_picture(&mut self, track: &TrackId) -> bool;
}

/// A track that flows to a tap.
#[derive(Debug, Clone)]
pub struct TappedTrack {
    /// Its name (`TR_…`).
    pub id: TrackId,
    /// Who publishes it: the label of the peer (`PA_…`), or what the wire says in its place.
    pub publisher: String,
    /// Sound or picture.
    pub kind: Kind,
    /// What it is coded with.
    pub codec: Codec,
    /// Where it comes from, as its publisher says.
    pub source: Source,
}

/// One RTP packet for a tap.
#[derive(Debug, Clone)]
pub struct TappedPacket {
    /// The layer it is of; a change begins with a keyframe, and may change sequence numbers and time base.
    pub layer: Quality,
    /// Extended sequence number of its stream.
    pub sequence: u64,
    /// RTP timestamp, 48 kHz for sound and 90 kHz for pictures.
    pub timestamp: u32,
    /// The marker bit: the last packet of a picture.
    pub marker: bool,
    /// A decoder can begin here.
    pub keyframe: bool,
    /// Loudness (RFC 6464), 0 the loudest, -127 silence.
    pub level: Option<i8>,
    /// When it arrived here.
    pub arrived: Instant,
    /// The latest sender report of its stream: wall clock of the sender, and the RTP timestamp of that moment.
    pub report: Option<(SystemTime, u32)>,
    /// The payload, after the RTP header.
    pub payload: Arc<[u8]>,
}

/// Why a track flows to a tap no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapEnd {
    /// It is over, or its publisher is gone.
    Gone,
    /// The pair was closed: what the publisher sends may not reach the tap any more.
    Withdrawn,
    /// The publisher muted it.
    Muted,
}

/// A track as one tap receives it.
struct Carried {
    id: TrackId,
    layer: Option<Quality>,
    /// When a keyframe last came.
    entered: Option<Instant>,
}

/// One tap.
struct Seat {
    id: PeerId,
    tap: Box<dyn Tap>,
    carried: BTreeMap<TrackKey, Carried>,
}

/// The taps of a room.
#[derive(Default)]
pub(super) struct Taps(Vec<Seat>);

impl Taps {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a receiver is a tap.
    pub(super) fn has(&self, id: PeerId) -> bool {
        self.0.iter().any(|seat| seat.id == id)
    }

    pub(super) fn add(&mut self, id: PeerId, tap: Box<dyn Tap>) {
        let mut seat = Seat { id, tap, carried: BTreeMap::new() };
        if seat.guarded(|seat| seat.tap.attached()).is_some() {
            self.0.push(seat);
        }
    }

    /// Removes a tap; it is told that each of its tracks is over.
    pub(super) fn remove(&mut self, id: PeerId) {
        for seat in self.0.iter_mut().filter(|seat| seat.id == id) {
            seat.release_unless(TapEnd::Gone, |_| false);
        }
        self.0.retain(|seat| seat.id != id);
    }

    /// Removes all of them, with their names.
    pub(super) fn clear(&mut self) {
        for seat in std::mem::take(&mut self.0) {
            let Seat { mut tap, carried, .. } = seat;
            let _ = catch_unwind(AssertUnwindSafe(|| {
                for track in carried.values() {
                    tap.end(&track.id, TapEnd::Gone);
                }
            }));
        }
    }

    /// Hands a packet to a tap, if it is one and the packet is of the layer it takes.
    pub(super) fn hand(
        &mut self,
        to: PeerId,
        track: &Track,
        label: &str,
        packet: &Packet,
        now: Instant,
    ) -> bool {
        let Some(at) = self.0.iter().position(|seat| seat.id == to) else { return false };
        let Some(taken) = self.0[at].guarded(|seat| seat.take(track, label, packet, now)) else {
            self.0.swap_remove(at);
            return false;
        };
        taken
    }

    /// Whether a tap waits for a keyframe of the track, and of which layer.
    pub(super) fn waits_for(
        &mut self,
        to: PeerId,
        key: TrackKey,
        track: &mut Track,
        now: Instant,
    ) -> Option<Quality> {
        let seat = self.0.iter_mut().find(|seat| seat.id == to)?;
        let layer = track.layer_for(Quality::High)?;
        let Some(carried) = seat.carried.get(&key) else { return Some(layer) };
        if seat.tap.lost_picture(&carried.id) {
            track.lost(Quality::High);
        }
        let fresh = carried.entered.is_some_and(|at| now.saturating_duration_since(at) < KEYFRAME_EVERY);
        (carried.layer != Some(layer) || !fresh).then_some(layer)
    }

    /// Ends what the table lets through no more.
    pub(super) fn release_unless(&mut self, keep: impl Fn(TrackKey, PeerId) -> bool) {
        for seat in &mut self.0 {
            let id = seat.id;
            seat.release_unless(TapEnd::Withdrawn, |key| keep(key, id));
        }
    }

    /// Ends a track for every tap: it is over, or muted.
    pub(super) fn end(&mut self, key: TrackKey, why: TapEnd) {
        for seat in &mut self.0 {
            seat.release_unless(why, |other| other != key);
        }
    }
}

impl Seat {
    /// Calls into the tap; nothing when it panicked.
    fn guarded<T>(&mut self, call: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let outcome = catch_unwind(AssertUnwindSafe(|| call(self))).ok();
        if outcome.is_none() {
            tracing::error!(tap = %self.id, "fault in a tap; it is removed, the call goes on");
        }
        outcome
    }

    fn take(&mut self, track: &Track, label: &str, packet: &Packet, now: Instant) -> bool {
        let key = packet.key();
        let should = track.layer_for(Quality::High).unwrap_or(packet.quality());
        let current = self.carried.get(&key).and_then(|carried| carried.layer);
        if !passes(packet.kind(), current, packet.quality(), should, packet.starts_keyframe()) {
            return false;
        }
        let carried = self.carried.entry(key).or_insert_with(|| {
            self.tap.begin(&TappedTrack {
                id: track.id.clone(),
                publisher: label.to_owned(),
                kind: packet.kind(),
                codec: packet.codec(),
                source: track.source,
            });
            Carried { id: track.id.clone(), layer: None, entered: None }
        });
        carried.layer = Some(packet.quality());
        if packet.starts_keyframe() {
            carried.entered = Some(now);
        }
        self.tap.packet(&carried.id, packet.tapped(now));
        true
    }

    fn release_unless(&mut self, why: TapEnd, keep: impl Fn(TrackKey) -> bool) {
        let gone: Vec<_> = self.carried.keys().copied().filter(|key| !keep(*key)).collect();
        for key in gone {
            if let Some(carried) = self.carried.remove(&key) {
                self.guarded(|seat| seat.tap.end(&carried.id, why));
            }
        }
    }
}

/// Whether a packet passes: sound always; of a picture the layer that flows, or a keyframe of a layer that should
/// flow or is an improvement until that one's keyframe comes.
fn passes(kind: Kind, current: Option<Quality>, layer: Quality, should: Quality, keyframe: bool) -> bool {
    if kind == Kind::Audio || current == Some(layer) {
        return true;
    }
    keyframe && (layer == should || (layer < should && current.is_none_or(|current| current < layer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_change_at_keyframes_only_and_rise_to_the_best() {
        let (low, medium, high) = (Quality::Low, Quality::Medium, Quality::High);
        let picture =
            |current, layer, should, keyframe| passes(Kind::Video, current, layer, should, keyframe);
        assert!(!picture(None, high, high, false), "nothing before a keyframe");
        assert!(picture(None, low, high, true), "something is better than nothing");
        assert!(picture(Some(low), high, high, true) && !picture(Some(low), high, high, false));
        assert!(!picture(Some(high), medium, high, true), "never back while the best flows");
        assert!(picture(Some(high), medium, medium, true), "the best went silent");
        assert!(picture(Some(high), high, medium, false), "until then it goes on");
        assert!(passes(Kind::Audio, None, high, high, false));
    }
}
