//! Little space and none: warned of, stopped for, survived, and taken up again.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use recorder::{GapCause, PauseCause, RecorderEvent, Settings, StopCause};
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::feed::{Feed, play_live};
use crate::files::{begin, check};

/// A disk of its own, small; unmounted with the test.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where mounting is not permitted; the test then says so.
    fn of(megabytes: u32) -> Option<Self> {
        let folder = TempDir::new().expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(folder.path())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        eprintln!("NOT RUN: mounting a small disk is not permitted here (needs root)");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

async fn event(
    events: &mut UnboundedReceiver<RecorderEvent>,
    what: &str,
    is: impl Fn(&RecorderEvent) -> bool,
) {
    let search = async {
        loop {
            let event = events.recv().await.expect("events go on");
            if is(&event) {
                return;
            }
        }
    };
    // Five seconds are promised; a loaded machine may be late, so what is measured is printed, not asserted.
    let began = Instant::now();
    tokio::time::timeout(Duration::from_secs(20), search)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for {what}"));
    println!("{what} after {:?}", began.elapsed());
}

/// One seat that goes on talking while the story is told.
fn talk(recorder: &recorder::Recorder) -> (Arc<AtomicBool>, std::thread::JoinHandle<()>) {
    let over = Arc::new(AtomicBool::new(false));
    let (ended, mut tap) = (Arc::clone(&over), recorder.tap());
    let thread = std::thread::spawn(move || {
        let (mut camera, mut microphone) = (Feed::camera("applicant"), Feed::microphone("applicant"));
        camera.begin(&mut *tap);
        microphone.begin(&mut *tap);
        play_live(&mut [&mut camera, &mut microphone], &mut *tap, |_| ended.load(Ordering::Relaxed));
    });
    (over, thread)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn little_space_is_warned_of_then_stops_the_recording_and_lets_it_go_on() {
    let Some(disk) = SmallDisk::of(48) else { return };
    let folder = disk.path().join("recording");
    let settings = Settings { warn_below: 32 << 20, stop_below: 8 << 20, ..Settings::default() };
    let (recorder, mut events) = begin(&folder, settings);
    let (over, thread) = talk(&recorder);
    event(&mut events, "the camera", |event| matches!(event, RecorderEvent::TrackStarted { .. })).await;
    assert!(recorder.status().writing);

    fs::write(disk.path().join("others"), vec![0; 20 << 20]).expect("somebody else fills the disk");
    event(&mut events, "the warning", |event| matches!(event, RecorderEvent::DiskLow { .. })).await;
    assert!(recorder.status().writing, "a warning stops nothing");

    fs::write(disk.path().join("more"), vec![0; 22 << 20]).expect("and more");
    let low = RecorderEvent::Stopped { cause: StopCause::DiskLow };
    event(&mut events, "the stop", |event| *event == low).await;
    let (stopped, length) = (recorder.status(), recorder.status().bytes);
    assert!(!stopped.writing);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(recorder.status().bytes, length, "nothing is written");

    fs::remove_file(disk.path().join("more")).expect("room again");
    event(&mut events, "going on", |event| *event == RecorderEvent::Resumed).await;
    while recorder.status().bytes <= length + 20_000 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    over.store(true, Ordering::Relaxed);
    thread.join().expect("talked");
    let manifest = recorder.finish().await.expect("finished");
    check(&folder, &manifest);
    assert_eq!(manifest.pauses.iter().map(|pause| pause.cause).collect::<Vec<_>>(), [PauseCause::Disk]);
    for track in &manifest.tracks {
        assert!(track.gaps.iter().any(|gap| gap.cause == GapCause::Disk), "{}: {:?}", track.file, track.gaps);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_the_recording_and_leaves_files_that_play() {
    let Some(disk) = SmallDisk::of(16) else { return };
    let folder = disk.path().join("recording");
    // Nothing is watched for: the write itself fails.
    let (recorder, mut events) =
        begin(&folder, Settings { warn_below: 0, stop_below: 0, ..Settings::default() });
    let (over, thread) = talk(&recorder);
    while recorder.status().bytes < 20_000 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // To the last page.
    let filler = disk.path().join("others");
    let mut file = fs::File::create(&filler).expect("a file");
    while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    drop(file);
    let full = RecorderEvent::Stopped { cause: StopCause::DiskFull };
    event(&mut events, "the full disk", |event| *event == full).await;

    // What is there plays now, unfinished as it is, and nothing of it is torn.
    let copy = TempDir::new().expect("a folder");
    for entry in fs::read_dir(&folder).expect("files").map_while(Result::ok) {
        fs::copy(entry.path(), copy.path().join(entry.file_name())).expect("copied");
    }
    let so_far = recorder::recover(copy.path()).expect("recovered");
    check(copy.path(), &so_far);
    assert_eq!(so_far.tracks.len(), 2);

    let length = recorder.status().bytes;
    fs::remove_file(&filler).expect("room again");
    event(&mut events, "going on", |event| *event == RecorderEvent::Resumed).await;
    while recorder.status().bytes <= length + 20_000 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    over.store(true, Ordering::Relaxed);
    thread.join().expect("talked");
    let manifest = recorder.finish().await.expect("finished");
    check(&folder, &manifest);
    assert_eq!(manifest.pauses.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_can_be_closed_on_a_full_disk() {
    let Some(disk) = SmallDisk::of(16) else { return };
    let folder = disk.path().join("recording");
    let (recorder, mut events) =
        begin(&folder, Settings { warn_below: 0, stop_below: 0, ..Settings::default() });
    let (over, thread) = talk(&recorder);
    while recorder.status().bytes < 20_000 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut file = fs::File::create(disk.path().join("others")).expect("a file");
    while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    let full = RecorderEvent::Stopped { cause: StopCause::DiskFull };
    event(&mut events, "the full disk", |event| *event == full).await;
    over.store(true, Ordering::Relaxed);
    thread.join().expect("talked");
    let manifest = recorder.finish().await.expect("finished, with what was set aside");
    check(&folder, &manifest);
    assert_eq!(manifest.tracks.len(), 2);
}
