//! What a browser sends back: transport-wide feedback, receiver and sender reports.

use std::time::Duration;

/// Microseconds of one tick of an arrival delta.
const TICK_US: i64 = 250;
/// Microseconds of one tick of the reference time.
const REFERENCE_US: i64 = 64_000;
/// Seconds between 1900, where NTP begins, and 1970 (RFC 5905 §6).
const NTP_OFFSET: u64 = 2_208_988_800;

/// Arrivals since the last feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#[derive(Default)]
pub struct Arrivals {
    /// Sequence number (extended) and time of arrival in microseconds.
    waiting: Vec<(u64, i64)>,
    last: Option<u64>,
    /// The first one the next feedback speaks of.
    from: Option<u64>,
    count: u8,
}

impl Arrivals {
    /// Notes a packet.
    pub fn note(&mut self, sequence: u16, at: Duration) {
        // The nearest number to the last one that ends in these bits.
        let last = self.last.unwrap_or(65_536 + u64::from(sequence));
        let step = sequence.wrapping_sub(low16(last));
        let extended = if step < 0x8000 {
            last + u64::from(step)
        } else {
            last.saturating_sub(u64::from(step.wrapping_neg()))
        };
        self.last = Some(last.max(extended));
        self.waiting.push((extended, i64::try_from(at.as_micros()).unwrap_or(i64::MAX)));
    }

    /// A feedback packet about everything noted since the last; `None` when there is nothing to say.
    pub fn feedback(&mut self, sender: u32, media: u32) -> Option<Vec<u8>> {
        self.waiting.sort_unstable();
        self.waiting.dedup_by_key(|(sequence, _)| *sequence);
        let from = self.from.or_else(|| self.waiting.first().map(|first| first.0))?;
        // What comes later than the report it belonged to is left out.
        self.waiting.retain(|(sequence, _)| *sequence >= from);
        let (Some(&(_, first_at)), Some(&(last, _))) = (self.waiting.first(), self.waiting.last()) else {
            return None;
        };
        let count = u16::try_from(last - from + 1).ok()?;
        let reference = first_at.div_euclid(REFERENCE_US);
        let (mut symbols, mut deltas) = (Vec::with_capacity(count.into()), Vec::new());
        let (mut before, mut arrived) = (reference * REFERENCE_US, self.waiting.iter().peekable());
        for sequence in from..=last {
            let Some(&(_, at)) = arrived.next_if(|(got, _)| *got == sequence) else {
                symbols.push(0_u8);
                continue;
            };
            let ticks = (at - before).div_euclid(TICK_US);
            before += ticks * TICK_US;
            if let Ok(small) = u8::try_from(ticks) {
                symbols.push(1);
                deltas.push(small);
            } else {
                symbols.push(2);
                let large = ticks.clamp(i64::from(i16::MIN), i64::from(i16::MAX));
                deltas.extend_from_slice(&i16::try_from(large).unwrap_or(0).to_be_bytes());
            }
        }
        self.from = Some(last + 1);
        self.waiting.clear();

        let mut packet = vec![0x8f, 205, 0, 0];
        packet.extend_from_slice(&sender.to_be_bytes());
        packet.extend_from_slice(&media.to_be_bytes());
        packet.extend_from_slice(&low16(from).to_be_bytes());
        packet.extend_from_slice(&count.to_be_bytes());
        packet.extend_from_slice(&reference.to_be_bytes()[5..]);
        packet.push(self.count);
        self.count = self.count.wrapping_add(1);
        for seven in symbols.chunks(7) {
            // A status vector of seven symbols, two bits each.
            let vector = seven.iter().enumerate().fold(0xc000_u16, |vector, (at, symbol)| {
                vector | u16::from(*symbol) << (12 - 2 * u16::try_from(at).unwrap_or(0))
            });
            packet.extend_from_slice(&vector.to_be_bytes());
        }
        packet.extend_from_slice(&deltas);
        let padding = (4 - packet.len() % 4) % 4;
        packet.resize(packet.len() + padding, 0);
        if padding > 0 {
            packet[0] |= 0x20;
            if let (Some(end), Ok(padding)) = (packet.last_mut(), u8::try_from(padding)) {
                *end = padding;
            }
        }
        Some(with_length(packet))
    }
}

/// One received stream in a receiver report.
pub struct Block {
    pub ssrc: u32,
    pub lost: u64,
    pub highest: u32,
}

/// A receiver report (RFC 3550 §6.4.2).
pub fn receiver_report(sender: u32, blocks: &[Block]) -> Vec<u8> {
    let blocks = &blocks[..blocks.len().min(31)];
    let mut packet = vec![0x80 | u8::try_from(blocks.len()).unwrap_or(0), 201, 0, 0];
    packet.extend_from_slice(&sender.to_be_bytes());
    for block in blocks {
        packet.extend_from_slice(&block.ssrc.to_be_bytes());
        packet.push(0);
        packet.extend_from_slice(&u32::try_from(block.lost).unwrap_or(0).to_be_bytes()[1..]);
        packet.extend_from_slice(&block.highest.to_be_bytes());
        packet.extend_from_slice(&[0; 12]);
    }
    with_length(packet)
}

/// A sender report without blocks (RFC 3550 §6.4.1).
pub fn sender_report(track: &super::rtp::Track, now: Duration) -> Vec<u8> {
    let mut packet = vec![0x80, 200, 0, 0];
    packet.extend_from_slice(&track.ssrc.to_be_bytes());
    let seconds = u32::try_from((now.as_secs() + NTP_OFFSET) & 0xffff_ffff).unwrap_or(0);
    let fraction = u32::try_from((u64::from(now.subsec_nanos()) << 32) / 1_000_000_000).unwrap_or(0);
    for word in [seconds, fraction, track.timestamp(), track.packets, track.bytes] {
        packet.extend_from_slice(&word.to_be_bytes());
    }
    with_length(packet)
}

/// Fills in the length: words without the first (RFC 3550 §6.4.1).
fn with_length(mut packet: Vec<u8>) -> Vec<u8> {
    let words = u16::try_from(packet.len() / 4 - 1).unwrap_or(0);
    packet[2..4].copy_from_slice(&words.to_be_bytes());
    packet
}

fn low16(number: u64) -> u16 {
    u16::try_from(number & 0xffff).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use rtc::rtcp::transport_feedbacks::transport_layer_cc::{PacketStatusChunk, TransportLayerCc};
    use rtc::shared::marshal::Unmarshal as _;

    use super::*;

    fn read(bytes: &[u8]) -> TransportLayerCc {
        TransportLayerCc::unmarshal(&mut &bytes[..]).expect("the library understands it")
    }

    #[test]
    fn feedback_tells_what_came_and_what_is_missing() {
        let mut arrivals = Arrivals::default();
        let at = |ms: u64| Duration::from_millis(1_000_000 + ms);
        for (sequence, ms) in [(65_534, 0), (65_535, 1), (1, 200)] {
            arrivals.note(sequence, at(ms));
        }
        let feedback = read(&arrivals.feedback(1, 2).expect("something to tell"));
        assert_eq!((feedback.base_sequence_number, feedback.packet_status_count), (65_534, 4));
        let PacketStatusChunk::StatusVectorChunk(vector) = &feedback.packet_chunks[0] else {
            panic!("a vector")
        };
        let symbols: Vec<u8> = vector.symbol_list.iter().take(4).map(|symbol| *symbol as u8).collect();
        assert_eq!(symbols, [1, 1, 0, 2], "number 0 never came; the last one came late");
        let deltas: Vec<i64> = feedback.recv_deltas.iter().skip(1).map(|delta| delta.delta).collect();
        assert_eq!(deltas, [1000, 199_000], "microseconds");
        assert!(arrivals.feedback(1, 2).is_none(), "told once");

        arrivals.note(4, at(300));
        let next = read(&arrivals.feedback(1, 2).expect("more"));
        assert_eq!((next.base_sequence_number, next.packet_status_count), (2, 3), "2 and 3 are missed");
    }
}
