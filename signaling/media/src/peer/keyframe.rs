//! Whether a decoder can begin at a packet, read from its first bytes. Nothing is depacketised.

use str0m::format::{Codec, detect_av1_keyframe, detect_h264_nalu};

/// NAL unit types of RFC 6184: an instantaneous refresh, and the sequence parameters sent before it.
const IDR: u8 = 5;
const SEQUENCE_PARAMETERS: u8 = 7;

/// Whether the packet is the first of a picture that needs no other. VP8 has a descriptor of its own.
pub(super) fn starts(codec: Codec, payload: &[u8]) -> bool {
    match codec {
        // The parameters come in a packet before the picture's or with it; without them it cannot be decoded.
        Codec::H264 => detect_h264_nalu(payload, SEQUENCE_PARAMETERS) || detect_h264_nalu(payload, IDR),
        Codec::Vp9 => starts_vp9(payload),
        // The N bit of the aggregation header: the first packet of a coded video sequence.
        Codec::Av1 => detect_av1_keyframe(payload),
        _ => false,
    }
}

/// The payload descriptor of RFC 9628 section 4.2: no inter-picture prediction (P), begin of a frame (B), and of
/// the lowest spatial layer, on which the others of a keyframe are built.
fn starts_vp9(payload: &[u8]) -> bool {
    const PICTURE_ID: u8 = 0x80;
    const INTER_PREDICTED: u8 = 0x40;
    const LAYERS: u8 = 0x20;
    const BEGIN: u8 = 0x08;
    const SPATIAL_LAYER: u8 = 0x0e;
    let Some(&flags) = payload.first() else { return false };
    if flags & INTER_PREDICTED != 0 || flags & BEGIN == 0 {
        return false;
    }
    if flags & LAYERS == 0 {
        return true;
    }
    let mut at = 1;
    if flags & PICTURE_ID != 0 {
        let Some(&first) = payload.get(at) else { return false };
        at += if first & 0x80 == 0 { 1 } else { 2 };
    }
    payload.get(at).is_some_and(|layer| layer & SPATIAL_LAYER == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h264_begins_at_parameters_alone_aggregated_or_at_a_fragmented_refresh() {
        let starts = |payload: &[u8]| starts(Codec::H264, payload);
        assert!(starts(&[0x67, 0x42, 0xe0]), "sequence parameters alone");
        assert!(starts(&[0x78, 0, 2, 0x67, 0x42, 0, 2, 0x68, 0xce]), "aggregated with picture parameters");
        assert!(starts(&[0x78, 0, 2, 0x68, 0xce, 0, 2, 0x65, 0x88]), "aggregated refresh");
        assert!(starts(&[0x7c, 0x85, 0x88]), "first fragment of a refresh");
        assert!(!starts(&[0x7c, 0x05, 0x88]), "later fragment");
        assert!(!starts(&[0x61, 0x9a]) && !starts(&[0x7c, 0x81, 0x9a]) && !starts(&[]), "other pictures");
        assert!(!starts(&[0x78, 0, 200, 0x67]), "an aggregate that lies about its length");
    }

    #[test]
    fn vp9_begins_at_the_lowest_layer_of_a_picture_without_prediction() {
        let starts = |payload: &[u8]| starts(Codec::Vp9, payload);
        assert!(starts(&[0x08, 0]), "no layers");
        assert!(starts(&[0xa8, 0x81, 0x02, 0x00, 0]), "fifteen bits of picture id, layer 0");
        assert!(starts(&[0xa8, 0x05, 0x00, 0]), "seven bits of picture id, layer 0");
        assert!(!starts(&[0xa8, 0x05, 0x02, 0]), "layer 1 of the same picture");
        assert!(!starts(&[0x48, 0]) && !starts(&[0x00, 0]) && !starts(&[0xa8]) && !starts(&[]));
    }

    #[test]
    fn av1_begins_at_a_new_sequence() {
        assert!(starts(Codec::Av1, &[0x18, 0x0a]) && !starts(Codec::Av1, &[0x10, 0x32]));
        assert!(!starts(Codec::Opus, &[0x18]));
    }
}
