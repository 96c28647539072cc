//! A governed room with real participants, their consent, a caucus and a recording, over the wire and the SFU.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use livekit::RECORDER;
use participant::clip::{Clip, Person};
use participant::{JoinOptions, Participant, Publication, player};
use recorder::{GapCause, Mark, PauseCause, Recorder, Track, TrackKind};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::files::{anywhere, begin, check};
use crate::house::House;

const ROOM: &str = "sitting";

struct Seat {
    _participant: Participant,
    _stop: DropGuard,
}

impl Seat {
    /// Joins with camera and microphone.
    async fn take(house: &House, identity: &str, clip: &Arc<Clip>, tasks: &TaskTracker) -> Self {
        let options = JoinOptions::new(format!("http://{}", house.address), house.token(ROOM, identity));
        let participant = Participant::join(options, tasks).await.expect("joins");
        let stop = CancellationToken::new();
        let camera = participant.publish(true, clip.size).await.expect("publishes a camera");
        let microphone = participant.publish(false, (0, 0)).await.expect("publishes a microphone");
        tasks.spawn(player::show(Arc::clone(clip), camera, stop.clone()));
        tasks.spawn(player::speak(Arc::clone(clip), microphone, stop.clone()));
        Self { _participant: participant, _stop: stop.drop_guard() }
    }
}

/// Plays frames in step with everything that began at `from`, however busy the machine is: what is late is sent at
/// once, and nothing is left out.
async fn in_step(frames: Vec<Bytes>, to: Publication, each: Duration, from: tokio::time::Instant) {
    let mut ticks = tokio::time::interval_at(from, each);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    for frame in frames {
        ticks.tick().await;
        if to.write(&frame, each).await.is_err() {
            return;
        }
    }
}

/// Everybody of `together` sees everybody; `recorded` of them reach the recording.
fn pairs(together: &[&str], recorded: &[&str]) -> HashSet<(String, String)> {
    let seats = together.iter().flat_map(|from| {
        together.iter().filter(move |to| *to != from).map(|to| ((*from).to_owned(), (*to).to_owned()))
    });
    seats.chain(recorded.iter().map(|from| ((*from).to_owned(), RECORDER.to_owned()))).collect()
}

async fn flip(house: &House, pairs: HashSet<(String, String)>) {
    house.wire.flip(ROOM, pairs).await.announce().await;
}

/// Waits until so many packets more than now have reached the recorder.
async fn records(recorder: &Recorder, packets: u64) {
    let (before, began) = (recorder.status().packets, Instant::now());
    while recorder.status().packets < before + packets {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "nothing reaches the recorder: {:?}",
            recorder.status()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn records_nothing(recorder: &Recorder, time: Duration) {
    let before = recorder.status();
    tokio::time::sleep(time).await;
    let after = recorder.status();
    assert_eq!(after.packets, before.packets, "something reaches the recorder");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t5_nothing_before_the_last_consent_nothing_of_a_caucus_nothing_after_withdrawal() {
    let (house, tasks) = (House::governed().await, TaskTracker::new());
    house.wire.govern(ROOM).await;
    let clip = Arc::new(Clip::of(Person::Lawyer).expect("whole"));
    let all = ["mediator", "applicant", "respondent"];
    let mut seats = Vec::new();
    for identity in all {
        seats.push(Seat::take(&house, identity, &clip, &tasks).await);
    }
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    assert!(house.wire.attach_recorder(ROOM, recorder.tap()).await);

    flip(&house, pairs(&all, &[])).await;
    records_nothing(&recorder, Duration::from_millis(700)).await;
    assert_eq!(recorder.status().packets, 0, "0 bytes before the last consent");

    flip(&house, pairs(&all, &all)).await;
    for seat in all {
        recorder.mark(Mark::Consented { seat: seat.into() });
    }
    records(&recorder, 600).await;

    // Caucus: the mediator with the applicant; the application's decision names nobody.
    flip(&house, pairs(&["mediator", "applicant"], &[])).await;
    recorder.mark(Mark::Paused { cause: PauseCause::Caucus });
    records_nothing(&recorder, Duration::from_millis(1500)).await;

    // The control: with the pairs back the same meter rises again.
    recorder.mark(Mark::Resumed);
    flip(&house, pairs(&all, &all)).await;
    records(&recorder, 300).await;

    flip(&house, pairs(&all, &[])).await;
    recorder.mark(Mark::Withdrew { seat: "respondent".into() });
    records_nothing(&recorder, Duration::from_millis(700)).await;
    house.wire.detach_recorder(ROOM).await;
    let manifest = recorder.finish().await.expect("finished");
    check(folder.path(), &manifest);
    assert_eq!(manifest.tracks.len(), 6);
    for track in &manifest.tracks {
        assert!(all.contains(&track.seat.as_str()), "named by seat, not by sid: {}", track.seat);
        let [gap] = track.gaps[..] else { panic!("{}: one hole, the caucus: {:?}", track.file, track.gaps) };
        assert_eq!(gap.cause, GapCause::Withdrawn);
        assert!(gap.to_ms - gap.from_ms >= 1400, "{gap:?}");
    }
    assert_eq!(manifest.consents.iter().filter(|consent| consent.to_ms.is_none()).count(), 2);
}

#[tokio::test]
async fn nobody_can_join_as_the_recording_and_a_plain_room_is_not_recorded() {
    let house = House::plain().await;
    let options = JoinOptions::new(format!("http://{}", house.address), house.token("hall", RECORDER));
    assert!(Participant::join(options, &TaskTracker::new()).await.is_err());
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    assert!(!house.wire.attach_recorder("hall", recorder.tap()).await);
}

/// A clip that flashes white and beeps at the same moments, once in two seconds.
fn clapper(folder: &Path) -> Clip {
    let (pictures, sound) = (folder.join("clap.ivf"), folder.join("clap.opus"));
    let white = "color=black:s=320x240:r=25:d=20,drawbox=c=white:t=fill:enable='lt(mod(t\\,2)\\,0.2)'";
    let beep = "sine=f=1000:r=48000:d=20,volume='if(lt(mod(t,2),0.2),1,0)':eval=frame";
    for (source, codec, path) in [
        (white, &["-c:v", "libvpx", "-b:v", "400k", "-g", "25", "-deadline", "realtime"][..], &pictures),
        (
            beep,
            &["-c:a", "libopus", "-b:a", "32k", "-frame_duration", "20", "-page_duration", "20000"][..],
            &sound,
        ),
    ] {
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i", source])
            .args(codec)
            .arg(path)
            .status()
            .expect("ffmpeg is installed");
        assert!(made.success());
    }
    let bytes = |path| -> &'static [u8] { Vec::leak(std::fs::read(path).expect("made")) };
    Clip::read(bytes(pictures), bytes(sound)).expect("a clip")
}

/// When (in the recording's milliseconds) something begins in a track: white after black, sound after silence.
fn onsets(folder: &Path, track: &Track) -> Vec<f64> {
    let filter = if track.kind == TrackKind::Video {
        "negate,blackdetect=d=0.05:pix_th=0.3"
    } else {
        "silencedetect=n=-30dB:d=0.5"
    };
    let option = if track.kind == TrackKind::Video { "-vf" } else { "-af" };
    let output = Command::new("ffmpeg")
        .args(["-v", "info", "-nostats", "-i"])
        .arg(folder.join(&track.file))
        .args([option, filter, "-f", "null", "-"])
        .output()
        .expect("ffmpeg");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let word = if track.kind == TrackKind::Video { "black_start:" } else { "silence_end: " };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
    let offset = track.offset_ms as f64;
    text.lines()
        .filter_map(|line| line.split_once(word)?.1.split_whitespace().next()?.parse::<f64>().ok())
        .map(|second| second * 1000.0 + offset)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sound_and_picture_of_two_seats_are_within_a_tenth_of_a_second() {
    let (house, tasks) = (House::governed().await, TaskTracker::new());
    house.wire.govern(ROOM).await;
    let folder = TempDir::new().expect("a folder");
    let clip = Arc::new(clapper(folder.path()));
    let recording = folder.path().join("recording");
    let (recorder, _events) = begin(&recording, anywhere());
    assert!(house.wire.attach_recorder(ROOM, recorder.tap()).await);
    let all = ["applicant", "respondent"];
    flip(&house, pairs(&all, &all)).await;
    let mut seats = Vec::new();
    for identity in all {
        let options = JoinOptions::new(format!("http://{}", house.address), house.token(ROOM, identity));
        let participant = Participant::join(options, &tasks).await.expect("joins");
        let camera = participant.publish(true, clip.size).await.expect("publishes a camera");
        let microphone = participant.publish(false, (0, 0)).await.expect("publishes a microphone");
        let from = tokio::time::Instant::now();
        tasks.spawn(in_step(clip.frames.clone(), camera, clip.frame_time, from));
        tasks.spawn(in_step(clip.speech.clone(), microphone, Duration::from_millis(20), from));
        seats.push(participant);
    }
    records(&recorder, 100).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    house.wire.detach_recorder(ROOM).await;
    let manifest = recorder.finish().await.expect("finished");
    check(&recording, &manifest);
    for seat in all {
        let of = |kind| {
            let track = manifest.tracks.iter().find(|track| track.seat == seat && track.kind == kind);
            onsets(&recording, track.expect("a track"))
        };
        let (flashes, beeps) = (of(TrackKind::Video), of(TrackKind::Audio));
        let nearest =
            |beep: f64| flashes.iter().map(|flash| flash - beep).min_by(|a, b| a.abs().total_cmp(&b.abs()));
        let apart: Vec<f64> =
            beeps.iter().filter_map(|beep| nearest(*beep)).filter(|apart| apart.abs() < 900.0).collect();
        println!("{seat}: picture after sound by {apart:.0?} ms");
        assert!(apart.len() >= 3, "{flashes:?} {beeps:?}");
        assert!(apart.iter().all(|apart| apart.abs() <= 100.0), "{apart:?}");
    }
}
