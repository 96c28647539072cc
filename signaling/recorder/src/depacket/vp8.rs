//! VP8 in RTP (RFC 7741).

use super::{Broken, Frame, Pictures};
use crate::webm::Format;

/// A picture being put together.
#[derive(Default)]
pub(super) struct Vp8 {
    bytes: Vec<u8>,
}

impl Pictures for Vp8 {
    fn add(&mut self, payload: &[u8], first: bool) -> Result<(), Broken> {
        let (start, rest) = descriptor(payload).ok_or(Broken)?;
        if first {
            self.bytes.clear();
            if !start {
                return Err(Broken);
            }
        }
        self.bytes.extend_from_slice(rest);
        Ok(())
    }

    fn finish(&mut self) -> Result<Frame, Broken> {
        let bytes = std::mem::take(&mut self.bytes);
        let keyframe = bytes.first().ok_or(Broken)? & 1 == 0;
        let format = if keyframe { Some(size(&bytes).ok_or(Broken)?) } else { None };
        Ok(Frame { bytes, keyframe, format })
    }
}

/// Whether the first partition begins here, and the payload after the descriptor (section 4.2).
fn descriptor(payload: &[u8]) -> Option<(bool, &[u8])> {
    let (&first, mut rest) = payload.split_first()?;
    let skip = |bytes: usize, rest: &mut &[u8]| -> Option<()> {
        *rest = rest.get(bytes..)?;
        Some(())
    };
    if first & 0x80 != 0 {
        let extension = *rest.first()?;
        skip(1, &mut rest)?;
        if extension & 0x80 != 0 {
            let long = rest.first()? & 0x80 != 0;
            skip(if long { 2 } else { 1 }, &mut rest)?;
        }
        if extension & 0x40 != 0 {
            skip(1, &mut rest)?;
        }
        if extension & 0x30 != 0 {
            skip(1, &mut rest)?;
        }
    }
    Some((first & 0x10 != 0 && first.trailing_zeros() >= 4, rest))
}

/// Pixels of a keyframe (RFC 6386 section 9.1).
fn size(frame: &[u8]) -> Option<Format> {
    let [_, _, _, 0x9D, 0x01, 0x2A, width_low, width_high, height_low, height_high, ..] = frame else {
        return None;
    };
    let pixels = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Some(Format::Vp8 { width: pixels(*width_low, *width_high), height: pixels(*height_low, *height_high) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_descriptor_is_skipped() {
        assert_eq!(descriptor(&[0x10, 7]), Some((true, &[7][..])));
        assert_eq!(descriptor(&[0x00, 7]), Some((false, &[7][..])));
        assert_eq!(descriptor(&[0x11, 7]), Some((false, &[7][..])), "a later partition");
        assert_eq!(descriptor(&[0x90, 0x80, 0x05, 7]), Some((true, &[7][..])), "short picture id");
        assert_eq!(descriptor(&[0x90, 0xF0, 0x80, 0x05, 1, 2, 7]), Some((true, &[7][..])), "all of it");
        for length in 0..4 {
            assert_eq!(descriptor(&[0x90, 0xF0, 0x80, 0x05][..length]), None, "{length} bytes");
        }
    }
}
