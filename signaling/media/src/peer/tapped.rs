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
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the timestamp a sender report names has 32 bits"
        )]
        let report = self.rtp.last_sender_info.map(|info| (info.ntp_time, info.rtp_time.numer() as u32));
        TappedPacket {
            layer: self.quality(),
            sequence: *self.rtp.seq_no,
            timestamp: self.rtp.header.timestamp,
            marker: self.rtp.header.marker,
            keyframe: self.starts_keyframe(),
            level: self.level_dbov(),
            arrived: now,
            report,
            payload: Arc::clone(&self.rtp.payload),
        }
    }
}
