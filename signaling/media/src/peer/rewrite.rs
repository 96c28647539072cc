//! Renumbering one forwarded stream: sequence, timestamp, and VP8 picture numbers.
//!
//! Each assignment of a slot starts a stream of its own. When its source changes (another simulcast layer)
//! or resumes after a pause, numbers go on where they stopped, so that the receiver sees one stream without a
//! hole. Holes the source had stay holes: the publisher's retransmission later fits exactly there.

use std::time::Instant;

/// Picture numbers of a VP8 payload descriptor (RFC 7741 section 4.2), where present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PictureNumbers {
    pub picture_id: Option<u16>,
    pub tl0_pic_idx: Option<u8>,
    pub key_idx: Option<u8>,
}

/// Where a packet of the source comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Renumbered {
    /// Extended sequence number; starts below 65536, so that the receiver's rollover counter agrees.
    pub sequence: u64,
    pub timestamp: u32,
    /// New picture numbers, when they differ from the source's.
    pub pictures: Option<PictureNumbers>,
}

/// State of one renumbered stream.
#[derive(Debug)]
pub(crate) struct Renumbering {
    clock_rate: u32,
    running: bool,
    /// First source packet of the present run; older ones are of a run that ended.
    first_source: u64,
    offset: i64,
    timestamp_offset: u32,
    picture_offsets: (u16, u8, u8),
    last_sequence: u64,
    last_timestamp: u32,
    last_pictures: PictureNumbers,
    last_at: Option<Instant>,
}

impl Renumbering {
    /// A stream that will begin near the given number (its low 14 bits are used).
    pub(crate) fn new(seed: u32, clock_rate: u32) -> Self {
        Self {
            clock_rate,
            running: false,
            first_source: 0,
            offset: 0,
            timestamp_offset: 0,
            picture_offsets: (0, 0, 0),
            last_sequence: u64::from(seed & 0x3fff),
            last_timestamp: seed,
            last_pictures: PictureNumbers::default(),
            last_at: None,
        }
    }

    /// Whether packets flow; when not, the next packet given to [`Self::start`] begins a run.
    pub(crate) fn is_running(&self) -> bool {
        self.running
    }

    /// Ends the run: the source changes or pauses.
    pub(crate) fn stop(&mut self) {
        self.running = false;
    }

    /// Begins a run with this packet.
    pub(crate) fn start(&mut self, sequence: u64, timestamp: u32, pictures: PictureNumbers, now: Instant) {
        self.running = true;
        self.first_source = sequence;
        self.offset = self.last_sequence.cast_signed() + 1 - sequence.cast_signed();
        let Some(last_at) = self.last_at else {
            // The very first run keeps the source's time and pictures.
            self.timestamp_offset = 0;
            self.picture_offsets = (0, 0, 0);
            return;
        };
        let elapsed =
            now.saturating_duration_since(last_at).as_micros() * u128::from(self.clock_rate) / 1_000_000;
        let step = u32::try_from(elapsed).unwrap_or(u32::MAX / 2).max(1);
        self.timestamp_offset = self.last_timestamp.wrapping_add(step).wrapping_sub(timestamp);
        self.picture_offsets = (
            gap(self.last_pictures.picture_id, pictures.picture_id).unwrap_or(0),
            gap8(self.last_pictures.tl0_pic_idx, pictures.tl0_pic_idx),
            gap8(self.last_pictures.key_idx, pictures.key_idx),
        );
    }

    /// Where a packet comes out; nothing when it belongs to a run that ended, or none runs.
    pub(crate) fn map(
        &mut self,
        sequence: u64,
        timestamp: u32,
        pictures: PictureNumbers,
        now: Instant,
    ) -> Option<Renumbered> {
        if !self.running || sequence < self.first_source {
            return None;
        }
        let out = u64::try_from(sequence.cast_signed() + self.offset).ok()?;
        let out_timestamp = timestamp.wrapping_add(self.timestamp_offset);
        let moved = self.picture_offsets != (0, 0, 0);
        let shifted = PictureNumbers {
            picture_id: pictures.picture_id.map(|id| id.wrapping_add(self.picture_offsets.0) & 0x7fff),
            tl0_pic_idx: pictures.tl0_pic_idx.map(|index| index.wrapping_add(self.picture_offsets.1)),
            key_idx: pictures.key_idx.map(|index| index.wrapping_add(self.picture_offsets.2) & 0x1f),
        };
        if out > self.last_sequence {
            self.last_sequence = out;
            self.last_timestamp = out_timestamp;
            self.last_pictures = shifted;
            self.last_at = Some(now);
        }
        Some(Renumbered { sequence: out, timestamp: out_timestamp, pictures: moved.then_some(shifted) })
    }
}

fn gap(last: Option<u16>, next: Option<u16>) -> Option<u16> {
    Some(last?.wrapping_add(1).wrapping_sub(next?) & 0x7fff)
}

fn gap8(last: Option<u8>, next: Option<u8>) -> u8 {
    last.zip(next).map_or(0, |(last, next)| last.wrapping_add(1).wrapping_sub(next))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pictures(id: u16) -> PictureNumbers {
        PictureNumbers { picture_id: Some(id), tl0_pic_idx: Some((id & 0xff) as u8), key_idx: None }
    }

    #[test]
    fn the_first_number_fits_sixteen_bits_whatever_the_source() {
        let now = Instant::now();
        let mut stream = Renumbering::new(u32::MAX, 90_000);
        stream.start(9_000_000, 77, PictureNumbers::default(), now);
        let first = stream.map(9_000_000, 77, PictureNumbers::default(), now).expect("running");
        assert!(first.sequence < 65_536);
        assert_eq!((first.timestamp, first.pictures), (77, None));
    }

    #[test]
    fn holes_of_the_source_stay_and_retransmissions_fit_them() {
        let now = Instant::now();
        let mut stream = Renumbering::new(0, 90_000);
        stream.start(10, 0, PictureNumbers::default(), now);
        let mut out =
            |sequence| stream.map(sequence, 0, PictureNumbers::default(), now).map(|out| out.sequence);
        assert_eq!((out(10), out(13), out(11)), (Some(1), Some(4), Some(2)));
        assert_eq!(out(9), None, "older than the run");
    }

    #[test]
    fn a_switch_goes_on_where_the_last_source_stopped() {
        let now = Instant::now();
        let mut stream = Renumbering::new(0, 90_000);
        stream.start(10, 1000, pictures(30_000), now);
        stream.map(10, 1000, pictures(30_000), now);
        stream.stop();
        assert_eq!(stream.map(11, 1000, pictures(30_000), now), None);
        let later = now + Duration::from_millis(100);
        stream.start(70_000, 5, pictures(3), later);
        let out = stream.map(70_000, 5, pictures(3), later).expect("running");
        assert_eq!((out.sequence, out.timestamp), (2, 10_000));
        assert_eq!(out.pictures.and_then(|pictures| pictures.picture_id), Some(30_001));
    }
}
