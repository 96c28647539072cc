//! Closing a file, after a crash or at the end: a torn end is cut off, an index is appended, and index, duration and
//! size are entered into the header in place, with one write.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::ebml::{self as e, Head};
use super::format::{SILENCE, opus_samples};

/// Room for the list of top-level elements.
pub(super) const SEEK_HEAD_ROOM: usize = 96;
/// Room for the duration: two bytes of name, one of size, eight of number.
pub(super) const DURATION_ROOM: usize = 11;
/// Sound can be entered anywhere; an index entry this often is enough.
const AUDIO_CUE_MS: u64 = 5000;
/// Length of a picture after which no other comes.
const LAST_PICTURE_MS: u64 = 40;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// From the first to the end of the last frame.
    pub duration_ms: u64,
    /// Frames, silence that was filled in left out.
    pub frames: u64,
}

/// Closes a file. None, and no file, if it holds no frame. A sealed file stays as it is.
pub(crate) fn seal(path: &Path) -> io::Result<Option<Sealed>> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let scan = Scan::of(&file)?;
    let Some(sealed) = scan.sealed() else {
        fs::remove_file(path)?;
        return Ok(None);
    };
    if !scan.closed {
        scan.close(file, sealed.duration_ms)?;
    }
    Ok(Some(sealed))
}

/// What was found in a file.
#[derive(Debug, Default)]
struct Scan {
    video: bool,
    /// Its segment's size is known: it was closed.
    closed: bool,
    /// Where the segment's size stands, and its content begins.
    segment_at: u64,
    /// Where the rooms in the header are.
    seek_head_at: Option<u64>,
    duration_at: Option<u64>,
    info_at: u64,
    tracks_at: u64,
    /// End of the last whole cluster.
    end: u64,
    /// (time, position) of clusters a player may enter at.
    cues: Vec<(u64, u64)>,
    frames: u64,
    blocks: u64,
    last_ms: u64,
    last_length_ms: u64,
}

impl Scan {
    fn of(file: &File) -> io::Result<Self> {
        let mut scan = Self::default();
        let mut input = Input::new(file)?;
        // A file without a whole header has no frame either.
        match scan.read(&mut input) {
            Err(error) if error.kind() != io::ErrorKind::InvalidData => Err(error),
            _ => Ok(scan),
        }
    }

    fn read(&mut self, input: &mut Input<'_>) -> io::Result<()> {
        let Some(ebml) = input.head()? else { return Ok(()) };
        if ebml.id != e::EBML {
            return Ok(());
        }
        input.skip(ebml.size.unwrap_or(0))?;
        let Some(segment) = input.head()?.filter(|head| head.id == e::SEGMENT) else { return Ok(()) };
        self.closed = segment.size.is_some();
        self.segment_at = input.at;
        loop {
            let at = input.at;
            let Some(head) = input.head()? else { break };
            let Some(size) = head.size.filter(|size| input.at + size <= input.length) else { break };
            match head.id {
                e::VOID => {
                    self.seek_head_at.get_or_insert(at);
                    input.skip(size)?;
                }
                e::INFO => {
                    self.info_at = at;
                    self.duration_at = Some(input.at + size - DURATION_ROOM as u64);
                    input.skip(size)?;
                }
                e::TRACKS => {
                    self.tracks_at = at;
                    let bytes = input.take(size)?;
                    // The track type of the one entry.
                    self.video = bytes.windows(3).any(|window| window == [0x83, 0x81, 1]);
                }
                e::CLUSTER => {
                    let bytes = input.take(size)?;
                    self.cluster(&bytes, at)?;
                    self.end = input.at;
                }
                // The index of an earlier attempt, or the list of elements of a closed file.
                e::CUES | e::SEEK_HEAD => input.skip(size)?,
                _ => break,
            }
        }
        Ok(())
    }

    fn cluster(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        let mut rest = bytes;
        let mut base = 0;
        let mut first = true;
        while let Some(Head { id, size, .. }) = e::head(&mut rest)? {
            let size = usize::try_from(size.unwrap_or(0)).unwrap_or(usize::MAX);
            let Some((content, after)) = rest.split_at_checked(size) else { break };
            rest = after;
            match (id, content) {
                (e::TIMESTAMP, _) => base = e::read_uint(content),
                (e::SIMPLE_BLOCK, [_, high, low, flags, frame @ ..]) => {
                    let relative = u64::from(u16::from_be_bytes([*high, *low]));
                    let keyframe = flags & 0x80 != 0;
                    if std::mem::take(&mut first) && keyframe {
                        self.cue(base + relative, at);
                    }
                    self.block(base + relative, frame);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn cue(&mut self, at_ms: u64, at: u64) {
        let enough = self.cues.last().is_none_or(|(last, _)| self.video || at_ms >= last + AUDIO_CUE_MS);
        if enough {
            self.cues.push((at_ms, at - self.segment_at));
        }
    }

    fn block(&mut self, at_ms: u64, frame: &[u8]) {
        self.last_length_ms =
            if self.video { LAST_PICTURE_MS } else { u64::from(opus_samples(frame).unwrap_or(960) / 48) };
        self.last_ms = at_ms;
        self.blocks += 1;
        self.frames += u64::from(self.video || frame != SILENCE);
    }

    fn sealed(&self) -> Option<Sealed> {
        (self.blocks > 0)
            .then_some(Sealed { duration_ms: self.last_ms + self.last_length_ms, frames: self.frames })
    }

    /// Appends the index and enters everything into the header.
    fn close(&self, mut file: File, duration_ms: u64) -> io::Result<()> {
        file.set_len(self.end)?;
        let mut cues = Vec::new();
        e::master(&mut cues, e::CUES, |cues| {
            for (at_ms, at) in &self.cues {
                e::master(cues, e::CUE_POINT, |point| {
                    e::uint(point, e::CUE_TIME, *at_ms);
                    e::master(point, e::CUE_TRACK_POSITIONS, |positions| {
                        e::uint(positions, e::CUE_TRACK, 1);
                        e::uint(positions, e::CUE_CLUSTER_POSITION, *at);
                    });
                });
            }
        });
        file.seek(SeekFrom::End(0))?;
        if let Err(error) = file.write_all(&cues).and_then(|()| file.sync_data()) {
            // No room: the file plays as it is, and can be closed when there is.
            file.set_len(self.end)?;
            return Err(error);
        }
        self.enter(&file, self.end + cues.len() as u64, duration_ms)?;
        file.sync_all()
    }

    fn enter(&self, file: &File, length: u64, duration_ms: u64) -> io::Result<()> {
        let (Some(seek_head_at), Some(duration_at)) = (self.seek_head_at, self.duration_at) else {
            return Ok(());
        };
        // From the segment's size up to the end of the duration: all in one write.
        let from = self.segment_at - 8;
        let mut header = vec![0; usize::try_from(duration_at - from).unwrap_or(0) + DURATION_ROOM];
        file.read_exact_at(&mut header, from)?;
        header[..8].copy_from_slice(&e::wide_size(length - self.segment_at));
        let place = |at: u64| usize::try_from(at - from).unwrap_or(0);
        let mut list = Vec::new();
        e::master(&mut list, e::SEEK_HEAD, |list| {
            for (id, at) in [(e::INFO, self.info_at), (e::TRACKS, self.tracks_at), (e::CUES, self.end)] {
                e::master(list, e::SEEK, |seek| {
                    e::binary(seek, e::SEEK_ID, &id.to_be_bytes());
                    e::uint(seek, e::SEEK_POSITION, at - self.segment_at);
                });
            }
        });
        let left = SEEK_HEAD_ROOM - list.len();
        e::void(&mut list, left);
        header[place(seek_head_at)..][..SEEK_HEAD_ROOM].copy_from_slice(&list);
        let mut duration = Vec::new();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a sitting are far below 2^52")]
        e::float(&mut duration, e::DURATION, duration_ms as f64);
        header[place(duration_at)..][..DURATION_ROOM].copy_from_slice(&duration);
        file.write_all_at(&header, from)
    }
}

/// A file read from the front, with the place known.
struct Input<'a> {
    reader: BufReader<&'a File>,
    at: u64,
    length: u64,
}

impl<'a> Input<'a> {
    fn new(file: &'a File) -> io::Result<Self> {
        Ok(Self { length: file.metadata()?.len(), reader: BufReader::with_capacity(1 << 16, file), at: 0 })
    }

    fn head(&mut self) -> io::Result<Option<Head>> {
        let head = e::head(&mut self.reader)?;
        self.at += head.map_or(0, |head| head.length);
        Ok(head)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        self.reader.seek_relative(bytes.cast_signed())?;
        self.at += bytes;
        Ok(())
    }

    fn take(&mut self, bytes: u64) -> io::Result<Vec<u8>> {
        let mut content = vec![0; usize::try_from(bytes).map_err(io::Error::other)?];
        self.reader.read_exact(&mut content)?;
        self.at += bytes;
        Ok(content)
    }
}
