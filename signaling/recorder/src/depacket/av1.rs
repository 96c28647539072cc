//! AV1 in RTP (the RTP specification of the Alliance for Open Media, version 1.0).

use super::av1_sequence;
use super::{Broken, Frame, Pictures};
use crate::webm::Format;

const SEQUENCE_HEADER: u8 = 1;
const TEMPORAL_DELIMITER: u8 = 2;
const TILE_LIST: u8 = 8;
const PADDING: u8 = 15;

/// A picture (temporal unit) being put together.
#[derive(Default)]
pub(super) struct Av1 {
    units: Vec<Vec<u8>>,
    /// The last unit goes on in the next packet.
    open: bool,
}

impl Pictures for Av1 {
    fn add(&mut self, payload: &[u8], first: bool) -> Result<(), Broken> {
        if first {
            self.units.clear();
            self.open = false;
        }
        let (&head, mut rest) = payload.split_first().ok_or(Broken)?;
        let (continues, goes_on, count) = (head & 0x80 != 0, head & 0x40 != 0, usize::from(head >> 4 & 3));
        if continues != self.open {
            return Err(Broken);
        }
        let mut number = 0;
        while !rest.is_empty() {
            number += 1;
            // Every element states its length, but the last one where their count is stated.
            let length =
                if count > 0 && number == count { rest.len() } else { leb128(&mut rest).ok_or(Broken)? };
            let (part, after) = rest.split_at_checked(length).ok_or(Broken)?;
            rest = after;
            if number == 1 && continues {
                self.units.last_mut().ok_or(Broken)?.extend_from_slice(part);
            } else {
                self.units.push(part.to_vec());
            }
        }
        self.open = goes_on;
        Ok(())
    }

    fn finish(&mut self) -> Result<Frame, Broken> {
        let units = std::mem::take(&mut self.units);
        if std::mem::take(&mut self.open) {
            return Err(Broken);
        }
        let (mut bytes, mut format) = (Vec::new(), None);
        for unit in &units {
            let (head, content) = opened(unit).ok_or(Broken)?;
            let kind = head[0] >> 3 & 15;
            if [TEMPORAL_DELIMITER, TILE_LIST, PADDING].contains(&kind) {
                continue;
            }
            let from = bytes.len();
            // With its size, as files have it.
            bytes.push(head[0] | 0x02);
            bytes.extend_from_slice(&head[1..]);
            push_leb128(&mut bytes, content.len());
            bytes.extend_from_slice(content);
            if kind == SEQUENCE_HEADER {
                format = Some(format_of(content, &bytes[from..]).ok_or(Broken)?);
            }
        }
        if bytes.is_empty() {
            return Err(Broken);
        }
        // A coded video sequence begins with its header; encoders repeat it with every keyframe and nowhere else.
        Ok(Frame { bytes, keyframe: format.is_some(), format })
    }
}

/// The head of a unit (one byte, or two with its extension) and its content, without a size it may state.
fn opened(unit: &[u8]) -> Option<(&[u8], &[u8])> {
    let first = *unit.first()?;
    let (head, mut content) = unit.split_at_checked(if first & 0x04 == 0 { 1 } else { 2 })?;
    if first & 0x02 != 0 {
        let size = leb128(&mut content)?;
        content = content.get(..size)?;
    }
    Some((head, content))
}

/// The configuration record (AV1 in ISOBMFF, section 2.3.3) of a sequence header.
fn format_of(content: &[u8], whole: &[u8]) -> Option<Format> {
    let sequence = av1_sequence::Sequence::read(content)?;
    let mut config = vec![0x81, sequence.profile << 5 | sequence.level, sequence.form, 0];
    config.extend_from_slice(whole);
    Some(Format::Av1 { width: sequence.width, height: sequence.height, config })
}

/// A number in groups of seven bits, the lowest first.
fn leb128(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0;
    for at in 0..5 {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= usize::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn push_leb128(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7F).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_put_together_over_packets_and_get_their_sizes() {
        let mut pictures = Av1::default();
        // Two elements, the second goes on: a delimiter and a frame.
        assert_eq!(pictures.add(&[0x60, 1, 0x10, 0x30, 1, 2], true), Ok(()));
        // It ends here, and another follows whose length is stated.
        assert_eq!(pictures.add(&[0x80, 2, 3, 4, 2, 0x32, 0x00], false), Ok(()));
        let frame = pictures.finish().expect("a picture");
        assert_eq!(frame.bytes, [0x32, 4, 1, 2, 3, 4, 0x32, 0]);
        assert!(!frame.keyframe);
    }

    #[test]
    fn a_part_without_its_beginning_or_its_end_spoils_the_picture() {
        let mut pictures = Av1::default();
        assert_eq!(pictures.add(&[0x90, 1], true), Err(Broken));
        assert_eq!(pictures.add(&[0x50, 0x30, 1], true), Ok(()));
        assert_eq!(pictures.finish(), Err(Broken));
    }

    #[test]
    fn lengths_read_back() {
        for value in [0, 1, 127, 128, 300, 70_000] {
            let mut out = Vec::new();
            push_leb128(&mut out, value);
            assert_eq!(leb128(&mut out.as_slice()), Some(value));
        }
    }
}
