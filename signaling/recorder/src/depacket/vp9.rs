//! VP9 in RTP (RFC 9628), with spatial layers in one stream or none.

use super::bits::Bits;
use super::{Broken, Frame, Pictures};
use crate::webm::Format;

/// A picture being put together: a frame for each of its spatial layers.
#[derive(Default)]
pub(super) struct Vp9 {
    layers: Vec<Vec<u8>>,
    keyframe: bool,
}

impl Pictures for Vp9 {
    fn add(&mut self, payload: &[u8], first: bool) -> Result<(), Broken> {
        let Descriptor { begins, predicted, rest } = Descriptor::read(payload).ok_or(Broken)?;
        if first {
            self.layers.clear();
            self.keyframe = !predicted;
        }
        if begins {
            self.layers.push(Vec::new());
        }
        self.layers.last_mut().ok_or(Broken)?.extend_from_slice(rest);
        Ok(())
    }

    fn finish(&mut self) -> Result<Frame, Broken> {
        let layers = std::mem::take(&mut self.layers);
        let base = layers.first().ok_or(Broken)?;
        let format = if self.keyframe { Some(size(base).ok_or(Broken)?) } else { None };
        Ok(Frame { bytes: superframe(layers), keyframe: self.keyframe, format })
    }
}

/// What a payload descriptor says (section 4.2).
struct Descriptor<'a> {
    /// A layer's frame begins here.
    begins: bool,
    /// It builds on an earlier picture.
    predicted: bool,
    rest: &'a [u8],
}

impl<'a> Descriptor<'a> {
    fn read(payload: &'a [u8]) -> Option<Self> {
        let (&flags, mut rest) = payload.split_first()?;
        let mut next = || {
            let (&byte, after) = rest.split_first()?;
            rest = after;
            Some(byte)
        };
        let (predicted, flexible) = (flags & 0x40 != 0, flags & 0x10 != 0);
        if flags & 0x80 != 0 && next()? & 0x80 != 0 {
            next()?;
        }
        if flags & 0x20 != 0 {
            next()?;
            if !flexible {
                next()?;
            }
        }
        if flexible && predicted {
            // At most three references, each says whether another follows.
            for _ in 0..3 {
                if next()? & 1 == 0 {
                    break;
                }
            }
        }
        if flags & 0x02 != 0 {
            let structure = next()?;
            if structure & 0x10 != 0 {
                for _ in 0..4 * ((structure >> 5) + 1) {
                    next()?;
                }
            }
            if structure & 0x08 != 0 {
                for _ in 0..next()? {
                    for _ in 0..next()? >> 2 & 3 {
                        next()?;
                    }
                }
            }
        }
        Some(Self { begins: flags & 0x08 != 0, predicted, rest })
    }
}

/// Frames of several layers in one, with the index a decoder needs to part them (VP9 bitstream, annex B).
fn superframe(mut layers: Vec<Vec<u8>>) -> Vec<u8> {
    if layers.len() == 1 {
        return layers.remove(0);
    }
    layers.truncate(8);
    let count = u8::try_from(layers.len() - 1).unwrap_or(7);
    // Sizes in four bytes each.
    let marker = 0xC0 | 3 << 3 | count;
    let mut index = vec![marker];
    for layer in &layers {
        index.extend(u32::try_from(layer.len()).unwrap_or(u32::MAX).to_le_bytes());
    }
    index.push(marker);
    let mut out = layers.concat();
    out.extend(index);
    out
}

/// Pixels of a keyframe (uncompressed header, VP9 bitstream section 6.2).
fn size(frame: &[u8]) -> Option<Format> {
    const RGB: u32 = 7;
    let mut bits = Bits::new(frame);
    if bits.take(2)? != 2 {
        return None;
    }
    let profile = bits.take(1)? | bits.take(1)? << 1;
    if profile == 3 {
        bits.bit()?;
    }
    let (shows_existing, inter) = (bits.bit()?, bits.bit()?);
    if shows_existing || inter {
        return None;
    }
    bits.take(2)?;
    if bits.take(24)? != 0x0049_8342 {
        return None;
    }
    if profile >= 2 {
        bits.bit()?;
    }
    let rgb = bits.take(3)? == RGB;
    if !rgb {
        bits.bit()?;
    }
    if profile & 1 == 1 {
        bits.take(if rgb { 1 } else { 3 })?;
    }
    Some(Format::Vp9 { width: bits.take(16)? + 1, height: bits.take(16)? + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(payload: &[u8]) -> Option<(bool, bool, &[u8])> {
        Descriptor::read(payload).map(|read| (read.begins, read.predicted, read.rest))
    }

    #[test]
    fn every_form_of_descriptor_is_skipped() {
        assert_eq!(rest(&[0x08, 7]), Some((true, false, &[7][..])));
        assert_eq!(rest(&[0xC8, 0x81, 0x02, 7]), Some((true, true, &[7][..])), "long picture id");
        assert_eq!(rest(&[0xA8, 0x01, 0x00, 0x09, 7]), Some((true, false, &[7][..])), "layers");
        assert_eq!(rest(&[0xD8, 0x01, 0x03, 0x02, 7]), Some((true, true, &[7][..])), "two references");
        let structure = [0x8A, 0x01, 0x18, 1, 2, 3, 4, 1, 0x04, 9, 7];
        assert_eq!(rest(&structure), Some((true, false, &[7][..])), "sizes and a group of pictures");
        assert_eq!(rest(&[0x80]), None);
    }

    #[test]
    fn layers_are_joined_with_an_index() {
        assert_eq!(superframe(vec![vec![1, 2]]), [1, 2]);
        let joined = superframe(vec![vec![1, 2], vec![3]]);
        assert_eq!(joined, [1, 2, 3, 0xD9, 2, 0, 0, 0, 1, 0, 0, 0, 0xD9]);
    }
}
