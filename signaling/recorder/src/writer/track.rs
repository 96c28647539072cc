//! One track on its way into its file.

use std::io;
use std::time::Instant;

use media::{Kind, Source, TapEnd, TappedPacket, TappedTrack};

use super::Desk;
use super::speech::Meter;
use crate::clock::Clock;
use crate::depacket::{Depacketizer, Frame};
use crate::journal::{Line, TrackLine};
use crate::order::{Order, Ordered};
use crate::webm::{Block, SILENCE, TrackFile, opus_samples};
use crate::{GapCause, RecorderEvent, Speech, TrackKind};

/// A hole shorter than this is not worth a word.
const GAP_MS: f64 = 500.0;
/// Length of a packet of silence.
const SILENCE_MS: f64 = 20.0;
/// Sound this far ahead of the clock loses a packet: its sender's clock is faster than ours.
const AHEAD_MS: f64 = -40.0;
/// A picture lasts at least this.
const PICTURE_MS: f64 = 40.0;

/// A track being recorded.
pub(super) struct TrackWriter {
    about: TappedTrack,
    order: Order,
    depacketizer: Depacketizer,
    clock: Clock,
    written: Option<Written>,
    /// Why it does not flow, or did not.
    quiet: Option<GapCause>,
    meter: Meter,
    /// Its file cannot be written.
    failed: bool,
}

/// A track's file and how far it is.
struct Written {
    file: TrackFile,
    name: String,
    /// Recording's time of its first frame.
    offset_ms: f64,
    /// Sound: samples written. A file of sound has no holes, so this is its time.
    samples: u64,
    /// Pictures: file's time of the last one.
    last_ms: u64,
    /// Recording's time of the end of the last frame.
    end_ms: f64,
}

impl TrackWriter {
    /// None for a codec that cannot be recorded.
    pub(super) fn new(about: &TappedTrack) -> Option<Self> {
        Some(Self {
            about: about.clone(),
            order: Order::default(),
            depacketizer: Depacketizer::new(about.codec)?,
            clock: Clock::new(if about.kind == Kind::Audio { 48_000 } else { 90_000 }),
            written: None,
            quiet: None,
            meter: Meter::default(),
            failed: false,
        })
    }

    pub(super) fn about(&self) -> &TappedTrack {
        &self.about
    }

    /// Takes a packet.
    pub(super) fn packet(
        &mut self,
        packet: TappedPacket,
        after_drop: bool,
        desk: &mut Desk,
    ) -> io::Result<()> {
        if after_drop {
            self.interrupt(GapCause::Overload);
        }
        let mut ready = Vec::new();
        self.order.push(packet, &mut ready);
        self.take(ready, desk)
    }

    /// Gives up what was waited for long enough, and writes what was gathered long enough.
    pub(super) fn turn(&mut self, now: Instant, desk: &mut Desk) -> io::Result<()> {
        let mut ready = Vec::new();
        self.order.expire(now, &mut ready);
        self.take(ready, desk)?;
        if self.depacketizer.needs_keyframe() && self.quiet.is_none_or(|why| why == GapCause::Lost) {
            desk.shared.lose(&self.about.id);
        }
        if let Some(written) = self.written.as_mut().filter(|written| written.file.is_due(now)) {
            let bytes = written.file.flush()?;
            desk.count(bytes);
        }
        Ok(())
    }

    /// The track stops flowing: everything it sent before is written.
    pub(super) fn end(&mut self, why: TapEnd, desk: &mut Desk) -> io::Result<()> {
        let mut ready = Vec::new();
        self.order.flush(&mut ready);
        let taken = self.take(ready, desk);
        self.interrupt(match why {
            TapEnd::Gone => GapCause::Lost,
            TapEnd::Withdrawn => GapCause::Withdrawn,
            TapEnd::Muted => GapCause::Muted,
        });
        let spoke = self.meter.end();
        self.note_speech(spoke, desk);
        taken?;
        self.flush(desk)
    }

    /// Writes what was gathered.
    pub(super) fn flush(&mut self, desk: &mut Desk) -> io::Result<()> {
        if let Some(written) = &mut self.written {
            let bytes = written.file.flush()?;
            desk.count(bytes);
        }
        Ok(())
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.written.as_mut().map_or(Ok(()), |written| written.file.sync())
    }

    /// What follows has no connection to what was; the hole is put down to `cause`.
    pub(super) fn interrupt(&mut self, cause: GapCause) {
        self.order = Order::default();
        self.depacketizer.interrupt();
        self.clock.interrupt();
        self.quiet = Some(cause);
    }

    /// Its file fails: it is closed as it is.
    pub(super) fn fail(&mut self, error: &io::Error, desk: &Desk) {
        self.failed = true;
        let Some(written) = &self.written else { return };
        let (file, error) = (written.file.path().to_owned(), error.to_string());
        tracing::error!(file = %file.display(), error, "a track's file cannot be written");
        desk.tell(RecorderEvent::WriteError { file, error });
    }

    /// Whether sound of this track goes with a picture of `other`.
    pub(super) fn goes_with(&self, other: &Self) -> bool {
        self.about.kind == Kind::Audio
            && self.about.publisher == other.about.publisher
            && matches!(
                (self.about.source, other.about.source),
                (Source::Microphone, Source::Camera) | (Source::ScreenShareAudio, Source::ScreenShare)
            )
    }

    pub(super) fn clock(&mut self) -> &mut Clock {
        &mut self.clock
    }

    fn take(&mut self, ready: Vec<Ordered>, desk: &mut Desk) -> io::Result<()> {
        for ordered in ready {
            if ordered.hole {
                self.quiet.get_or_insert(GapCause::Lost);
            }
            if let Some((packet, frame)) = self.depacketizer.push(ordered) {
                let arrived_ms = packet.arrived.saturating_duration_since(desk.began).as_secs_f64() * 1000.0;
                let at_ms = self.clock.at(&packet, arrived_ms).max(0.0);
                if self.about.kind == Kind::Audio {
                    let spoke = self.meter.saw(packet.level, whole(at_ms));
                    self.note_speech(spoke, desk);
                }
                self.frame(&frame, at_ms, desk)?;
            }
        }
        Ok(())
    }

    fn frame(&mut self, frame: &Frame, at_ms: f64, desk: &mut Desk) -> io::Result<()> {
        if self.failed {
            return Ok(());
        }
        if self.written.is_none() {
            let Some(written) = self.begin(frame, at_ms, desk)? else { return Ok(()) };
            self.written = Some(written);
        }
        let quiet = self.quiet.take();
        let audio = self.about.kind == Kind::Audio;
        let Some(written) = &mut self.written else { return Ok(()) };
        // A still screen sends nothing for long: only of sound is a silent line itself a hole.
        let cause = quiet.or(audio.then_some(GapCause::Lost));
        if let Some(cause) = cause.filter(|_| at_ms - written.end_ms >= GAP_MS) {
            desk.journal.add(&Line::Gap {
                file: written.name.clone(),
                from_ms: whole(written.end_ms),
                to_ms: whole(at_ms),
                cause,
            });
        }
        let bytes = if audio { written.sound(frame, at_ms)? } else { written.picture(frame, at_ms)? };
        desk.count(bytes);
        Ok(())
    }

    /// Makes the file, at a frame that tells its form.
    fn begin(&self, frame: &Frame, at_ms: f64, desk: &mut Desk) -> io::Result<Option<Written>> {
        let Some(format) = &frame.format else { return Ok(None) };
        let source = match self.about.source {
            Source::Camera => "camera",
            Source::Microphone => "microphone",
            Source::ScreenShare => "screen_share",
            Source::ScreenShareAudio => "screen_share_audio",
            Source::Unknown => "unknown",
        };
        let name = format!("{:03}-{source}.{}", desk.next_file(), format.extension());
        let file = TrackFile::create(&desk.folder.join(&name), format)?;
        let (width, height) = format.pixels();
        desk.journal.add(&Line::Track(TrackLine {
            file: name.clone(),
            seat: self.about.publisher.clone(),
            track: self.about.id.to_string(),
            kind: if self.about.kind == Kind::Audio { TrackKind::Audio } else { TrackKind::Video },
            source: source.into(),
            codec: format.name().into(),
            mime: format.mime(),
            offset_ms: whole(at_ms),
            width,
            height,
        }));
        desk.tell(RecorderEvent::TrackStarted { seat: self.about.publisher.clone(), file: name.clone() });
        // Whole, as the manifest has it.
        let offset_ms = at_ms.floor();
        Ok(Some(Written { file, name, offset_ms, samples: 0, last_ms: 0, end_ms: at_ms }))
    }

    fn note_speech(&self, spoke: Option<Speech>, desk: &mut Desk) {
        if let (Some(Speech { from_ms, to_ms }), Some(written)) = (spoke, &self.written) {
            desk.journal.add(&Line::Speech { file: written.name.clone(), from_ms, to_ms });
        }
    }
}

impl Written {
    /// Adds a packet of sound. Players count samples and do not look at times between packets, so holes are filled
    /// with silence.
    fn sound(&mut self, frame: &Frame, at_ms: f64) -> io::Result<u64> {
        let now = Instant::now();
        let mut bytes = 0;
        while at_ms - self.end_ms > SILENCE_MS * 0.75 {
            bytes += self.packet_of_sound(&SILENCE, now)?;
        }
        if at_ms - self.end_ms < AHEAD_MS {
            return Ok(bytes);
        }
        Ok(bytes + self.packet_of_sound(&frame.bytes, now)?)
    }

    fn packet_of_sound(&mut self, packet: &[u8], now: Instant) -> io::Result<u64> {
        let block = Block { at_ms: self.samples / 48, keyframe: true, bytes: packet };
        self.samples += u64::from(opus_samples(packet).unwrap_or(960));
        #[expect(clippy::cast_precision_loss, reason = "samples of a sitting are far below 2^52")]
        let length_ms = self.samples as f64 / 48.0;
        self.end_ms = self.offset_ms + length_ms;
        self.file.add(block, now)
    }

    fn picture(&mut self, frame: &Frame, at_ms: f64) -> io::Result<u64> {
        let at = whole(at_ms - self.offset_ms);
        // Two pictures at one moment would be one.
        let at = if self.end_ms > self.offset_ms { at.max(self.last_ms + 1) } else { at };
        self.last_ms = at;
        self.end_ms = at_ms.max(self.offset_ms) + PICTURE_MS;
        self.file.add(Block { at_ms: at, keyframe: frame.keyframe, bytes: &frame.bytes }, Instant::now())
    }
}

/// Whole milliseconds, none below zero.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped; a sitting is no aeon")]
fn whole(ms: f64) -> u64 {
    ms.max(0.0) as u64
}
