//! The writer's thread: everything that touches the disk.
//!
//! It looks for work some fifty times a second instead of being woken for each packet: so the media thread never pays
//! for a wake-up, and packets are taken in runs.

mod disk;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use self::disk::{Disk, Verdict};
use crate::journal::{Journal, Line};
use crate::recover::close;
use crate::tap::{Item, Shared};
use crate::{End, Manifest, Mark, PauseCause, RecorderEvent, Settings, StopCause, VERSION};

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

/// The writer.
pub(crate) struct Writer {
    folder: PathBuf,
    began: Instant,
    items: Receiver<Item>,
    shared: Arc<Shared>,
    events: UnboundedSender<RecorderEvent>,
    journal: Journal,
    disk: Disk,
    /// Drops that were told.
    told_dropped: u64,
}

impl Writer {
    /// Begins the folder.
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
        Ok(Self { folder: folder.to_owned(), began, items, shared, events, journal, disk, told_dropped: 0 })
    }

    /// Runs until the recording is finished or abandoned.
    pub(crate) fn run(mut self) {
        let mut next_sync = self.began + SYNC;
        let over = loop {
            if let Some(over) = self.take() {
                break over;
            }
            let now = Instant::now();
            if now >= next_sync {
                next_sync = now + SYNC;
                self.sync();
                self.watch(now);
            }
            std::thread::sleep(TURN);
        };
        self.journal.add(&Line::Ended { at_ms: self.ms(Instant::now()) });
        self.disk.give_back_reserve();
        self.sync();
        if let Over::Finished(reply) = over {
            let _ = reply.send(close(&self.folder, End::Finished));
        }
    }

    /// Takes what is there.
    fn take(&mut self) -> Option<Over> {
        loop {
            match self.items.try_recv() {
                Ok(Item::Packet { .. }) => {
                    self.shared.queued.fetch_sub(1, Ordering::Relaxed);
                }
                Ok(Item::Begin(_) | Item::End { .. }) => {}
                Ok(Item::Mark { at, mark }) => self.mark(at, mark),
                Ok(Item::Detached) => self.tell(RecorderEvent::Detached),
                Ok(Item::Finish(reply)) => return Some(Over::Finished(reply)),
                Ok(Item::Abandoned) | Err(TryRecvError::Disconnected) => return Some(Over::Abandoned),
                Err(TryRecvError::Empty) => return None,
            }
        }
    }

    fn mark(&mut self, at: Instant, mark: Mark) {
        let at_ms = self.ms(at);
        self.journal.add(&Line::Mark { at_ms, mark });
    }

    /// Writes and makes durable.
    fn sync(&mut self) {
        let outcome = self.journal.write().and_then(|()| self.journal.sync());
        if let Err(error) = outcome {
            self.failed(&error);
        }
    }

    /// Looks after space and the ring.
    fn watch(&mut self, now: Instant) {
        let dropped = self.shared.dropped.load(Ordering::Relaxed);
        if dropped > self.told_dropped {
            self.tell(RecorderEvent::Overloaded { dropped: dropped - self.told_dropped });
            self.told_dropped = dropped;
        }
        match self.disk.look() {
            Some(Verdict::Low(free)) => self.tell(RecorderEvent::DiskLow { free }),
            Some(Verdict::Stop) => self.stop(StopCause::DiskLow, now),
            Some(Verdict::Go) => self.go(now),
            None => {}
        }
        self.shared.free.store(self.disk.free(), Ordering::Relaxed);
    }

    fn failed(&mut self, error: &io::Error) {
        if disk::is_full(error) && self.disk.found_full() {
            self.stop(StopCause::DiskFull, Instant::now());
        } else {
            tracing::warn!(%error, "the recording's journal could not be written");
        }
    }

    fn stop(&mut self, cause: StopCause, now: Instant) {
        tracing::warn!(?cause, folder = %self.folder.display(), "recording stops for want of space");
        self.shared.stopped.store(true, Ordering::Relaxed);
        self.mark(now, Mark::Paused { cause: PauseCause::Disk });
        self.tell(RecorderEvent::Stopped { cause });
    }

    fn go(&mut self, now: Instant) {
        self.shared.stopped.store(false, Ordering::Relaxed);
        self.mark(now, Mark::Resumed);
        self.tell(RecorderEvent::Resumed);
    }

    fn tell(&self, event: RecorderEvent) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }

    fn ms(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.began).as_millis()).unwrap_or(u64::MAX)
    }
}
