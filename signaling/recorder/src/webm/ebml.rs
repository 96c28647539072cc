//! EBML (RFC 8794), as much of it as is needed: elements written into memory, and their heads read back.

use std::io::{self, Read};

/// An element's identifier, with its length marker.
pub(super) type Id = u32;

pub(super) const EBML: Id = 0x1A45_DFA3;
pub(super) const EBML_VERSION: Id = 0x4286;
pub(super) const EBML_READ_VERSION: Id = 0x42F7;
pub(super) const EBML_MAX_ID_LENGTH: Id = 0x42F2;
pub(super) const EBML_MAX_SIZE_LENGTH: Id = 0x42F3;
pub(super) const DOC_TYPE: Id = 0x4282;
pub(super) const DOC_TYPE_VERSION: Id = 0x4287;
pub(super) const DOC_TYPE_READ_VERSION: Id = 0x4285;
pub(super) const VOID: Id = 0xEC;
pub(super) const SEGMENT: Id = 0x1853_8067;
pub(super) const SEEK_HEAD: Id = 0x114D_9B74;
pub(super) const SEEK: Id = 0x4DBB;
pub(super) const SEEK_ID: Id = 0x53AB;
pub(super) const SEEK_POSITION: Id = 0x53AC;
pub(super) const INFO: Id = 0x1549_A966;
pub(super) const TIMESTAMP_SCALE: Id = 0x002A_D7B1;
pub(super) const DURATION: Id = 0x4489;
pub(super) const MUXING_APP: Id = 0x4D80;
pub(super) const WRITING_APP: Id = 0x5741;
pub(super) const TRACKS: Id = 0x1654_AE6B;
pub(super) const TRACK_ENTRY: Id = 0xAE;
pub(super) const TRACK_NUMBER: Id = 0xD7;
pub(super) const TRACK_UID: Id = 0x73C5;
pub(super) const TRACK_TYPE: Id = 0x83;
pub(super) const FLAG_LACING: Id = 0x9C;
pub(super) const CODEC_ID: Id = 0x86;
pub(super) const CODEC_PRIVATE: Id = 0x63A2;
pub(super) const CODEC_DELAY: Id = 0x56AA;
pub(super) const SEEK_PRE_ROLL: Id = 0x56BB;
pub(super) const VIDEO: Id = 0xE0;
pub(super) const PIXEL_WIDTH: Id = 0xB0;
pub(super) const PIXEL_HEIGHT: Id = 0xBA;
pub(super) const AUDIO: Id = 0xE1;
pub(super) const SAMPLING_FREQUENCY: Id = 0xB5;
pub(super) const CHANNELS: Id = 0x9F;
pub(super) const CLUSTER: Id = 0x1F43_B675;
pub(super) const TIMESTAMP: Id = 0xE7;
pub(super) const SIMPLE_BLOCK: Id = 0xA3;
pub(super) const CUES: Id = 0x1C53_BB6B;
pub(super) const CUE_POINT: Id = 0xBB;
pub(super) const CUE_TIME: Id = 0xB3;
pub(super) const CUE_TRACK_POSITIONS: Id = 0xB7;
pub(super) const CUE_TRACK: Id = 0xF7;
pub(super) const CUE_CLUSTER_POSITION: Id = 0xF1;

/// A size nobody knows yet, eight bytes long, so that it can be replaced in place.
pub(super) const UNKNOWN_SIZE: [u8; 8] = [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

/// Writes an identifier.
pub(super) fn id(out: &mut Vec<u8>, id: Id) {
    let bytes = id.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    out.extend_from_slice(&bytes[zeros..]);
}

/// A size in eight bytes.
pub(super) fn wide_size(size: u64) -> [u8; 8] {
    (size | 1 << 56).to_be_bytes()
}

/// Writes a size, as short as it can be.
pub(super) fn size(out: &mut Vec<u8>, size: u64) {
    // All ones of a length mean "unknown", so they are left out.
    let length = (1..8).find(|length| size < (1 << (7 * length)) - 1).unwrap_or(8);
    let marked = size | 1 << (7 * length);
    out.extend_from_slice(&marked.to_be_bytes()[8 - length..]);
}

pub(super) fn binary(out: &mut Vec<u8>, name: Id, value: &[u8]) {
    id(out, name);
    size(out, value.len() as u64);
    out.extend_from_slice(value);
}

pub(super) fn text(out: &mut Vec<u8>, name: Id, value: &str) {
    binary(out, name, value.as_bytes());
}

pub(super) fn uint(out: &mut Vec<u8>, name: Id, value: u64) {
    let bytes = value.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(7);
    binary(out, name, &bytes[zeros..]);
}

pub(super) fn float(out: &mut Vec<u8>, name: Id, value: f64) {
    binary(out, name, &value.to_be_bytes());
}

/// Writes an element of elements.
pub(super) fn master(out: &mut Vec<u8>, name: Id, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    fill(&mut inner);
    binary(out, name, &inner);
}

/// Room that can be filled in place: `total` bytes, head included (9 or more).
pub(super) fn void(out: &mut Vec<u8>, total: usize) {
    id(out, VOID);
    let inner = total.saturating_sub(9);
    out.extend_from_slice(&wide_size(inner as u64));
    out.resize(out.len() + inner, 0);
}

/// The head of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub id: Id,
    /// `None`: unknown.
    pub size: Option<u64>,
    /// Bytes of the head itself.
    pub length: u64,
}

/// Reads a head; nothing at the end of the input, also in the middle of a head.
pub(super) fn head(input: &mut impl Read) -> io::Result<Option<Head>> {
    let Some((id, id_length)) = number(input, 4, true)? else { return Ok(None) };
    let Some((size, size_length)) = number(input, 8, false)? else { return Ok(None) };
    let unknown = (1 << (7 * size_length)) - 1;
    Ok(Some(Head {
        id: u32::try_from(id).unwrap_or(0),
        size: (size != unknown).then_some(size),
        length: id_length + size_length,
    }))
}

/// Reads a number of variable length, with or without its marker; gives its length too.
fn number(input: &mut impl Read, longest: u32, marked: bool) -> io::Result<Option<(u64, u64)>> {
    let mut first = [0];
    if input.read(&mut first)? == 0 {
        return Ok(None);
    }
    let more = first[0].leading_zeros();
    if more >= longest {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no element"));
    }
    let kept = if marked { first[0] } else { first[0] & (0x7F >> more) };
    let mut value = u64::from(kept);
    for _ in 0..more {
        let mut next = [0];
        if input.read(&mut next)? == 0 {
            return Ok(None);
        }
        value = value << 8 | u64::from(next[0]);
    }
    Ok(Some((value, u64::from(more) + 1)))
}

/// Reads a number of fixed length.
pub(super) fn read_uint(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_read_back_as_they_were_written() {
        for value in [0, 1, 126, 127, 128, 16_382, 16_383, 1 << 20, 1 << 40] {
            let mut out = Vec::new();
            id(&mut out, CLUSTER);
            size(&mut out, value);
            let read = head(&mut out.as_slice()).expect("read").expect("a head");
            assert_eq!(
                (read.id, read.size, read.length),
                (CLUSTER, Some(value), out.len() as u64),
                "{value}"
            );
        }
        let mut out = Vec::new();
        id(&mut out, VOID);
        out.extend(UNKNOWN_SIZE);
        assert_eq!(head(&mut out.as_slice()).expect("read").expect("a head").size, None);
        assert_eq!(head(&mut &out[..3]).expect("read"), None, "torn in the middle");
    }

    #[test]
    fn room_is_as_large_as_asked() {
        let mut out = Vec::new();
        void(&mut out, 11);
        assert_eq!(out.len(), 11);
    }
}
