//! The manifest of a finished recording: what is where, when, whose, and with which hash.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::PauseCause;

/// File name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// Version of its form.
pub const VERSION: u32 = 1;

/// A finished recording. All times are milliseconds since `started_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`] of whoever wrote it.
    pub version: u32,
    /// The sitting.
    pub session: String,
    /// When the recording began.
    pub started_at: DateTime<Utc>,
    /// Length up to the end of the last track or mark.
    pub duration_ms: u64,
    /// How it ended.
    pub end: End,
    /// In the order they began.
    pub tracks: Vec<Track>,
    /// Whose consent stood from when to when.
    pub consents: Vec<Consent>,
    /// When nothing was recorded, and why.
    pub pauses: Vec<Pause>,
    /// Headings.
    pub chapters: Vec<Chapter>,
}

/// How a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// By [`crate::Recorder::finish`].
    Finished,
    /// The server died; [`crate::recover`] closed it. Up to two seconds before the end may be missing.
    Recovered,
}

/// One recorded track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// File name in the folder.
    pub file: String,
    /// Identity of the publisher.
    pub seat: String,
    /// Who that is, if a [`crate::Mark::Seat`] said so.
    pub person: Option<String>,
    /// Track id of the wire (`TR_…`).
    pub track: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// `camera`, `microphone`, `screen_share`, `screen_share_audio` or `unknown`.
    pub source: String,
    /// `opus`, `vp8`, `vp9`, `av1` or `h264`.
    pub codec: String,
    /// MIME type for a player, with codecs parameter.
    pub mime: String,
    /// When the first frame was.
    pub offset_ms: u64,
    /// From the first to the end of the last frame.
    pub duration_ms: u64,
    /// Frames that were received; silence that was filled in does not count.
    pub frames: u64,
    /// Pixels, of the first picture; 0 for sound.
    pub width: u32,
    /// Pixels, of the first picture; 0 for sound.
    pub height: u32,
    /// Length of the file.
    pub bytes: u64,
    /// SHA-256 of the file, lower case hex.
    pub sha256: String,
    /// When and why it did not flow, half a second or more.
    pub gaps: Vec<Gap>,
    /// When somebody spoke, by the loudness the publisher states. Sound only.
    pub speech: Vec<Speech>,
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// A hole in a track, within its duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// End of the last frame before it.
    pub from_ms: u64,
    /// First frame after it.
    pub to_ms: u64,
    /// Why.
    pub cause: GapCause,
}

/// Why a track did not flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// Its publisher's media might not reach the recording: see the recording's pauses.
    Withdrawn,
    /// Muted by its publisher or a host.
    Muted,
    /// Nothing came: the line was bad, or (picture) its beginning was lost.
    Lost,
    /// Too little space on the disk.
    Disk,
    /// The writer did not keep up.
    Overload,
}

/// An interval of a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speech {
    /// From.
    pub from_ms: u64,
    /// To.
    pub to_ms: u64,
}

/// An interval of a seat's consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whose.
    pub seat: String,
    /// From.
    pub from_ms: u64,
    /// To; none: to the end.
    pub to_ms: Option<u64>,
}

/// An interval in which nothing was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From.
    pub from_ms: u64,
    /// To; none: to the end.
    pub to_ms: Option<u64>,
    /// Why.
    pub cause: PauseCause,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// When.
    pub at_ms: u64,
    /// What.
    pub title: String,
}

/// A manifest that cannot be read.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// It cannot be read; not there, when the recording was not finished or recovered.
    #[error("manifest: {0}")]
    Io(#[from] io::Error),
    /// It is not of the form.
    #[error("manifest: {0}")]
    Form(#[from] serde_json::Error),
}

impl Manifest {
    /// Reads the manifest of a folder.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        Ok(serde_json::from_slice(&fs::read(folder.join(MANIFEST))?)?)
    }

    /// Writes it, whole or not at all, and durably.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        let draft = folder.join("manifest.tmp");
        let mut file = File::create(&draft)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(&draft, folder.join(MANIFEST))?;
        File::open(folder)?.sync_all()
    }
}
