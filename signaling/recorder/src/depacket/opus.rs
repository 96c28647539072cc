//! Opus in RTP (RFC 7587): a payload is a packet.

use super::Frame;
use crate::webm::{Format, opus_samples};

/// The frame of a payload, if it is an Opus packet.
pub(super) fn frame(payload: &[u8]) -> Option<Frame> {
    opus_samples(payload)?;
    Some(Frame { bytes: payload.to_vec(), keyframe: true, format: Some(Format::Opus) })
}
