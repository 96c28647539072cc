//! The writer's thread: everything that touches the disk.
//!
//! It looks for work some fifty times a second instead of being woken for each packet: so the media thread never pays
//! for a wake-up, and packets are taken in runs.

mod disk;
mod speech;
mod track;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use media::{TapEnd, TappedPacket, TappedTrack, TrackId};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use self::disk::{Disk, Verdict};
use self::track::TrackWriter;
use crate::journal::{Journal, Line};
use crate::recover::close;
use crate::tap::{Item, Shared};
use crate::{End, GapCause, Manifest, Mark, PauseCause, RecorderEvent, Settings, StopCause, VERSION};

/// The answer to a finish.
pub(crate) type Finish = oneshot::Sender<io::Result<Manifest>>;

/// How often the thread looks for packets.
const TURN: Duration = Duration::from_millis(20);
/// What was written is made durable this often, and free space is looked at.
const SYNC: Duration = Duration::from_secs(1);

/// Why the thread ends.
enum Over {
    Finished(Finish),
    Abandoned,
}

/// What every track needs of the writer.
struct Desk {
    folder: PathBuf,
    began: Instant,
    shared: Arc<Shared>,
    events: UnboundedSender<RecorderEvent>,
    journal: Journal,
}

impl Desk {
    fn next_file(&self) -> usize {
        self.shared.tracks.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn count(&self, bytes: u64) {
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn tell(&self, event: RecorderEvent) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }

    fn ms(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }

    fn mark(&mut self, at: Instant, mark: Mark) {
        let at_ms = self.ms(at);
        self.journal.add(&Line::Mark { at_ms, mark });
    }
}

/// The writer.
pub(crate) struct Writer {
    desk: Desk,
    items: Receiver<Item>,
    tracks: BTreeMap<TrackId, TrackWriter>,
    disk: Disk,
    /// Drops that were told.
    told_dropped: u64,
}

impl Writer {
    /// Begins the folder.
    #[expect(clippy::needless_pass_by_value, reason = "a writer has its settings for itself")]
    pub(crate) fn create(
        settings: Settings,
        folder: &Path,
        (session, now): (&str, DateTime<Utc>),
        began: Instant,
        items: Receiver<Item>,
        shared: Arc<Shared>,
        events: UnboundedSender<RecorderEvent>,
    ) -> io::Result<Self> {
        let first = Line::Begun { version: VERSION, session: session.into(), started_at: now };
        let journal = Journal::create(folder, &first)?;
        let disk = Disk::watch(folder, &settings)?;
        shared.free.store(disk.free(), Ordering::Relaxed);
        let desk = Desk { folder: folder.to_owned(), began, shared, events, journal };
        Ok(Self { desk, items, tracks: BTreeMap::new(), disk, told_dropped: 0 })
    }

    /// Runs until the recording is finished or abandoned.
    pub(crate) fn run(mut self) {
        let mut next_sync = self.desk.began + SYNC;
        let over = loop {
            if let Some(over) = self.take() {
                break over;
            }
            let now = Instant::now();
            self.each_track(|track, desk| track.turn(now, desk));
            if now >= next_sync {
                next_sync = now + SYNC;
                self.sync();
                self.agree();
                self.watch(now);
            }
            std::thread::sleep(TURN);
        };
        self.each_track(|track, desk| track.end(TapEnd::Gone, desk));
        let at_ms = self.desk.ms(Instant::now());
        self.desk.journal.add(&Line::Ended { at_ms });
        self.disk.give_back_reserve();
        self.sync();
        if let Over::Finished(reply) = over {
            let folder = self.desk.folder.clone();
            // Files are closed before they are sealed.
            drop(self);
            let _ = reply.send(close(&folder, End::Finished));
        }
    }

    /// Takes what is there.
    fn take(&mut self) -> Option<Over> {
        loop {
            match self.items.try_recv() {
                Ok(Item::Packet { track, packet, after_drop }) => {
                    self.desk.shared.queued.fetch_sub(1, Ordering::Relaxed);
                    self.packet(&track, packet, after_drop);
                }
                Ok(Item::Begin(track)) => self.begin(&track),
                Ok(Item::End { track, why }) => {
                    self.with_track(&track, |track, desk| track.end(why, desk));
                }
                Ok(Item::Mark { at, mark }) => self.desk.mark(at, mark),
                Ok(Item::Detached) => self.desk.tell(RecorderEvent::Detached),
                Ok(Item::Finish(reply)) => return Some(Over::Finished(reply)),
                Ok(Item::Abandoned) | Err(TryRecvError::Disconnected) => return Some(Over::Abandoned),
                Err(TryRecvError::Empty) => return None,
            }
        }
    }

    fn begin(&mut self, track: &TappedTrack) {
        if self.tracks.contains_key(&track.id) {
            return;
        }
        if let Some(writer) = TrackWriter::new(track) {
            self.tracks.insert(track.id.clone(), writer);
        } else {
            let (seat, codec) = (track.publisher.clone(), track.codec.mime());
            tracing::warn!(seat, codec, "a track of this codec cannot be recorded");
            self.desk.tell(RecorderEvent::Unsupported { seat, codec });
        }
    }

    fn packet(&mut self, track: &TrackId, packet: TappedPacket, after_drop: bool) {
        if !self.disk.is_stopped() {
            self.with_track(track, |track, desk| track.packet(packet, after_drop, desk));
        }
    }

    fn each_track(&mut self, mut call: impl FnMut(&mut TrackWriter, &mut Desk) -> io::Result<()>) {
        let ids: Vec<TrackId> = self.tracks.keys().cloned().collect();
        for id in ids {
            self.with_track(&id, &mut call);
        }
    }

    /// Calls a track's writer; when the disk does not take it, that is seen to.
    fn with_track(&mut self, id: &TrackId, call: impl FnOnce(&mut TrackWriter, &mut Desk) -> io::Result<()>) {
        let Some(track) = self.tracks.get_mut(id) else { return };
        match call(track, &mut self.desk) {
            Ok(()) => {}
            Err(error) if disk::is_full(&error) => self.full(),
            Err(error) => track.fail(&error, &self.desk),
        }
    }

    /// Writes and makes durable.
    fn sync(&mut self) {
        self.each_track(|track, _| track.sync());
        let journal = &mut self.desk.journal;
        match journal.write().and_then(|()| journal.sync()) {
            Ok(()) => {}
            Err(error) if disk::is_full(&error) => self.full(),
            Err(error) => tracing::error!(%error, "the recording's journal cannot be written"),
        }
    }

    /// Puts pictures to the sound of the same person.
    fn agree(&mut self) {
        let ids: Vec<TrackId> = self.tracks.keys().cloned().collect();
        for id in ids {
            let Some(picture) = self.tracks.get(&id) else { continue };
            let sound =
                self.tracks.iter().find(|(_, sound)| sound.goes_with(picture)).map(|(id, _)| id.clone());
            let wall = sound.and_then(|sound| self.tracks.get_mut(&sound)?.clock().wall_ms());
            if let (Some(wall), Some(picture)) = (wall, self.tracks.get_mut(&id)) {
                picture.clock().agree(wall);
            }
        }
    }

    /// Looks after space and the ring.
    fn watch(&mut self, now: Instant) {
        let dropped = self.desk.shared.dropped.load(Ordering::Relaxed);
        if dropped > self.told_dropped {
            self.desk.tell(RecorderEvent::Overloaded { dropped: dropped - self.told_dropped });
            self.told_dropped = dropped;
        }
        match self.disk.look() {
            Some(Verdict::Low(free)) => self.desk.tell(RecorderEvent::DiskLow { free }),
            Some(Verdict::Stop) => {
                // There is room for what was gathered.
                self.each_track(TrackWriter::flush);
                self.stop(StopCause::DiskLow, now);
            }
            Some(Verdict::Go) => self.go(now),
            None => {}
        }
        self.desk.shared.free.store(self.disk.free(), Ordering::Relaxed);
    }

    fn full(&mut self) {
        if self.disk.found_full() {
            self.stop(StopCause::DiskFull, Instant::now());
        }
    }

    fn stop(&mut self, cause: StopCause, now: Instant) {
        tracing::warn!(?cause, folder = %self.desk.folder.display(), "recording stops for want of space");
        for track in self.tracks.values_mut() {
            track.interrupt(GapCause::Disk);
        }
        self.desk.shared.stopped.store(true, Ordering::Relaxed);
        self.desk.mark(now, Mark::Paused { cause: PauseCause::Disk });
        self.desk.tell(RecorderEvent::Stopped { cause });
    }

    fn go(&mut self, now: Instant) {
        for track in self.tracks.values() {
            self.desk.shared.lose(&track.about().id);
        }
        self.desk.shared.stopped.store(false, Ordering::Relaxed);
        self.desk.mark(now, Mark::Resumed);
        self.desk.tell(RecorderEvent::Resumed);
    }
}
