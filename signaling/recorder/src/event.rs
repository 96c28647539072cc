//! What a recorder tells while it runs.

use std::path::PathBuf;

/// Something people in the sitting or the operator should know. Sent within five seconds of happening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecorderEvent {
    /// A track has its first frame on disk.
    TrackStarted {
        /// Identity of its publisher (the seat).
        seat: String,
        /// File name in the recording's folder.
        file: String,
    },
    /// Free space fell below [`crate::Settings::warn_below`]. Sent once, and again after it was well in between.
    DiskLow {
        /// Free bytes.
        free: u64,
    },
    /// Nothing is written any more; what was written is safe and playable. The call itself goes on.
    Stopped {
        /// Why.
        cause: StopCause,
    },
    /// Writing goes on after [`RecorderEvent::Stopped`].
    Resumed,
    /// One track's file could not be written, and is closed as it is; others go on.
    WriteError {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: String,
    },
    /// A track is of a codec that cannot be recorded.
    Unsupported {
        /// Identity of its publisher.
        seat: String,
        /// MIME type.
        codec: &'static str,
    },
    /// The writer did not keep up: packets were dropped and stand as a gap.
    Overloaded {
        /// How many since the last such event.
        dropped: u64,
    },
    /// The media plane let go of the tap: it was detached, or its room ended or faulted. To go on, attach
    /// [`crate::Recorder::tap`] again.
    Detached,
}

/// Why nothing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopCause {
    /// Less than [`crate::Settings::stop_below`] is free.
    DiskLow,
    /// The disk is full: a write failed.
    DiskFull,
}

/// How a recorder does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status {
    /// Writing, or ready to: not stopped for want of space.
    pub writing: bool,
    /// Tracks with a file.
    pub tracks: usize,
    /// Bytes written to files.
    pub bytes: u64,
    /// Packets received from the tap.
    pub packets: u64,
    /// Packets dropped because the ring was full.
    pub dropped: u64,
    /// Free bytes of the disk when last looked at.
    pub free: u64,
}
