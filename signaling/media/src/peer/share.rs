//! What a subscriber is given of each track: as asked, less where its line is short.

use str0m::bwe::Bitrate;

use super::Peer;
use crate::forward::TrackKey;
use crate::{Kind, PeerEvent, Quality};

/// A track a subscriber has a section for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub key: TrackKey,
    pub kind: Kind,
    pub asked: Quality,
    /// The subscriber paused it itself.
    pub disabled: bool,
    /// Which comes first, as it said: 1 before 2; 0 does not say.
    pub priority: u32,
    /// The best layer its line was found to carry; none while it is paused.
    pub granted: Option<Quality>,
}

impl Peer {
    /// The tracks it has sections for.
    pub(crate) fn claims(&self) -> impl Iterator<Item = Claim> + '_ {
        self.slots.iter().filter_map(|slot| slot.carried.as_ref()).map(|carried| Claim {
            key: carried.wanted.key,
            kind: carried.wanted.kind,
            asked: carried.wanted.wish.quality,
            disabled: carried.wanted.wish.disabled,
            priority: carried.wanted.wish.priority,
            granted: carried.granted,
        })
    }

    /// The best layer of a track it asks for and its line carries.
    pub(crate) fn limit(&self, key: TrackKey) -> Option<Quality> {
        self.slots
            .iter()
            .filter_map(|slot| slot.carried.as_ref())
            .find(|carried| carried.wanted.key == key)?
            .limit()
    }

    /// Grants a layer of a track, or pauses it; the client is told of a pause and of its end.
    pub(crate) fn grant(&mut self, key: TrackKey, granted: Option<Quality>) {
        let mut news = None;
        for carried in self.slots.iter_mut().filter_map(|slot| slot.carried.as_mut()) {
            if carried.wanted.key != key || carried.granted == granted {
                continue;
            }
            let (was, is) = (carried.granted.is_none(), granted.is_none());
            carried.granted = granted;
            if is {
                carried.pause();
            }
            if was != is {
                news = Some(PeerEvent::StreamState { id: carried.wanted.id.clone(), paused: is });
            }
        }
        if let Some(news) = news {
            self.tell(news);
        }
    }

    /// Tells the estimator up to which rate (bits a second) it is worth probing: nothing is probed for nothing.
    pub(crate) fn set_desired(&mut self, rate: u64) {
        if rate.abs_diff(self.desired) * 16 > self.desired {
            self.desired = rate;
            self.rtc.bwe().set_bitrate(Bitrate::ZERO, Bitrate::from(rate));
        }
    }

    /// Whether pictures leave evenly spaced. On a short line a keyframe sent at once would be lost in part; on a
    /// good one every packet leaves as it came. Sound never waits.
    pub(crate) fn set_paced(&mut self, paced: bool) {
        if self.paced == paced {
            return;
        }
        self.paced = paced;
        let Self { rtc, slots, .. } = self;
        for carried in slots.iter().filter_map(|slot| slot.carried.as_ref()) {
            carried.set_paced(rtc, paced);
        }
    }
}
