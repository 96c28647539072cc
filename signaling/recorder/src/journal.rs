//! The journal: what is known of a recording beside its media files, one JSON line each, appended as it happens.
//!
//! A manifest is made of it and of the files, at the end or after a crash: there is one way to make one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{GapCause, Mark, TrackKind};

/// File name of the journal.
pub(crate) const JOURNAL: &str = "journal.jsonl";

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line {
    /// The first.
    Begun { version: u32, session: String, started_at: DateTime<Utc> },
    /// A file with its first frame.
    Track(TrackLine),
    /// A hole in a file's track.
    Gap { file: String, from_ms: u64, to_ms: u64, cause: GapCause },
    /// An interval of a voice.
    Speech { file: String, from_ms: u64, to_ms: u64 },
    /// What the application said.
    Mark { at_ms: u64, mark: Mark },
    /// It ended as it should.
    Ended { at_ms: u64 },
}

/// A file with its first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TrackLine {
    pub file: String,
    pub seat: String,
    pub track: String,
    pub kind: TrackKind,
    pub source: String,
    pub codec: String,
    pub mime: String,
    pub offset_ms: u64,
    pub width: u32,
    pub height: u32,
}

/// The journal being written.
pub(crate) struct Journal {
    file: File,
    /// Length up to which it is whole lines.
    length: u64,
    /// Lines the disk had no room for yet.
    waiting: Vec<u8>,
    dirty: bool,
}

impl Journal {
    /// Begins the journal of a new recording.
    pub(crate) fn create(folder: &Path, first: &Line) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).open(folder.join(JOURNAL))?;
        let mut journal = Self { file, length: 0, waiting: Vec::new(), dirty: false };
        journal.add(first);
        journal.write()?;
        journal.file.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(journal)
    }

    /// Adds a line; it is written with the next [`Self::write`].
    pub(crate) fn add(&mut self, line: &Line) {
        // A line is plain data: it can always be written as JSON.
        if serde_json::to_writer(&mut self.waiting, line).is_ok() {
            self.waiting.push(b'\n');
        }
    }

    /// Writes what waits. What the disk has no room for stays waiting.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.file.write_all(&self.waiting) {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += self.waiting.len() as u64;
        self.waiting.clear();
        self.dirty = true;
        Ok(())
    }

    /// Makes it durable.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.dirty) {
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// Reads the whole lines of a journal; a torn last one is left out.
    pub(crate) fn read(folder: &Path) -> io::Result<Vec<Line>> {
        let text = fs::read(folder.join(JOURNAL))?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        text[..whole]
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).map_err(io::Error::from))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VERSION;

    #[test]
    fn a_torn_last_line_is_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let first =
            Line::Begun { version: VERSION, session: "s".into(), started_at: DateTime::<Utc>::UNIX_EPOCH };
        let mut journal = Journal::create(folder.path(), &first).expect("a journal");
        let second = Line::Mark { at_ms: 5, mark: Mark::Consented { seat: "a".into() } };
        journal.add(&second);
        journal.write().expect("written");
        let path = folder.path().join(JOURNAL);
        let mut bytes = fs::read(&path).expect("bytes");
        bytes.extend(b"{\"ended\":{\"at_");
        fs::write(&path, bytes).expect("torn");
        assert_eq!(Journal::read(folder.path()).expect("lines"), [first, second]);
    }
}
