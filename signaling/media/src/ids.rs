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
    /// All of them, smallest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

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
    /// RFC 9628.
    Vp9,
    /// The AV1 RTP specification of the Alliance for Open Media.
    Av1,
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
            Self::Vp9 => "video/VP9",
            Self::Av1 => "video/AV1",
            Self::Other => "application/octet-stream",
        }
    }

    /// The codec a MIME type names, with or without its `video/`, in any case: clients write both.
    pub fn of_mime(mime: &str) -> Option<Self> {
        let name = mime.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "opus" => Some(Self::Opus),
            "vp8" => Some(Self::Vp8),
            "h264" => Some(Self::H264),
            "vp9" => Some(Self::Vp9),
            "av1" => Some(Self::Av1),
            _ => None,
        }
    }
}

/// What a track shows or sounds like it comes from, as its publisher says; decides who is served first when
/// bandwidth is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Source {
    /// A face.
    Camera,
    /// A voice.
    Microphone,
    /// A screen or a document.
    ScreenShare,
    /// What the shared screen plays.
    ScreenShareAudio,
    /// Not said.
    #[default]
    Unknown,
}

/// How well a connection works for the person using it, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConnectionQuality {
    /// Nothing comes from it any more.
    Lost,
    /// Sound or picture break off.
    Poor,
    /// Losses or delay that can be noticed.
    Good,
    /// Nothing to notice.
    Excellent,
}

/// How well one peer's connection works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Whose: the listener's own, or that of a peer it may see.
    pub peer: PeerId,
    /// How well.
    pub quality: ConnectionQuality,
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
