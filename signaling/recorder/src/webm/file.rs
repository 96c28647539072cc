//! A file being written: frames are gathered into a cluster of at most a second, which is appended with one write.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Format;
use super::ebml as e;

/// A cluster covers at most this, in media time and in waiting.
const CLUSTER_MS: u64 = 1000;
const CLUSTER_AGE: Duration = Duration::from_millis(900);
/// A cluster is written early when it has this many bytes.
const CLUSTER_BYTES: usize = 4 << 20;

/// A frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    /// Milliseconds since the file's first frame; never less than the frame before.
    pub at_ms: u64,
    pub keyframe: bool,
    pub bytes: &'a [u8],
}

/// A file being written.
pub(crate) struct TrackFile {
    file: File,
    path: PathBuf,
    /// The header, until the first cluster takes it along.
    header: Vec<u8>,
    /// Length up to which the file is whole.
    length: u64,
    cluster: Vec<u8>,
    cluster_at_ms: u64,
    cluster_since: Option<Instant>,
    dirty: bool,
    video: bool,
}

impl TrackFile {
    /// Makes a file. Nothing is in it before the first cluster.
    pub(crate) fn create(path: &Path, format: &Format) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create_new(true).open(path)?;
        Ok(Self {
            file,
            path: path.to_owned(),
            header: format.header(),
            length: 0,
            cluster: Vec::new(),
            cluster_at_ms: 0,
            cluster_since: None,
            dirty: false,
            video: *format != Format::Opus,
        })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a frame; gives the bytes written, if a cluster had to be.
    pub(crate) fn add(&mut self, block: Block<'_>, now: Instant) -> io::Result<u64> {
        let full = block.at_ms >= self.cluster_at_ms + CLUSTER_MS
            || (self.video && block.keyframe)
            || self.cluster.len() + block.bytes.len() > CLUSTER_BYTES;
        let written = if full { self.flush()? } else { 0 };
        if self.cluster_since.is_none() {
            self.cluster_since = Some(now);
            self.cluster_at_ms = block.at_ms;
            e::uint(&mut self.cluster, e::TIMESTAMP, block.at_ms);
        }
        e::id(&mut self.cluster, e::SIMPLE_BLOCK);
        e::size(&mut self.cluster, block.bytes.len() as u64 + 4);
        let relative = i16::try_from(block.at_ms.saturating_sub(self.cluster_at_ms)).unwrap_or(i16::MAX);
        self.cluster.push(0x81);
        self.cluster.extend(relative.to_be_bytes());
        self.cluster.push(if block.keyframe { 0x80 } else { 0 });
        self.cluster.extend_from_slice(block.bytes);
        Ok(written)
    }

    /// Whether what is gathered has waited long enough.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.cluster_since.is_some_and(|since| now.saturating_duration_since(since) >= CLUSTER_AGE)
    }

    /// Appends the gathered cluster. When the disk does not take it, the file is cut back to what was whole, and the
    /// cluster is lost.
    pub(crate) fn flush(&mut self) -> io::Result<u64> {
        if self.cluster_since.take().is_none() {
            return Ok(0);
        }
        let cluster = std::mem::take(&mut self.cluster);
        let mut out = if self.length == 0 { self.header.clone() } else { Vec::new() };
        e::binary(&mut out, e::CLUSTER, &cluster);
        if let Err(error) = self.file.write_all(&out) {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += out.len() as u64;
        self.dirty = true;
        Ok(out.len() as u64)
    }

    /// Makes durable what was written.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.dirty) {
            self.file.sync_data()?;
        }
        Ok(())
    }
}
