//! The clips that simulated participants play: VP8 pictures and Opus speech, kept in the tree (see `assets/make.py`).

use std::io::Cursor;
use std::time::Duration;

use bytes::Bytes;
use rtc::media::io::ivf_reader::IVFReader;
use rtc::media::io::ogg_reader::OggReader;

/// A person as a bot shows them: moving pictures and a voice, both looping.
#[derive(Clone)]
pub struct Clip {
    /// Encoded VP8 frames (RFC 6386), the first one a keyframe.
    pub frames: Vec<Bytes>,
    /// How long one frame is shown.
    pub frame_time: Duration,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Opus packets of 20 ms each (RFC 6716), 48 kHz, one channel.
    pub speech: Vec<Bytes>,
    /// How loud each of them is: −dBov, from 0 (loudest) to 127 (silence), as RFC 6464 tells it.
    pub levels: &'static [u8],
}

/// How long one Opus packet of a clip sounds.
pub const SPEECH_TIME: Duration = Duration::from_millis(20);

/// Whose clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// An old man, calm.
    Elder,
    /// His neighbour.
    Neighbour,
    /// A lawyer who explains.
    Lawyer,
}

/// A clip that cannot be read: the files in the tree are damaged.
#[derive(Debug, thiserror::Error)]
#[error("the clip cannot be read: {0}")]
pub struct BrokenClip(#[from] webrtc::error::Error);

impl Clip {
    /// Reads the clip of a person from the program itself.
    pub fn of(person: Person) -> Result<Self, BrokenClip> {
        let (video, audio, levels): (&[u8], &[u8], &[u8]) = match person {
            Person::Elder => (
                include_bytes!("../assets/elder.ivf"),
                include_bytes!("../assets/elder.opus"),
                include_bytes!("../assets/elder.levels"),
            ),
            Person::Neighbour => (
                include_bytes!("../assets/neighbour.ivf"),
                include_bytes!("../assets/neighbour.opus"),
                include_bytes!("../assets/neighbour.levels"),
            ),
            Person::Lawyer => (
                include_bytes!("../assets/lawyer.ivf"),
                include_bytes!("../assets/lawyer.opus"),
                include_bytes!("../assets/lawyer.levels"),
            ),
        };
        Ok(Self { levels, ..Self::read(video, audio)? })
    }

    /// Reads a clip from IVF pictures and Ogg Opus sound; its loudness is not known.
    pub fn read(video: &'static [u8], audio: &'static [u8]) -> Result<Self, BrokenClip> {
        let (mut ivf, header) = IVFReader::new(Cursor::new(video))?;
        let mut frames = Vec::new();
        while let Ok((frame, _)) = ivf.parse_next_frame() {
            frames.push(frame.freeze());
        }
        let (mut ogg, _) = OggReader::new(Cursor::new(audio), true)?;
        let mut speech = Vec::new();
        while let Ok((page, _)) = ogg.parse_next_page() {
            if !page.starts_with(b"OpusTags") && !page.is_empty() {
                speech.push(page.freeze());
            }
        }
        let seconds = f64::from(header.timebase_numerator) / f64::from(header.timebase_denominator.max(1));
        Ok(Self {
            frames,
            frame_time: Duration::from_secs_f64(seconds),
            size: (header.width.into(), header.height.into()),
            speech,
            levels: &[],
        })
    }

    /// The sound packets with their loudness; silence where none is known.
    pub fn voice(&self) -> impl Iterator<Item = (&Bytes, u8)> + Clone {
        self.speech.iter().zip(self.levels.iter().copied().chain(std::iter::repeat(127)))
    }

    /// The next frame at or after `from` that a decoder can start with; the loop's first frame always is one.
    pub fn keyframe_from(&self, from: usize) -> usize {
        (from..self.frames.len()).find(|&n| is_keyframe(&self.frames[n])).unwrap_or(0)
    }
}

/// Whether a VP8 frame is a keyframe: the lowest bit of its first byte is zero (RFC 6386 §9.1).
pub fn is_keyframe(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first & 1 == 0)
}

#[cfg(test)]
mod tests {
    use super::{Clip, Person, is_keyframe};

    #[test]
    fn every_clip_has_pictures_and_a_voice() {
        for person in [Person::Elder, Person::Neighbour, Person::Lawyer] {
            let clip = Clip::of(person).expect("the clip in the tree is whole");
            assert_eq!(clip.size, (320, 240));
            assert_eq!(clip.frames.len(), 90, "6 s at 15 frames a second");
            assert!(is_keyframe(&clip.frames[0]));
            assert!(clip.keyframe_from(1) <= 15, "a keyframe every second");
            assert!(clip.speech.len() > 200, "{} packets", clip.speech.len());
            let loud = clip.voice().filter(|(_, level)| *level < 40).count();
            let silent = clip.voice().filter(|(_, level)| *level > 100).count();
            assert!(loud > 100 && silent > 50, "speech, then a pause: {loud} loud, {silent} silent");
            assert!(clip.levels.len().abs_diff(clip.speech.len()) < 3, "a level for every packet");
        }
    }
}
