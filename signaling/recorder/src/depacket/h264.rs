//! H264 in RTP (RFC 6184): single units, aggregates (STAP-A) and fragments (FU-A), as browsers send them.

use super::bits::Bits;
use super::{Broken, Frame, Pictures};
use crate::webm::Format;

const SLICE_IDR: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;
const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// A picture being put together, and the parameters seen last.
#[derive(Default)]
pub(super) struct H264 {
    units: Vec<Vec<u8>>,
    /// A fragmented unit is not complete.
    open: bool,
    sps: Option<Vec<u8>>,
    pps: Option<Vec<u8>>,
}

impl Pictures for H264 {
    fn add(&mut self, payload: &[u8], first: bool) -> Result<(), Broken> {
        if first {
            self.units.clear();
            self.open = false;
        }
        let (&head, rest) = payload.split_first().ok_or(Broken)?;
        if head & 0x1F != FU_A && self.open {
            return Err(Broken);
        }
        match head & 0x1F {
            1..STAP_A => self.units.push(payload.to_vec()),
            STAP_A => {
                let mut rest = rest;
                while let [high, low, after @ ..] = rest {
                    let length = usize::from(u16::from_be_bytes([*high, *low]));
                    let (unit, after) = after.split_at_checked(length).ok_or(Broken)?;
                    self.units.push(unit.to_vec());
                    rest = after;
                }
            }
            FU_A => {
                let (&part, rest) = rest.split_first().ok_or(Broken)?;
                let (starts, ends) = (part & 0x80 != 0, part & 0x40 != 0);
                if starts == self.open {
                    return Err(Broken);
                }
                if starts {
                    self.units.push(vec![head & 0xE0 | part & 0x1F]);
                }
                self.units.last_mut().ok_or(Broken)?.extend_from_slice(rest);
                self.open = !ends;
            }
            _ => return Err(Broken),
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Frame, Broken> {
        let units = std::mem::take(&mut self.units);
        if std::mem::take(&mut self.open) {
            return Err(Broken);
        }
        let (mut bytes, mut keyframe) = (Vec::new(), false);
        for unit in &units {
            match unit.first().ok_or(Broken)? & 0x1F {
                SPS => self.sps = Some(unit.clone()),
                PPS => self.pps = Some(unit.clone()),
                SLICE_IDR => keyframe = true,
                DELIMITER => continue,
                _ => {}
            }
            bytes.extend(u32::try_from(unit.len()).map_err(|_| Broken)?.to_be_bytes());
            bytes.extend_from_slice(unit);
        }
        if bytes.is_empty() {
            return Err(Broken);
        }
        let format = if keyframe { Some(self.format().ok_or(Broken)?) } else { None };
        Ok(Frame { bytes, keyframe, format })
    }
}

impl H264 {
    /// The configuration record (ISO/IEC 14496-15 section 5.3.3.1) of the parameters seen last.
    fn format(&self) -> Option<Format> {
        let (sps, pps) = (self.sps.as_ref()?, self.pps.as_ref()?);
        let (width, height) = size(sps)?;
        let mut config = vec![1, *sps.get(1)?, *sps.get(2)?, *sps.get(3)?, 0xFF, 0xE1];
        config.extend(u16::try_from(sps.len()).ok()?.to_be_bytes());
        config.extend_from_slice(sps);
        config.push(1);
        config.extend(u16::try_from(pps.len()).ok()?.to_be_bytes());
        config.extend_from_slice(pps);
        Some(Format::H264 { width, height, config })
    }
}

/// Pixels of a sequence parameter set (ITU-T H.264 section 7.3.2.1.1).
fn size(sps: &[u8]) -> Option<(u32, u32)> {
    let plain = unescaped(sps.get(4..)?);
    let mut bits = Bits::new(&plain);
    bits.golomb()?;
    let mut chroma = 1;
    // Profiles that state their chroma format.
    if [100, 110, 122, 244, 44, 83, 86, 118, 128].contains(sps.get(1)?) {
        chroma = bits.golomb()?;
        if chroma == 3 {
            bits.bit()?;
        }
        bits.golomb()?;
        bits.golomb()?;
        bits.bit()?;
        if bits.bit()? {
            for list in 0..if chroma == 3 { 12 } else { 8 } {
                if bits.bit()? {
                    skip_scaling_list(&mut bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => drop(bits.golomb()?),
        1 => {
            bits.bit()?;
            bits.signed_golomb()?;
            bits.signed_golomb()?;
            for _ in 0..bits.golomb()?.min(255) {
                bits.signed_golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.bit()?;
    let width = (bits.golomb()? + 1) * 16;
    let map_units = (bits.golomb()? + 1) * 16;
    let frames_only = bits.bit()?;
    let fields = if frames_only { 1 } else { 2 };
    if !frames_only {
        bits.bit()?;
    }
    bits.bit()?;
    let (mut across, mut down) = (0, 0);
    if bits.bit()? {
        let (left, right) = (bits.golomb()?, bits.golomb()?);
        let (top, bottom) = (bits.golomb()?, bits.golomb()?);
        let (unit_x, unit_y) = match chroma {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        across = (left + right) * unit_x;
        down = (top + bottom) * unit_y * fields;
    }
    Some((width.checked_sub(across)?, (map_units * fields).checked_sub(down)?))
}

fn skip_scaling_list(bits: &mut Bits<'_>, length: usize) -> Option<()> {
    let (mut last, mut next) = (8, 8);
    for _ in 0..length {
        if next != 0 {
            next = (last + bits.signed_golomb()? + 256) % 256;
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

/// Without the bytes that keep start codes from occurring (section 7.4.1.1).
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut zeros = 0;
    for byte in bytes {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Baseline, 640 × 360 (cropped from 368).
    const PARAMETERS: [u8; 11] = [0x67, 0x42, 0xC0, 0x1E, 0xD9, 0x00, 0xA0, 0x2F, 0xF9, 0x70, 0x11];

    #[test]
    fn a_fragmented_picture_with_aggregated_parameters_is_put_together() {
        let mut pictures = H264::default();
        let mut aggregate = vec![0x78, 0, 11];
        aggregate.extend(PARAMETERS);
        aggregate.extend([0, 2, 0x68, 0xCE]);
        assert_eq!(pictures.add(&aggregate, true), Ok(()));
        assert_eq!(pictures.add(&[0x7C, 0x85, 1, 2], false), Ok(()));
        assert_eq!(pictures.add(&[0x7C, 0x45, 3], false), Ok(()));
        let frame = pictures.finish().expect("a picture");
        assert!(frame.keyframe);
        assert!(frame.bytes.ends_with(&[0, 0, 0, 4, 0x65, 1, 2, 3]));
        let Some(Format::H264 { config, .. }) = frame.format else { panic!("no format") };
        assert_eq!(config[..6], [1, 0x42, 0xC0, 0x1E, 0xFF, 0xE1]);
    }

    #[test]
    fn a_fragment_without_its_beginning_or_its_end_spoils_the_picture() {
        let mut pictures = H264::default();
        assert_eq!(pictures.add(&[0x7C, 0x05, 1], true), Err(Broken));
        assert_eq!(pictures.add(&[0x7C, 0x85, 1], true), Ok(()));
        assert_eq!(pictures.finish(), Err(Broken));
    }

    #[test]
    fn bytes_against_start_codes_are_taken_out() {
        assert_eq!(unescaped(&[0, 0, 3, 1, 0, 3, 0, 0, 3, 2]), [0, 0, 1, 0, 3, 0, 0, 2]);
    }
}
