//! What comes out: files that decode, in step, with holes told, nothing broken after losses.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::DateTime;
use media::{Quality, TapEnd};
use recorder::{End, GapCause, Manifest, Mark, PauseCause, Recorder, RecorderEvent, Settings, TrackKind};
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::feed::{Feed, play};
use crate::probe::{packets, probe, seek};

pub fn begin(folder: &Path, settings: Settings) -> (Recorder, UnboundedReceiver<RecorderEvent>) {
    Recorder::start(settings, folder, "sitting-1", DateTime::UNIX_EPOCH).expect("a recording begins")
}

/// Space does not matter in these stories.
pub fn anywhere() -> Settings {
    Settings { warn_below: 0, stop_below: 0, ..Settings::default() }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Every file is as the manifest says, and a decoder has nothing to complain of.
pub fn check(folder: &Path, manifest: &Manifest) {
    assert_eq!(Manifest::read(folder).expect("a manifest"), *manifest);
    for track in &manifest.tracks {
        let probe = probe(&folder.join(&track.file));
        assert_eq!(probe.complaints, "", "{}", track.file);
        assert_eq!(probe.codec, track.codec);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
        let said = track.duration_ms as f64 / 1000.0;
        assert!((probe.seconds - said).abs() < 0.1, "{}: {} s, said {said} s", track.file, probe.seconds);
        assert_eq!(track.sha256.len(), 64);
    }
}

#[tokio::test]
async fn two_seats_become_four_files_that_players_decode_and_seek() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, mut events) = begin(folder.path(), anywhere());
    recorder.mark(Mark::Seat { seat: "applicant".into(), person: "王大爷 (申请人)".into() });
    for seat in ["applicant", "respondent"] {
        recorder.mark(Mark::Consented { seat: seat.into() });
    }
    let mut tap = recorder.tap();
    tap.attached();
    let start = Instant::now();
    for (seat, after) in [("applicant", 0), ("respondent", 4)] {
        let (mut camera, mut microphone) = (Feed::camera(seat), Feed::microphone(seat));
        camera.begin(&mut *tap);
        microphone.begin(&mut *tap);
        play(&mut [&mut camera, &mut microphone], &mut *tap, start + seconds(after), seconds(20));
        camera.end(&mut *tap, TapEnd::Gone);
        microphone.end(&mut *tap, TapEnd::Gone);
    }
    drop(tap);
    let manifest = recorder.finish().await.expect("finished");
    check(folder.path(), &manifest);
    assert_eq!((manifest.version, manifest.end, manifest.tracks.len()), (1, End::Finished, 4));
    assert_eq!(manifest.session, "sitting-1");
    for track in &manifest.tracks {
        let frames = if track.kind == TrackKind::Video { 300 } else { 1000 };
        assert_eq!(track.frames, frames, "{}", track.file);
        assert_eq!(probe(&folder.path().join(&track.file)).frames, frames);
        let offset = if track.seat == "applicant" { 0 } else { 4000 };
        assert!(track.offset_ms.abs_diff(offset) < 100, "{}: {}", track.file, track.offset_ms);
        assert!(track.duration_ms.abs_diff(20_000) < 100, "{}: {}", track.file, track.duration_ms);
        assert_eq!(track.gaps, []);
        // Entered near where the player asked, not read from the beginning.
        let entered = seek(&folder.path().join(&track.file), 12.0);
        assert!((6.9..=12.1).contains(&entered), "{}: {entered}", track.file);
    }
    let applicant: Vec<_> = manifest.tracks.iter().filter(|track| track.seat == "applicant").collect();
    assert!(applicant.iter().all(|track| track.person.as_deref() == Some("王大爷 (申请人)")));
    let camera = applicant.iter().find(|track| track.source == "camera").expect("a camera");
    assert_eq!((camera.width, camera.height, camera.mime.as_str()), (320, 240, "video/webm; codecs=\"vp8\""));
    let microphone = applicant.iter().find(|track| track.source == "microphone").expect("a microphone");
    assert_eq!(microphone.speech.len(), 1);
    assert_eq!(manifest.consents.len(), 2);
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push(event);
    }
    assert_eq!(told.iter().filter(|event| matches!(event, RecorderEvent::TrackStarted { .. })).count(), 4);
    assert_eq!(told.last(), Some(&RecorderEvent::Detached));
    assert!(!folder.path().join("reserve").exists());
}

#[tokio::test]
async fn a_pause_is_silence_and_a_still_picture_and_time_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    let mut tap = recorder.tap();
    let (mut camera, mut microphone) = (Feed::camera("applicant"), Feed::microphone("applicant"));
    let start = Instant::now();
    for part in 0..2 {
        camera.begin(&mut *tap);
        microphone.begin(&mut *tap);
        play(&mut [&mut camera, &mut microphone], &mut *tap, start + seconds(part * 15), seconds(5));
        camera.end(&mut *tap, TapEnd::Withdrawn);
        microphone.end(&mut *tap, TapEnd::Withdrawn);
        recorder.mark(Mark::Paused { cause: PauseCause::Caucus });
        // The phone goes on sending; nothing of it reaches the tap.
        camera.pause(seconds(10));
        camera.refresh();
        microphone.pause(seconds(10));
        recorder.mark(Mark::Resumed);
    }
    let manifest = recorder.finish().await.expect("finished");
    check(folder.path(), &manifest);
    assert_eq!(manifest.pauses.len(), 2);
    for track in &manifest.tracks {
        assert!(track.duration_ms.abs_diff(20_000) < 100, "{}: {} ms", track.file, track.duration_ms);
        let [gap] = track.gaps[..] else { panic!("{}: {:?}", track.file, track.gaps) };
        assert_eq!(gap.cause, GapCause::Withdrawn);
        assert!(gap.from_ms.abs_diff(5000) < 100 && gap.to_ms.abs_diff(15_000) < 100, "{gap:?}");
        let times = packets(&folder.path().join(&track.file));
        if track.kind == TrackKind::Audio {
            assert_eq!(track.frames, 500, "silence is nobody's");
            assert_eq!(times.len(), 1000, "and fills the hole");
        } else {
            assert!(times.iter().all(|(at, _)| !(5.1..14.9).contains(at)), "no picture of the pause");
            let first = times.iter().find(|(at, _)| *at > 10.0).expect("it goes on");
            assert!(first.1, "at a keyframe");
        }
    }
}

#[tokio::test]
async fn lost_packets_cost_pictures_but_break_none() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    let mut tap = recorder.tap();
    let (mut camera, mut microphone) = (Feed::camera("applicant"), Feed::microphone("applicant"));
    camera.lose = 40;
    microphone.lose = 10;
    camera.begin(&mut *tap);
    microphone.begin(&mut *tap);
    let mut asked = 0;
    crate::feed::play_live(&mut [&mut camera, &mut microphone], &mut *tap, |elapsed| {
        asked += 1;
        elapsed > seconds(8)
    });
    drop(tap);
    let manifest = recorder.finish().await.expect("finished");
    check(folder.path(), &manifest);
    let [camera, microphone] = ["camera", "microphone"]
        .map(|of| manifest.tracks.iter().find(|track| track.source == of).expect("a track"));
    // 120 pictures were sent, some of them lost, and those up to the next keyframe with them.
    assert!((60..118).contains(&camera.frames), "{} pictures", camera.frames);
    assert!((340..=365).contains(&microphone.frames), "{} packets", microphone.frames);
    assert!(
        microphone.duration_ms.abs_diff(8000) < 150,
        "lost sound is silence: {} ms",
        microphone.duration_ms
    );
}

#[tokio::test]
async fn another_layer_goes_on_in_the_same_file() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    let mut tap = recorder.tap();
    let mut high = Feed::camera("applicant");
    let mut low = Feed::camera("applicant");
    low.layer = Quality::Low;
    low.show(160, 120);
    low.pause(seconds(77));
    let start = Instant::now();
    high.begin(&mut *tap);
    play(&mut [&mut high], &mut *tap, start, seconds(5));
    play(&mut [&mut low], &mut *tap, start + seconds(5), seconds(5));
    drop(tap);
    let manifest = recorder.finish().await.expect("finished");
    check(folder.path(), &manifest);
    let [track] = &manifest.tracks[..] else { panic!("one file: {:?}", manifest.tracks) };
    assert_eq!((track.frames, track.gaps.len()), (150, 0));
    assert!(track.duration_ms.abs_diff(10_000) < 100, "{}", track.duration_ms);
}

#[tokio::test]
async fn a_writer_that_cannot_keep_up_loses_packets_not_the_call() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, mut events) = begin(folder.path(), Settings { ring: 50, ..anywhere() });
    let mut tap = recorder.tap();
    let mut microphone = Feed::microphone("applicant");
    microphone.begin(&mut *tap);
    let start = Instant::now();
    // Two seconds' worth at once, and then as it comes.
    play(&mut [&mut microphone], &mut *tap, start, seconds(2));
    assert!(recorder.status().dropped > 20, "{:?}", recorder.status());
    let told = async {
        loop {
            if let RecorderEvent::Overloaded { dropped } = events.recv().await.expect("an event") {
                return dropped;
            }
        }
    };
    assert!(tokio::time::timeout(seconds(10), told).await.expect("told in time") > 20);
    play(&mut [&mut microphone], &mut *tap, start + seconds(2), Duration::from_millis(400));
    drop(tap);
    let manifest = recorder.finish().await.expect("finished");
    check(folder.path(), &manifest);
    let [track] = &manifest.tracks[..] else { panic!("one file") };
    assert!(track.gaps.iter().any(|gap| gap.cause == GapCause::Overload), "{:?}", track.gaps);
}
