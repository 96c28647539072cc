//! Free space: warned of early, stopped for in time, and a reserve so that a recording can be closed on a full disk.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::Settings;

/// Enough for indexes and the manifest.
const RESERVE: usize = 512 << 10;
/// Least that must be free before writing goes on.
const LEAST: u64 = 4 << 20;

/// What a look at the disk came to, if anything changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Little is free.
    Low(u64),
    /// Too little to go on.
    Stop,
    /// Enough again.
    Go,
}

/// The disk of a recording.
pub(super) struct Disk {
    folder: PathBuf,
    warn_below: u64,
    stop_below: u64,
    free: u64,
    warned: bool,
    stopped: bool,
}

/// The system said that the disk, or a quota, is full.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

impl Disk {
    /// Watches the disk a folder is on, and sets the reserve aside there.
    pub(super) fn watch(folder: &Path, settings: &Settings) -> io::Result<Self> {
        let mut disk = Self {
            folder: folder.to_owned(),
            warn_below: settings.warn_below,
            stop_below: settings.stop_below,
            free: 0,
            warned: false,
            stopped: false,
        };
        let mut reserve = fs::File::create(disk.reserve())?;
        reserve.write_all(&vec![0x5A; RESERVE])?;
        reserve.sync_all()?;
        disk.free = disk.free_now()?;
        Ok(disk)
    }

    pub(super) fn free(&self) -> u64 {
        self.free
    }

    /// Looks; tells what changed.
    pub(super) fn look(&mut self) -> Option<Verdict> {
        // When even this fails, writing itself will tell.
        self.free = self.free_now().ok()?;
        if self.stopped {
            if self.free >= (self.stop_below * 2).max(LEAST) {
                self.stopped = false;
                return Some(Verdict::Go);
            }
            return None;
        }
        if self.free < self.stop_below {
            self.stopped = true;
            return Some(Verdict::Stop);
        }
        if self.free < self.warn_below {
            return (!std::mem::replace(&mut self.warned, true)).then_some(Verdict::Low(self.free));
        }
        // A little above, so that it is not said over and over around the limit.
        if self.free > self.warn_below + self.warn_below / 10 {
            self.warned = false;
        }
        None
    }

    /// A write failed for want of space; true when that is news.
    pub(super) fn found_full(&mut self) -> bool {
        !std::mem::replace(&mut self.stopped, true)
    }

    /// Whether nothing is to be written.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Makes room for closing the recording.
    pub(super) fn give_back_reserve(&self) {
        let _ = fs::remove_file(self.reserve());
    }

    fn reserve(&self) -> PathBuf {
        self.folder.join("reserve")
    }

    fn free_now(&self) -> io::Result<u64> {
        let space = rustix::fs::statvfs(&self.folder)?;
        Ok(space.f_bavail * space.f_frsize)
    }
}
