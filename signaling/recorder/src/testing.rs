//! Packets made up for the tests of this crate.

use std::time::Instant;

use media::{Quality, TappedPacket};

/// A packet of sound or of the only layer of a picture.
pub(crate) fn packet(sequence: u64, payload: &[u8]) -> TappedPacket {
    TappedPacket {
        layer: Quality::High,
        sequence,
        timestamp: 0,
        marker: false,
        keyframe: false,
        level: None,
        arrived: Instant::now(),
        report: None,
        payload: payload.into(),
    }
}
