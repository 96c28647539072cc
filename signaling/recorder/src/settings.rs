//! Settings of a recorder.

/// Settings of a recorder; the defaults suit a production disk.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Free bytes of the recording's disk below which [`crate::RecorderEvent::DiskLow`] is sent.
    pub warn_below: u64,
    /// Free bytes below which nothing more is written, so that database and logs still can. Writing goes on by
    /// itself when twice as much is free again.
    pub stop_below: u64,
    /// Packets that may wait for the writer; what comes while it is full is dropped and becomes a gap.
    pub ring: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { warn_below: 5 << 30, stop_below: 1 << 30, ring: 8192 }
    }
}
