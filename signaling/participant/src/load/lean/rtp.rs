//! RTP as the load client writes and reads it: fixed header, one-byte extensions (RFC 8285), stamped payloads.

use std::time::Duration;

/// Payload type of Opus in every offer of ours.
pub const OPUS: u8 = 111;
/// Payload type of VP8 in every offer of ours.
pub const VP8: u8 = 96;
/// Payload type of VP8's retransmissions in every offer of ours.
pub const VP8_RTX: u8 = 97;
/// Header extension id of the audio level (RFC 6464).
pub const AUDIO_LEVEL: u8 = 1;
/// Header extension id of the transport-wide sequence number.
pub const TRANSPORT_SEQUENCE: u8 = 3;
/// Header extension id of the media section (RFC 9143 §16.2).
pub const MID: u8 = 4;

/// Marks a stamp inside a payload.
const MARK: u64 = 0x0d00_70be_4c17_5eed;
/// Stamps repeat every this many bytes, so a look at the first few finds one.
const SEARCHED: usize = 64;
/// A picture packet's payload: four of them are a picture of 35 kbit, about 1 Mbit/s.
const PICTURE_BYTES: usize = 1100;
const SOUND_BYTES: usize = 80;

/// What the counting side reads of a packet; the header and its extensions are not encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub payload_type: u8,
    pub sequence: u16,
    pub ssrc: u32,
    /// The transport-wide sequence number, when there is one.
    pub transport: Option<u16>,
}

/// Reads a packet's header; `None` when it is none.
pub fn read(packet: &[u8]) -> Option<Head> {
    if packet.len() < 12 || packet[0] >> 6 != 2 {
        return None;
    }
    let word = |at: usize| Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]));
    let mut head = Head {
        payload_type: packet[1] & 0x7f,
        sequence: word(2)?,
        ssrc: u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]),
        transport: None,
    };
    if packet[0] & 0x10 != 0 {
        let mut at = 12 + 4 * usize::from(packet[0] & 0x0f);
        if word(at)? != 0xbede {
            return Some(head);
        }
        let end = at + 4 + 4 * usize::from(word(at + 2)?);
        at += 4;
        while at < end {
            let tag = *packet.get(at)?;
            if tag >> 4 == TRANSPORT_SEQUENCE {
                head.transport = word(at + 1);
                break;
            }
            at += if tag == 0 { 1 } else { 2 + usize::from(tag & 0x0f) };
        }
    }
    Some(head)
}

/// One stream that is being sent.
pub struct Track {
    pub ssrc: u32,
    pub video: bool,
    mid: u8,
    sequence: u16,
    timestamp: u32,
    /// Ticks of 90 or 48 kHz between two frames.
    pub step: u32,
    frames: u32,
    /// Packets and payload bytes so far, for sender reports.
    pub packets: u32,
    pub bytes: u32,
}

impl Track {
    /// A stream in the media section whose mid is this digit.
    pub fn new(ssrc: u32, video: bool, mid: u8) -> Self {
        Self { ssrc, video, mid, sequence: 1, timestamp: 0, step: 0, frames: 0, packets: 0, bytes: 0 }
    }

    /// RTP time of the last frame.
    pub fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// Begins the next frame.
    pub fn advance(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(self.step);
        self.frames = self.frames.wrapping_add(1);
    }

    /// Writes packet `part` of `parts` of the current frame into `out`, stamped with the time it is made.
    pub fn write(&mut self, part: u32, parts: u32, transport: u16, made: Duration, out: &mut Vec<u8>) {
        let last = part + 1 == parts;
        out.clear();
        let marker = if self.video && last { 0x80 } else { 0 };
        out.extend_from_slice(&[0x90, marker | if self.video { VP8 } else { OPUS }]);
        out.extend_from_slice(&self.sequence.to_be_bytes());
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        let [high, low] = transport.to_be_bytes();
        // Loud enough to count as speaking: the server's speaker detection has its work too.
        let level = if self.video { [0, 0] } else { [AUDIO_LEVEL << 4, 0x80 | 0x1E] };
        out.extend_from_slice(&[0xbe, 0xde, 0, 2]);
        out.extend_from_slice(&[
            TRANSPORT_SEQUENCE << 4 | 1,
            high,
            low,
            MID << 4,
            self.mid,
            level[0],
            level[1],
            0,
        ]);
        let start = out.len();
        if self.video {
            self.picture_header(part, out);
        } else {
            out.push(0xfc);
        }
        let size = if self.video { PICTURE_BYTES } else { SOUND_BYTES };
        let stamp = u64::try_from(made.as_nanos()).unwrap_or(u64::MAX);
        let mut pair = [0; 16];
        pair[..8].copy_from_slice(&MARK.to_be_bytes());
        pair[8..].copy_from_slice(&stamp.to_be_bytes());
        while out.len() < start + size {
            out.extend_from_slice(&pair);
        }
        out.truncate(start + size);
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(u32::try_from(size).unwrap_or(0));
    }

    /// Descriptor with a picture id of 15 bits (RFC 7741 §4.2) and, in the first packet, the frame header
    /// (RFC 6386 §9.1). A keyframe about once a second: whoever joins starts there.
    fn picture_header(&self, part: u32, out: &mut Vec<u8>) {
        let [high, low] = u16::try_from(self.frames & 0x7fff).unwrap_or(0).to_be_bytes();
        let first = if part == 0 { 0x10 } else { 0 };
        out.extend_from_slice(&[0x80 | first, 0x80, 0x80 | high, low]);
        if part == 0 {
            if self.frames % 27 == 1 {
                out.extend_from_slice(&[0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
            } else {
                out.extend_from_slice(&[0x11, 0, 0]);
            }
        }
    }
}

/// The stamp in a decrypted packet: when it was made, since the Unix epoch.
pub fn stamp(packet: &[u8]) -> Option<Duration> {
    let mark = MARK.to_be_bytes();
    let from = 12.min(packet.len());
    let at = from + packet[from..].windows(8).take(SEARCHED + 32).position(|window| window == mark)?;
    let bytes = packet.get(at + 8..at + 16)?;
    Some(Duration::from_nanos(u64::from_be_bytes(bytes.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let made = Duration::from_nanos(1_234_567_891);
        let mut out = Vec::new();
        for video in [true, false] {
            let mut track = Track::new(77, video, b'1');
            track.advance();
            for part in 0..4 {
                track.write(part, 4, 4000 + u16::try_from(part).expect("small"), made, &mut out);
                let head = read(&out).expect("a header");
                let sequence = 1 + u16::try_from(part).expect("small");
                let wanted = Head {
                    payload_type: if video { VP8 } else { OPUS },
                    sequence,
                    ssrc: 77,
                    transport: Some(3999 + sequence),
                };
                assert_eq!(head, wanted);
                assert_eq!(stamp(&out), Some(made));
            }
        }
        assert_eq!(read(&[0; 40]), None);
        assert_eq!(stamp(&[0x80; 40]), None);
    }
}
