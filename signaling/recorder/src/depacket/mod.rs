//! From packets to frames, by codec. After a hole nothing is given until a decoder can begin again: a recording has
//! no picture for a moment rather than a broken one.

mod av1;
mod av1_sequence;
mod bits;
mod h264;
mod opus;
mod vp8;
mod vp9;

use media::{Codec, TappedPacket};

use crate::order::Ordered;
use crate::webm::Format;

/// A frame: one packet of sound, or one picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub bytes: Vec<u8>,
    pub keyframe: bool,
    /// What a file that begins with it says. Keyframes only.
    pub format: Option<Format>,
}

/// Pictures being put together.
trait Pictures: Send {
    /// Takes a packet of the picture in hand, the first if `first`. An error spoils the picture.
    fn add(&mut self, payload: &[u8], first: bool) -> Result<(), Broken>;
    /// The picture, complete.
    fn finish(&mut self) -> Result<Frame, Broken>;
}

/// A payload that is not of its form, or a picture whose beginning is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Broken;

/// Packets of one track, to frames.
pub(crate) struct Depacketizer {
    /// None: sound, each packet a frame.
    pictures: Option<Box<dyn Pictures>>,
    /// The packet the picture in hand began with.
    current: Option<TappedPacket>,
    /// The picture in hand is spoilt.
    spoilt: bool,
    needs_keyframe: bool,
}

impl Depacketizer {
    /// For a codec, if it can be recorded.
    pub(crate) fn new(codec: Codec) -> Option<Self> {
        let pictures: Option<Box<dyn Pictures>> = match codec {
            Codec::Opus => None,
            Codec::Vp8 => Some(Box::<vp8::Vp8>::default()),
            Codec::Vp9 => Some(Box::<vp9::Vp9>::default()),
            Codec::H264 => Some(Box::<h264::H264>::default()),
            Codec::Av1 => Some(Box::<av1::Av1>::default()),
            Codec::Other => return None,
        };
        Some(Self { pictures, current: None, spoilt: false, needs_keyframe: true })
    }

    /// Whether only a keyframe helps.
    pub(crate) fn needs_keyframe(&self) -> bool {
        self.pictures.is_some() && self.needs_keyframe
    }

    /// What follows has no connection to what was.
    pub(crate) fn interrupt(&mut self) {
        self.current = None;
        self.needs_keyframe = true;
    }

    /// Takes the next packet; gives a frame, with its first packet, when one is complete.
    pub(crate) fn push(&mut self, ordered: Ordered) -> Option<(TappedPacket, Frame)> {
        let Ordered { packet, hole } = ordered;
        let Some(pictures) = &mut self.pictures else {
            return opus::frame(&packet.payload).map(|frame| (packet, frame));
        };
        // A packet without content keeps a line busy (padding); it has its place in the order and nothing else.
        if packet.payload.is_empty() && !hole {
            return None;
        }
        if hole {
            self.needs_keyframe = true;
        }
        let same = self.current.as_ref().is_some_and(|first| first.timestamp == packet.timestamp);
        // A picture whose beginning was lost, or whose end was (no marker before the next one).
        self.spoilt = if same { self.spoilt || hole } else { hole && !packet.keyframe };
        if !same && self.current.is_some() {
            self.needs_keyframe = true;
        }
        let marker = packet.marker;
        if pictures.add(&packet.payload, !same).is_err() {
            self.spoilt = true;
        }
        if !same {
            self.current = Some(packet);
        }
        if !marker {
            return None;
        }
        let first = self.current.take()?;
        let frame = pictures.finish().ok().filter(|_| !self.spoilt);
        let Some(frame) = frame else {
            self.needs_keyframe = true;
            return None;
        };
        if frame.keyframe {
            self.needs_keyframe = false;
        }
        (!self.needs_keyframe).then_some((first, frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::packet;

    /// A VP8 packet: descriptor, then a frame tag that is a keyframe of 640 × 360 or none.
    fn vp8(sequence: u64, timestamp: u32, start: bool, key: bool, marker: bool) -> Ordered {
        let mut payload = vec![if start { 0x10 } else { 0 }];
        if start {
            payload.extend([u8::from(!key), 0, 0, 0x9d, 0x01, 0x2a, 128, 2, 104, 1]);
        }
        payload.extend([0x55; 20]);
        let packet = TappedPacket { timestamp, marker, keyframe: start && key, ..packet(sequence, &payload) };
        Ordered { packet, hole: false }
    }

    fn holed(ordered: Ordered) -> Ordered {
        Ordered { hole: true, ..ordered }
    }

    #[test]
    fn nothing_before_a_keyframe_and_nothing_after_a_hole_until_the_next() {
        let mut depacketizer = Depacketizer::new(Codec::Vp8).expect("known");
        assert!(depacketizer.push(vp8(1, 0, true, false, true)).is_none());
        assert!(depacketizer.needs_keyframe());
        assert!(depacketizer.push(vp8(2, 3000, true, true, false)).is_none());
        let (first, frame) = depacketizer.push(vp8(3, 3000, false, false, true)).expect("a picture");
        assert_eq!((first.sequence, frame.keyframe, frame.bytes.len()), (2, true, 50));
        assert_eq!(frame.format, Some(Format::Vp8 { width: 640, height: 360 }));
        assert!(depacketizer.push(vp8(4, 6000, true, false, true)).is_some());
        assert!(depacketizer.push(holed(vp8(6, 9000, true, false, true))).is_none());
        assert!(depacketizer.needs_keyframe());
        assert!(depacketizer.push(vp8(7, 12_000, true, false, true)).is_none(), "it builds on what was lost");
        assert!(depacketizer.push(vp8(8, 15_000, true, true, true)).is_some());
        assert!(!depacketizer.needs_keyframe());
    }

    #[test]
    fn a_picture_without_its_end_or_its_middle_is_left_out() {
        let mut depacketizer = Depacketizer::new(Codec::Vp8).expect("known");
        assert!(depacketizer.push(vp8(1, 0, true, true, false)).is_none());
        assert!(depacketizer.push(holed(vp8(3, 0, false, false, true))).is_none(), "its middle is missing");
        assert!(depacketizer.push(vp8(4, 3000, true, true, false)).is_none());
        assert!(depacketizer.push(holed(vp8(6, 6000, true, true, true))).is_some(), "a new beginning");
    }
}
