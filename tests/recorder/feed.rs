//! Packets as an SFU would hand them to a tap, made of real encoded sound and pictures.

use std::time::{Duration, Instant};

use media::{Codec, Kind, Quality, Source, Tap, TapEnd, TappedPacket, TappedTrack};
use participant::clip::{Clip, Person};

/// Bytes of a picture in one packet.
const PACKET: usize = 1100;

/// A microphone or camera that is played into a tap. Its time is its own: packets arrive when they were due, however
/// fast they are fed.
pub struct Feed {
    pub track: TappedTrack,
    clip: Clip,
    sequence: u64,
    ticks: u32,
    next: usize,
    pub layer: Quality,
    /// Every so many-th packet is lost; 0: none.
    pub lose: u64,
}

impl Feed {
    pub fn microphone(seat: &str) -> Self {
        Self::new(seat, Kind::Audio, Codec::Opus, Source::Microphone)
    }

    pub fn camera(seat: &str) -> Self {
        Self::new(seat, Kind::Video, Codec::Vp8, Source::Camera)
    }

    fn new(seat: &str, kind: Kind, codec: Codec, source: Source) -> Self {
        let id = format!("TR_{seat}_{source:?}");
        Self {
            track: TappedTrack { id: id.as_str().into(), publisher: seat.into(), kind, codec, source },
            clip: Clip::of(Person::Elder).expect("the clip is whole"),
            sequence: 60_000,
            ticks: u32::MAX - 100_000,
            next: 0,
            layer: Quality::High,
            lose: 0,
        }
    }

    pub fn begin(&self, tap: &mut dyn Tap) {
        tap.begin(&self.track);
    }

    pub fn end(&self, tap: &mut dyn Tap, why: TapEnd) {
        tap.end(&self.track.id, why);
    }

    /// Length of one frame.
    pub fn frame_time(&self) -> Duration {
        if self.track.kind == Kind::Audio { Duration::from_millis(20) } else { self.clip.frame_time }
    }

    /// One frame, that arrives at `at`.
    pub fn frame(&mut self, tap: &mut dyn Tap, at: Instant) {
        let audio = self.track.kind == Kind::Audio;
        let frames = if audio { &self.clip.speech } else { &self.clip.frames };
        let frame = frames[self.next % frames.len()].clone();
        self.next += 1;
        if audio {
            self.packet(tap, &frame, true, false, at);
            self.ticks = self.ticks.wrapping_add(960);
            return;
        }
        let keyframe = frame[0] & 1 == 0;
        let count = frame.chunks(PACKET).count();
        for (number, part) in frame.chunks(PACKET).enumerate() {
            let mut payload = vec![if number == 0 { 0x10 } else { 0 }];
            payload.extend_from_slice(part);
            self.packet(tap, &payload, number + 1 == count, keyframe && number == 0, at);
        }
        let ticks = self.clip.frame_time.as_secs_f64() * 90_000.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a frame's length")]
        let ticks = ticks as u32;
        self.ticks = self.ticks.wrapping_add(ticks);
    }

    /// The sender's clock goes on while nothing is sent.
    pub fn pause(&mut self, time: Duration) {
        let rate = if self.track.kind == Kind::Audio { 48 } else { 90 };
        let ticks = u32::try_from(time.as_millis()).expect("short") * rate;
        self.ticks = self.ticks.wrapping_add(ticks);
    }

    /// Other pictures, of another size, from now on.
    pub fn show(&mut self, width: u32, height: u32) {
        let made = encode(
            &["-c:v", "libvpx", "-b:v", "300k", "-g", "15", "-deadline", "realtime"],
            "ivf",
            width,
            height,
        );
        let sound = include_bytes!("../../signaling/participant/assets/elder.opus");
        self.clip = Clip::read(Vec::leak(made), sound).expect("a clip");
        self.next = 0;
    }

    /// Goes to the next keyframe, as a camera does that is asked for one.
    pub fn refresh(&mut self) {
        self.next = self.clip.keyframe_from(self.next % self.clip.frames.len());
    }

    fn packet(&mut self, tap: &mut dyn Tap, payload: &[u8], marker: bool, keyframe: bool, arrived: Instant) {
        self.sequence += 1;
        if self.lose > 0 && self.sequence.is_multiple_of(self.lose) {
            return;
        }
        let packet = TappedPacket {
            layer: self.layer,
            sequence: self.sequence,
            timestamp: self.ticks,
            marker,
            keyframe,
            level: (self.track.kind == Kind::Audio).then_some(-30),
            arrived,
            report: None,
            payload: payload.into(),
        };
        tap.packet(&self.track.id, packet);
    }
}

/// Plays several into a tap from `from` for `time`, all at once.
pub fn play(feeds: &mut [&mut Feed], tap: &mut dyn Tap, from: Instant, time: Duration) {
    let mut due: Vec<Instant> = feeds.iter().map(|_| from).collect();
    loop {
        let Some((which, at)) = due.iter().copied().enumerate().min_by_key(|(_, at)| *at) else { return };
        if at >= from + time {
            return;
        }
        feeds[which].frame(tap, at);
        due[which] += feeds[which].frame_time();
    }
}

/// The same as it happens, until `over` says so.
pub fn play_live(feeds: &mut [&mut Feed], tap: &mut dyn Tap, mut over: impl FnMut(Duration) -> bool) {
    let from = Instant::now();
    let mut due: Vec<Instant> = feeds.iter().map(|_| from).collect();
    while !over(from.elapsed()) {
        let now = Instant::now();
        for (feed, due) in feeds.iter_mut().zip(&mut due) {
            if tap.lost_picture(&feed.track.id) {
                feed.refresh();
            }
            while *due <= now {
                feed.frame(tap, *due);
                *due += feed.frame_time();
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Six seconds of moving test pictures, encoded by ffmpeg.
pub fn encode(codec: &[&str], form: &str, width: u32, height: u32) -> Vec<u8> {
    let source = format!("testsrc2=s={width}x{height}:r=15:d=6");
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &source, "-pix_fmt", "yuv420p"])
        .args(codec)
        .args(["-f", form, "pipe:1"])
        .output()
        .expect("ffmpeg is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
