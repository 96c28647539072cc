//! Recording of a room: one file per track, without transcoding, that outlives crashes and full disks.
//!
//! ```text
//!  SFU ──tap──▶ bounded ring ──▶ writer thread: reorder ▶ depacketise ▶ common clock ▶ Matroska, ≤ 1 s per write
//!                                  │ journal: tracks, gaps, consents, pauses     │ disk watcher: free space, ENOSPC
//!                                  ▼                                             ▼
//!                         finish / recover ──▶ manifest.json (offsets, gaps, SHA-256)      events ──▶ the sitting
//! ```
//!
//! * The recorder is a subscriber ([`media::Tap`]): what it receives is decided by the pairs of the forwarding
//!   table, packet by packet. It decides nothing about consent; [`Recorder::mark`] only writes down what was decided.
//! * Use: [`Recorder::start`], `wire.attach_recorder(room, recorder.tap())`, flips with pairs
//!   `(seat, livekit::RECORDER)`, marks as they happen, `wire.detach_recorder(room)`, [`Recorder::finish`].
//!   After a crash: [`recover`] on the folder, once, before anything else touches it.
//! * [`CompositePlan`]: one film of it all by ffmpeg, as a job of the background.
//! * One folder per recording. Files are `001-<source>.webm` …, `journal.jsonl`, and at last `manifest.json`
//!   ([`Manifest`]). The folder is complete when the manifest is there.
//! * Times are milliseconds since the recording began. Every track has one file; while a track did not flow its sound
//!   is filled with silence and its picture stands still, so that a file's own time plus its offset is always the
//!   recording's time; what was missing and why is in the track's [`Gap`]s and the recording's [`Pause`]s.
//! * Opus, VP8, VP9 and AV1 go into `WebM` (`.webm`), H264 into Matroska (`.mkv`). Chromium and Firefox play and seek
//!   both.

mod clock;
mod composite;
mod depacket;
mod event;
mod journal;
mod manifest;
mod mark;
mod order;
mod recorder;
mod recover;
mod settings;
mod tap;
#[cfg(test)]
mod testing;
mod webm;
mod writer;

pub use composite::{CompositeError, CompositePlan};
pub use event::{RecorderEvent, Status, StopCause};
pub use manifest::{
    Chapter, Consent, End, Gap, GapCause, MANIFEST, Manifest, ManifestError, Pause, Speech, Track, TrackKind,
    VERSION,
};
pub use mark::{Mark, PauseCause};
pub use recorder::Recorder;
pub use recover::recover;
pub use settings::Settings;
