//! The process is killed in mid-recording: at most two seconds are lost, and what is left plays.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use recorder::{End, recover};
use tempfile::TempDir;

use crate::feed::{Feed, play_live};
use crate::files::{anywhere, begin, check};

const FOLDER: &str = "RECORDING_TO_BE_KILLED";

/// Not a test of its own: the process that is killed. Says how far it is, in milliseconds.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn the_one_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let (recorder, _events) = begin(&folder, anywhere());
    recorder.mark(recorder::Mark::Consented { seat: "applicant".into() });
    let mut tap = recorder.tap();
    let mut feeds = [
        Feed::camera("applicant"),
        Feed::microphone("applicant"),
        Feed::camera("respondent"),
        Feed::microphone("respondent"),
    ];
    for feed in &feeds {
        feed.begin(&mut *tap);
    }
    let mut feeds: Vec<&mut Feed> = feeds.iter_mut().collect();
    play_live(&mut feeds, &mut *tap, |elapsed| {
        println!("played {}", elapsed.as_millis());
        elapsed > Duration::from_mins(1)
    });
}

#[test]
fn killed_in_mid_recording_at_most_two_seconds_are_lost() {
    let mut worst = 0;
    for after_ms in [3500, 4300, 5900] {
        let folder = TempDir::new().expect("a folder");
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "crash::the_one_that_is_killed", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(child.stdout.take().expect("its words")).lines();
        let mut played = 0;
        let began = Instant::now();
        for line in lines.map_while(Result::ok) {
            if let Some(ms) = line.strip_prefix("played ").and_then(|ms| ms.parse::<u64>().ok()) {
                played = ms;
            }
            if played >= after_ms {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "it does not get on: {played} ms");
        }
        child.kill().expect("killed");
        child.wait().expect("dead");

        let manifest = recover(folder.path()).expect("recovered");
        check(folder.path(), &manifest);
        assert_eq!((manifest.end, manifest.tracks.len()), (End::Recovered, 4));
        assert_eq!(manifest.consents.len(), 1);
        for track in &manifest.tracks {
            let lost = played.saturating_sub(track.offset_ms + track.duration_ms);
            worst = worst.max(lost);
            assert!(lost <= 2000, "{}: {lost} ms of {played} ms lost", track.file);
        }
        assert_eq!(recover(folder.path()).expect("again"), manifest, "a second time changes nothing");
    }
    println!("lost at most {worst} ms");
}

#[tokio::test]
async fn a_file_torn_anywhere_is_cut_to_what_is_whole() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    let mut tap = recorder.tap();
    let mut camera = Feed::camera("applicant");
    camera.begin(&mut *tap);
    crate::feed::play(&mut [&mut camera], &mut *tap, Instant::now(), Duration::from_secs(4));
    // Time for the writer to take it all, then it is abandoned: no index, no duration, no manifest.
    while recorder.status().bytes == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    drop((tap, recorder));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let file = folder.path().join("001-camera.webm");
    let whole = std::fs::read(&file).expect("a file");
    let journal = std::fs::read(folder.path().join("journal.jsonl")).expect("a journal");
    let mut frames_before = u64::MAX;
    for part in [100, 90, 70, 50, 30] {
        let torn = TempDir::new().expect("a folder");
        std::fs::write(torn.path().join("journal.jsonl"), &journal).expect("copied");
        std::fs::write(torn.path().join("001-camera.webm"), &whole[..whole.len() * part / 100])
            .expect("torn");
        let manifest = recover(torn.path()).expect("recovered");
        check(torn.path(), &manifest);
        let frames = manifest.tracks[0].frames;
        assert!(frames > 0 && frames <= frames_before, "{part} %: {frames} pictures");
        frames_before = frames;
    }
    let torn = TempDir::new().expect("a folder");
    std::fs::write(torn.path().join("journal.jsonl"), &journal).expect("copied");
    std::fs::write(torn.path().join("001-camera.webm"), &whole[..50]).expect("torn");
    let manifest = recover(torn.path()).expect("recovered");
    assert!(manifest.tracks.is_empty(), "a file without a frame is no track");
    assert!(!torn.path().join("001-camera.webm").exists());
}
