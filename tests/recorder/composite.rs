//! The film of a recording, made and looked at by ffmpeg.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use media::{Quality, TapEnd};
use recorder::{CompositeError, CompositePlan};
use tempfile::TempDir;

use crate::feed::{Feed, play};
use crate::files::{anywhere, begin};

/// Mean brightness of a part of the film at a second: 16 is black.
fn brightness(film: &Path, second: u32, part: &str) -> f64 {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-ss", &second.to_string(), "-i"])
        .arg(film)
        .args(["-vf", &format!("crop={part},signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-")])
        .args(["-frames:v", "1", "-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.rsplit('=').next().and_then(|value| value.trim().parse().ok()).expect("a brightness")
}

/// Loudness of a second of the film, dB.
fn loudness(film: &Path, second: u32) -> f64 {
    let output = Command::new("ffmpeg")
        .args(["-v", "info", "-nostats", "-ss", &second.to_string(), "-t", "1", "-i"])
        .arg(film)
        .args(["-af", "volumedetect", "-vn", "-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = text.split("mean_volume: ").nth(1).and_then(|rest| rest.split_whitespace().next());
    said.and_then(|value| value.parse().ok()).expect("a loudness")
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test]
async fn a_film_shows_everybody_in_place_black_in_gaps_and_follows_a_change_of_layer() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    let mut tap = recorder.tap();
    let start = Instant::now();
    let (mut camera, mut microphone) = (Feed::camera("applicant"), Feed::microphone("applicant"));
    camera.begin(&mut *tap);
    microphone.begin(&mut *tap);
    play(&mut [&mut camera, &mut microphone], &mut *tap, start, seconds(4));
    // Muted for four seconds, then on another layer.
    camera.end(&mut *tap, TapEnd::Withdrawn);
    microphone.end(&mut *tap, TapEnd::Withdrawn);
    camera.show(640, 480);
    camera.layer = Quality::Low;
    microphone.pause(seconds(4));
    camera.begin(&mut *tap);
    microphone.begin(&mut *tap);
    play(&mut [&mut camera, &mut microphone], &mut *tap, start + seconds(8), seconds(4));
    let mut other = Feed::camera("respondent");
    other.begin(&mut *tap);
    play(&mut [&mut other], &mut *tap, start + seconds(5), seconds(7));
    drop(tap);
    let manifest = recorder.finish().await.expect("finished");
    let film = folder.path().join("film.mp4");
    let plan = CompositePlan::new(&manifest, folder.path(), &film);
    let mut told = Vec::new();
    plan.run(Path::new("ffmpeg"), |part| told.push(part)).await.expect("a film");
    assert_eq!(told.last(), Some(&1.0));
    assert!(told.is_sorted(), "{told:?}");

    let probe = crate::probe::probe(&film);
    assert_eq!(probe.complaints, "");
    assert!((probe.seconds - 12.0).abs() < 0.3, "{probe:?}");
    let (left, right) = ("600:680:20:20", "600:680:660:20");
    assert!(brightness(&film, 2, left) > 25.0, "the applicant");
    assert!(brightness(&film, 2, right) < 17.0, "the respondent is not there yet");
    assert!(brightness(&film, 6, left) < 17.0, "black while nothing flows, not the last picture");
    assert!(brightness(&film, 6, right) > 25.0, "the respondent");
    assert!(brightness(&film, 10, left) > 25.0 && brightness(&film, 10, right) > 25.0, "both");
    assert!(loudness(&film, 2) > -60.0 && loudness(&film, 9) > -60.0, "a voice");
    assert!(loudness(&film, 6) < -70.0, "silence");
}

#[tokio::test]
async fn a_film_that_cannot_be_made_says_why_and_leaves_nothing() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, _events) = begin(folder.path(), anywhere());
    let mut tap = recorder.tap();
    let mut camera = Feed::camera("applicant");
    camera.begin(&mut *tap);
    play(&mut [&mut camera], &mut *tap, Instant::now(), seconds(2));
    drop(tap);
    let manifest = recorder.finish().await.expect("finished");
    std::fs::write(folder.path().join("001-camera.webm"), b"no film").expect("spoilt");
    let film = folder.path().join("film.mp4");
    let plan = CompositePlan::new(&manifest, folder.path(), &film);
    let failed = plan.run(Path::new("ffmpeg"), |_| {}).await;
    assert!(
        matches!(&failed, Err(CompositeError::Failed(why)) if why.contains("Invalid data")),
        "{failed:?}"
    );
    assert_eq!(
        std::fs::read_dir(folder.path())
            .expect("files")
            .filter(|entry| {
                entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("film"))
            })
            .count(),
        0
    );
}
