//! One TCP connection of a client: frames in, a bounded queue of frames out.
//!
//! A stream that does not drain must neither grow the memory nor lag ever further behind: what would wait too
//! long is dropped, video first, whole frames only.

use std::collections::VecDeque;
use std::io::{self, IoSlice, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;

use super::frame::{Filled, Frames, TooLong};
use crate::PeerId;
use crate::worker::outbox::is_bulky_media;

/// Video is dropped while more than this waits: half a second at 1 Mbit/s.
const VIDEO_LIMIT: usize = 64 * 1024;
/// Everything is dropped while more than this waits.
const LIMIT: usize = 128 * 1024;
/// Frames handed to the kernel in one call.
const FRAMES_PER_WRITE: usize = 32;
/// What the kernel may hold that was not sent: the queue that matters is ours, where frames can still be dropped.
const KERNEL_UNSENT: u32 = 16 * 1024;
/// The kernel gives up a connection whose data nobody acknowledges for this long.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// A connection that a client opened, and what is known of it.
pub(crate) struct Stream {
    pub(super) io: TcpStream,
    /// Where the client connects from.
    pub(super) remote: SocketAddr,
    /// Which of our addresses it connected to.
    pub(super) local: SocketAddr,
    pub(super) frames: Frames,
    /// Whose it is, once a check on it was valid, and when the last valid one came.
    pub(super) owner: Option<Owner>,
    waiting: VecDeque<Frame>,
    waiting_bytes: usize,
    /// Bytes of the first waiting frame that the kernel already has.
    begun: usize,
    blocked: bool,
}

/// Whose connection it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub room: usize,
    pub peer: PeerId,
    pub heard: Instant,
}

struct Frame {
    length: [u8; 2],
    bytes: Vec<u8>,
}

impl Frame {
    fn size(&self) -> usize {
        2 + self.bytes.len()
    }
}

impl Stream {
    /// Takes a fresh, non-blocking connection.
    pub(super) fn new(io: TcpStream, remote: SocketAddr, local: SocketAddr) -> Self {
        let socket = socket2::SockRef::from(&io);
        // None of these is worth losing the client for.
        let _ = socket.set_tcp_nodelay(true);
        #[cfg(target_os = "linux")]
        {
            let _ = socket.set_tcp_notsent_lowat(KERNEL_UNSENT);
            let _ = socket.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        }
        Self {
            io,
            remote,
            local,
            frames: Frames::default(),
            owner: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            begun: 0,
            blocked: false,
        }
    }

    /// Reads once.
    pub(super) fn fill(&mut self) -> Filled {
        self.frames.fill(&mut self.io)
    }

    /// The first frame, left for the worker to read again.
    pub(super) fn first(&self) -> Result<Option<&[u8]>, TooLong> {
        self.frames.first()
    }

    /// Queues a datagram. False when it was dropped.
    pub(super) fn push(&mut self, bytes: Vec<u8>) -> bool {
        let limit = if is_bulky_media(&bytes) { VIDEO_LIMIT } else { LIMIT };
        let Ok(length) = u16::try_from(bytes.len()) else { return false };
        if self.waiting_bytes + bytes.len() > limit {
            return false;
        }
        let frame = Frame { length: length.to_be_bytes(), bytes };
        self.waiting_bytes += frame.size();
        self.waiting.push_back(frame);
        true
    }

    /// Drops what waits, except a frame the kernel has begun. Gives how many went.
    pub(super) fn purge(&mut self) -> usize {
        let before = self.waiting.len();
        self.waiting.truncate(usize::from(self.begun > 0));
        self.waiting_bytes = self.waiting.iter().map(Frame::size).sum();
        before - self.waiting.len()
    }

    /// The kernel said that it takes more.
    pub(super) fn unblock(&mut self) {
        self.blocked = false;
    }

    /// Writes until nothing waits or the kernel takes no more; adds the frames that went to `sent`.
    pub(super) fn flush(&mut self, sent: &mut u64) -> io::Result<()> {
        while !self.blocked && !self.waiting.is_empty() {
            let mut slices = [IoSlice::new(&[]); 2 * FRAMES_PER_WRITE];
            for (pair, frame) in slices.chunks_exact_mut(2).zip(&self.waiting) {
                pair[0] = IoSlice::new(&frame.length);
                pair[1] = IoSlice::new(&frame.bytes);
            }
            let mut rest = &mut slices[..];
            IoSlice::advance_slices(&mut rest, self.begun);
            match self.io.write_vectored(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => *sent += self.went(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.blocked = true,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Notes bytes the kernel took; gives how many frames that completed.
    fn went(&mut self, written: usize) -> u64 {
        let mut done = 0;
        self.begun += written;
        while let Some(first) = self.waiting.front()
            && self.begun >= first.size()
        {
            self.begun -= first.size();
            self.waiting_bytes -= first.size();
            self.waiting.pop_front();
            done += 1;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn pair() -> (Stream, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a listener");
        let address = listener.local_addr().expect("an address");
        let client = std::net::TcpStream::connect(address).expect("connected");
        let (served, remote) = listener.accept().expect("accepted");
        served.set_nonblocking(true).expect("non-blocking");
        (Stream::new(TcpStream::from_std(served), remote, address), client)
    }

    fn video(number: u16) -> Vec<u8> {
        let mut bytes = vec![0x80, 96];
        bytes.extend(number.to_be_bytes());
        bytes.resize(1100, 7);
        bytes
    }

    #[test]
    fn a_client_that_does_not_read_costs_bounded_memory_and_gets_whole_frames_later() {
        let (mut stream, mut client) = pair();
        let (mut sent, mut kept) = (0, 0_u64);
        for number in 0..20_000 {
            kept += u64::from(stream.push(video(number)));
            stream.flush(&mut sent).expect("the connection stands");
            assert!(stream.waiting_bytes <= VIDEO_LIMIT + 2);
        }
        assert!(kept < 20_000, "some were dropped");
        assert!(stream.push(vec![0x80, 111, 1, 2]), "sound still fits");
        let reader = std::thread::spawn(move || {
            let mut frames = 0;
            let mut length = [0; 2];
            loop {
                client.read_exact(&mut length).expect("a length");
                let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
                client.read_exact(&mut frame).expect("a whole frame");
                match frame.len() {
                    4 => return frames,
                    length => assert_eq!(length, 1100),
                }
                frames += 1;
            }
        });
        while !stream.waiting.is_empty() {
            stream.unblock();
            stream.flush(&mut sent).expect("the connection stands");
            std::thread::yield_now();
        }
        assert_eq!(reader.join().expect("every frame was whole"), kept);
        assert_eq!(sent, kept + 1);
    }

    #[test]
    fn purging_leaves_only_what_the_kernel_has_begun() {
        let (mut stream, _client) = pair();
        let mut sent = 0;
        let mut number = 0;
        while stream.waiting.len() < 20 {
            stream.push(video(number));
            stream.flush(&mut sent).expect("the connection stands");
            number += 1;
        }
        stream.purge();
        assert!(stream.waiting.len() <= 1 && stream.waiting_bytes <= 1102);
        assert!(stream.waiting.is_empty() || stream.begun > 0);
    }
}
