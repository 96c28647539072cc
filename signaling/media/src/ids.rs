//! The names the media plane knows: rooms, peers, tracks and their qualities. Nothing here speaks of
//! cases, seats or roles; whoever calls maps those to these.

use std::fmt;
use std::sync::Arc;

/// One connection of one participant. Given by [`crate::Media`], never reused in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub u64);

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "peer{}", self.0)
    }
}

/// A published track, named by the wire (`TR_…`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TrackId(pub Arc<str>);

impl TrackId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for TrackId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Picture: camera or screen.
    Video,
}

/// What a subscriber asks of a simulcast track, and what a layer is (`q`, `h`, `f`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Quality {
    /// Layer `q`.
    Low,
    /// Layer `h`.
    Medium,
    /// Layer `f`, or the only layer of a track without simulcast.
    #[default]
    High,
}

impl Quality {
    /// The quality a restriction identifier stands for in the `LiveKit` wire (`q`, `h`, `f`, or none).
    pub fn of_rid(rid: Option<&str>) -> Self {
        match rid {
            Some("q") => Self::Low,
            Some("h") => Self::Medium,
            _ => Self::High,
        }
    }
}

/// A codec as negotiated, enough to name its MIME type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// RFC 7587.
    Opus,
    /// RFC 7741.
    Vp8,
    /// RFC 6184.
    H264,
    /// Negotiated, but none of the above.
    Other,
}

impl Codec {
    /// MIME type as the wire writes it.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Opus => "audio/opus",
            Self::Vp8 => "video/VP8",
            Self::H264 => "video/H264",
            Self::Other => "application/octet-stream",
        }
    }
}

/// The client's data channels, known by label (`_reliable`, `_lossy`, `_data_track`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// Ordered, retransmitted.
    Reliable,
    /// Unordered, no retransmission.
    Lossy,
    /// Unordered, no retransmission, for data tracks.
    DataTrack,
}

impl Channel {
    /// The channel a label stands for.
    pub fn of_label(label: &str) -> Option<Self> {
        match label {
            "_reliable" => Some(Self::Reliable),
            "_lossy" => Some(Self::Lossy),
            "_data_track" => Some(Self::DataTrack),
            _ => None,
        }
    }
}
