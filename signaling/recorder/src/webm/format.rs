//! What a file says of its track: codec, sizes, and how long its frames are.

use super::ebml::{self as e};

/// An Opus packet of 20 ms of silence: CELT only, full band, mono (RFC 6716 section 3.1), and two bytes that decode to
/// nothing. Any decoder of any Opus stream takes it.
pub(crate) const SILENCE: [u8; 3] = [0xF8, 0xFF, 0xFE];

/// What a file is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    Opus,
    Vp8 { width: u32, height: u32 },
    Vp9 { width: u32, height: u32 },
    Av1 { width: u32, height: u32, config: Vec<u8> },
    H264 { width: u32, height: u32, config: Vec<u8> },
}

impl Format {
    /// Pixels; none for sound.
    pub(crate) fn pixels(&self) -> (u32, u32) {
        match self {
            Self::Opus => (0, 0),
            Self::Vp8 { width, height }
            | Self::Vp9 { width, height }
            | Self::Av1 { width, height, .. }
            | Self::H264 { width, height, .. } => (*width, *height),
        }
    }

    /// Short name, as the manifest has it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::Vp8 { .. } => "vp8",
            Self::Vp9 { .. } => "vp9",
            Self::Av1 { .. } => "av1",
            Self::H264 { .. } => "h264",
        }
    }

    /// File name extension.
    pub(crate) fn extension(&self) -> &'static str {
        if matches!(self, Self::H264 { .. }) { "mkv" } else { "webm" }
    }

    /// MIME type with codecs parameter (RFC 6381).
    pub(crate) fn mime(&self) -> String {
        match self {
            Self::Opus => "audio/webm; codecs=\"opus\"".into(),
            Self::Vp8 { .. } => "video/webm; codecs=\"vp8\"".into(),
            Self::Vp9 { .. } => "video/webm; codecs=\"vp9\"".into(),
            Self::Av1 { config, .. } => {
                let (profile, level) = config.get(1).map_or((0, 0), |byte| (byte >> 5, byte & 31));
                format!("video/webm; codecs=\"av01.{profile}.{level:02}M.08\"")
            }
            Self::H264 { config, .. } => {
                let profile = config.get(1..4).map(hex::encode).unwrap_or_default();
                format!("video/x-matroska; codecs=\"avc1.{profile}\"")
            }
        }
    }

    /// Everything before the first cluster.
    pub(super) fn header(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(400);
        let doc = if self.extension() == "mkv" { "matroska" } else { "webm" };
        e::master(&mut out, e::EBML, |head| {
            e::uint(head, e::EBML_VERSION, 1);
            e::uint(head, e::EBML_READ_VERSION, 1);
            e::uint(head, e::EBML_MAX_ID_LENGTH, 4);
            e::uint(head, e::EBML_MAX_SIZE_LENGTH, 8);
            e::text(head, e::DOC_TYPE, doc);
            e::uint(head, e::DOC_TYPE_VERSION, 4);
            e::uint(head, e::DOC_TYPE_READ_VERSION, 2);
        });
        e::id(&mut out, e::SEGMENT);
        out.extend(e::UNKNOWN_SIZE);
        e::void(&mut out, super::seal::SEEK_HEAD_ROOM);
        e::master(&mut out, e::INFO, |info| {
            e::uint(info, e::TIMESTAMP_SCALE, 1_000_000);
            e::text(info, e::MUXING_APP, "onedoor");
            e::text(info, e::WRITING_APP, "onedoor recorder");
            e::void(info, super::seal::DURATION_ROOM);
        });
        e::master(&mut out, e::TRACKS, |tracks| e::master(tracks, e::TRACK_ENTRY, |entry| self.entry(entry)));
        out
    }

    fn entry(&self, out: &mut Vec<u8>) {
        e::uint(out, e::TRACK_NUMBER, 1);
        e::uint(out, e::TRACK_UID, 1);
        e::uint(out, e::FLAG_LACING, 0);
        if *self == Self::Opus {
            e::uint(out, e::TRACK_TYPE, 2);
            e::text(out, e::CODEC_ID, "A_OPUS");
            e::binary(out, e::CODEC_PRIVATE, &opus_head());
            e::uint(out, e::CODEC_DELAY, 0);
            // A decoder needs 80 ms to converge after a seek (RFC 7845 section 4.6).
            e::uint(out, e::SEEK_PRE_ROLL, 80_000_000);
            e::master(out, e::AUDIO, |audio| {
                e::float(audio, e::SAMPLING_FREQUENCY, 48_000.0);
                e::uint(audio, e::CHANNELS, 2);
            });
            return;
        }
        e::uint(out, e::TRACK_TYPE, 1);
        let (codec, config): (_, &[u8]) = match self {
            Self::Opus | Self::Vp8 { .. } => ("V_VP8", &[]),
            Self::Vp9 { .. } => ("V_VP9", &[]),
            Self::Av1 { config, .. } => ("V_AV1", config),
            Self::H264 { config, .. } => ("V_MPEG4/ISO/AVC", config),
        };
        e::text(out, e::CODEC_ID, codec);
        if !config.is_empty() {
            e::binary(out, e::CODEC_PRIVATE, config);
        }
        let (width, height) = self.pixels();
        e::master(out, e::VIDEO, |video| {
            e::uint(video, e::PIXEL_WIDTH, width.into());
            e::uint(video, e::PIXEL_HEIGHT, height.into());
        });
    }
}

/// The identification header (RFC 7845 section 5.1). Two channels, whatever is sent: a decoder plays mono packets of
/// such a stream on both. No pre-skip: the stream is entered in its middle.
fn opus_head() -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02\x00\x00".to_vec();
    head.extend(48_000_u32.to_le_bytes());
    head.extend([0, 0, 0]);
    head
}

/// Samples at 48 kHz in an Opus packet (RFC 6716 section 3.1 and 3.2); none if it is no packet.
pub(crate) fn opus_samples(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let config = toc >> 3;
    let frame = match config {
        0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        12..=15 => [480, 960][usize::from(config & 1)],
        _ => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(*packet.get(1)? & 0x3F),
    };
    let samples = frame * count;
    (1..=5760).contains(&samples).then_some(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opus_packets_tell_their_length() {
        assert_eq!(opus_samples(&SILENCE), Some(960));
        assert_eq!(opus_samples(&[0x78, 1, 2]), Some(960), "hybrid, 20 ms");
        assert_eq!(opus_samples(&[0x0B, 3]), Some(960 * 3), "three frames of SILK 20 ms");
        assert_eq!(opus_samples(&[]), None);
        assert_eq!(opus_samples(&[0x03, 0]), None, "no frames");
    }
}
