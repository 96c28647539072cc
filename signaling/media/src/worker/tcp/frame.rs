//! Framing of datagrams on a stream (RFC 4571): two bytes of length, then the datagram.

use std::io::{self, Read};

/// Longest frame taken. Clients keep to the path MTU; whoever announces more is no client of ours.
const MAX_FRAME: usize = 4096;
/// Bytes taken from the kernel at a time.
const CHUNK: usize = 2 * MAX_FRAME;

/// What a read ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filled {
    /// There may be more.
    More,
    /// The kernel has nothing now.
    Dry,
    /// The other side closed, or the connection broke.
    Closed,
}

/// Bytes of a stream on their way to becoming frames. Never holds more than two frames' worth.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    bytes: Vec<u8>,
    taken: usize,
}

/// The announced length is beyond what is taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

impl Frames {
    /// Reads once.
    pub(super) fn fill(&mut self, from: &mut impl Read) -> Filled {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        let held = self.bytes.len();
        self.bytes.resize(CHUNK.max(held), 0);
        let outcome = from.read(&mut self.bytes[held..]);
        self.bytes.truncate(held + outcome.as_ref().map_or(0, |read| *read));
        match outcome {
            Ok(0) => Filled::Closed,
            Ok(_) => Filled::More,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Filled::Dry,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Filled::More,
            Err(_) => Filled::Closed,
        }
    }

    /// The next whole frame, when there is one.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, TooLong> {
        let Some(length) = self.whole()? else { return Ok(None) };
        let start = self.taken + 2;
        self.taken = start + length;
        Ok(Some(&self.bytes[start..start + length]))
    }

    /// The next whole frame, left where it is.
    pub(super) fn first(&self) -> Result<Option<&[u8]>, TooLong> {
        let Some(length) = self.whole()? else { return Ok(None) };
        Ok(Some(&self.bytes[self.taken + 2..self.taken + 2 + length]))
    }

    /// Length of the next frame when all of it is here.
    fn whole(&self) -> Result<Option<usize>, TooLong> {
        let [high, low, body @ ..] = &self.bytes[self.taken..] else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        if length > MAX_FRAME {
            return Err(TooLong);
        }
        Ok((body.len() >= length).then_some(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_whole_however_they_arrive() {
        let sent: Vec<Vec<u8>> = [1, 20, 1200, 0, 4096]
            .map(|size| (0..size).map(|at| u8::try_from(at % 251).expect("small")).collect())
            .to_vec();
        let mut wire = Vec::new();
        for frame in &sent {
            wire.extend(u16::try_from(frame.len()).expect("short").to_be_bytes());
            wire.extend(frame);
        }
        for piece in [1, 7, 1000, wire.len()] {
            let mut frames = Frames::default();
            let mut got = Vec::new();
            for mut part in wire.chunks(piece) {
                while !part.is_empty() {
                    assert_eq!(frames.fill(&mut part), Filled::More);
                    while let Some(frame) = frames.next().expect("no frame is too long") {
                        got.push(frame.to_vec());
                    }
                }
            }
            assert_eq!(got, sent, "in pieces of {piece}");
        }
    }

    #[test]
    fn whoever_announces_too_much_is_found_out_before_it_comes() {
        let mut frames = Frames::default();
        assert_eq!(frames.fill(&mut [0xff, 0xff].as_slice()), Filled::More);
        assert_eq!(frames.next(), Err(TooLong));
    }
}
