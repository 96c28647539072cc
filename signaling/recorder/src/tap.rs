//! The recorder's end on the media thread: hands packets over, waits for nothing, and counts what it must drop.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use media::{Tap, TapEnd, TappedPacket, TappedTrack, TrackId};

use crate::Mark;
use crate::writer::Finish;

/// What the writer's thread is given, in order.
pub(crate) enum Item {
    Begin(TappedTrack),
    Packet {
        track: TrackId,
        packet: TappedPacket,
        after_drop: bool,
    },
    End {
        track: TrackId,
        why: TapEnd,
    },
    Detached,
    Mark {
        at: Instant,
        mark: Mark,
    },
    Finish(Finish),
    /// The recorder was dropped without finishing.
    Abandoned,
}

/// What the tap, the writer and the handle share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Packets on their way to the writer.
    pub queued: AtomicUsize,
    pub packets: AtomicU64,
    pub dropped: AtomicU64,
    pub bytes: AtomicU64,
    pub tracks: AtomicUsize,
    pub free: AtomicU64,
    pub stopped: AtomicBool,
    /// Tracks whose picture is lost. Almost always empty; the flag spares the media thread the lock.
    pub lost: AtomicBool,
    pub lost_tracks: Mutex<Vec<TrackId>>,
}

impl Shared {
    /// The writer lost the picture of a track.
    pub(crate) fn lose(&self, track: &TrackId) {
        let mut lost = self.lost_tracks.lock().unwrap_or_else(PoisonError::into_inner);
        if !lost.contains(track) {
            lost.push(track.clone());
        }
        self.lost.store(true, Ordering::Release);
    }
}

/// The tap.
pub(crate) struct RecorderTap {
    pub items: Sender<Item>,
    pub shared: Arc<Shared>,
    pub ring: usize,
    /// Tracks of which packets were dropped since the last one that was not.
    pub holes: Vec<TrackId>,
    pub attached: bool,
}

impl Tap for RecorderTap {
    fn attached(&mut self) {
        self.attached = true;
    }

    fn begin(&mut self, track: &TappedTrack) {
        let _ = self.items.send(Item::Begin(track.clone()));
    }

    fn packet(&mut self, track: &TrackId, packet: TappedPacket) {
        self.shared.packets.fetch_add(1, Ordering::Relaxed);
        if self.shared.queued.load(Ordering::Relaxed) >= self.ring {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            if !self.holes.contains(track) {
                self.holes.push(track.clone());
            }
            return;
        }
        let hole = self.holes.iter().position(|with| with == track);
        if let Some(at) = hole {
            self.holes.swap_remove(at);
        }
        self.shared.queued.fetch_add(1, Ordering::Relaxed);
        let _ = self.items.send(Item::Packet { track: track.clone(), packet, after_drop: hole.is_some() });
    }

    fn end(&mut self, track: &TrackId, why: TapEnd) {
        let _ = self.items.send(Item::End { track: track.clone(), why });
    }

    fn lost_picture(&mut self, track: &TrackId) -> bool {
        if !self.shared.lost.load(Ordering::Acquire) {
            return false;
        }
        // Held by the writer for a push only; when it is, the next tick will do.
        let Ok(mut lost) = self.shared.lost_tracks.try_lock() else { return false };
        let at = lost.iter().position(|known| known == track);
        if let Some(at) = at {
            lost.swap_remove(at);
        }
        self.shared.lost.store(!lost.is_empty(), Ordering::Release);
        at.is_some()
    }
}

impl Drop for RecorderTap {
    fn drop(&mut self) {
        if self.attached {
            let _ = self.items.send(Item::Detached);
        }
    }
}
