//! A packet as a tap is given it.

use std::sync::Arc;
use std::time::Instant;

use super::packet::{Packet, codec_of};
use crate::{Codec, TappedPacket};

impl Packet {
    /// What it is coded with.
    pub(crate) fn codec(&self) -> Codec {
        codec_of(self.source.spec)
    }

    /// A copy for a tap; the payload itself is shared, not copied.
    pub(crate) fn tapped(&self, now: Instant) -> TappedPacket {
        TappedPacket {
            layer: self.quality(),
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker: self.marker,
            keyframe: self.starts_keyframe(),
            level: self.level_dbov(),
            arrived: now,
            report: self.report,
            payload: Arc::clone(&self.payload),
        }
    }
}
