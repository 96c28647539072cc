//! Makes one film of a recording with ffmpeg: a cell for each seat, all voices together, on the recording's own clock.
//!
//! The tracks themselves are the evidence and stay as they are; the film is for watching. ffmpeg runs as a process of its
//! own, at low priority, may open files only, and writes beside the tracks.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use recorder::{Manifest, Track, TrackKind};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::watch;

use crate::problem::Fault;

/// The film's name in the recording's folder.
const FILM: &str = "composite.mp4";
const DRAFT: &str = "composite.part.mp4";
/// One seat's cell, in pixels.
const CELL: (u32, u32) = (640, 360);
/// Pictures a second.
const RATE: u32 = 15;

/// Where the film of a recording lies.
pub(crate) fn path(folder: &Path) -> PathBuf {
    folder.join(FILM)
}

/// Makes the film; `progress` is told percents as they are reached.
pub(super) async fn make(
    ffmpeg: &Path,
    folder: &Path,
    manifest: &Manifest,
    progress: watch::Sender<i32>,
) -> Result<(), Fault> {
    let mut process = Command::new("nice")
        .args(["-n", "15"])
        .arg(ffmpeg)
        .args(arguments(manifest))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(Fault::of("starting ffmpeg"))?;
    let told = process.stdout.take();
    let complaints = process.stderr.take();
    let words = async {
        let mut last = String::new();
        if let Some(pipe) = complaints {
            let mut lines = BufReader::new(pipe).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                last = line;
            }
        }
        last
    };
    let watch = async {
        let Some(pipe) = told else { return };
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let done = line.strip_prefix("out_time_us=").and_then(|us| us.parse::<u64>().ok());
            if let Some(us) = done {
                let percent = us / 10 / manifest.duration_ms.max(1);
                progress.send_replace(i32::try_from(percent.min(99)).unwrap_or(99));
            }
        }
    };
    let (last, ()) = tokio::join!(words, watch);
    let status = process.wait().await.map_err(Fault::of("waiting for ffmpeg"))?;
    if !status.success() {
        return Err(Fault::new("making a film", format!("ffmpeg: {status}: {last}")));
    }
    tokio::fs::rename(folder.join(DRAFT), folder.join(FILM)).await.map_err(Fault::of("keeping a film"))
}

/// The whole command line after `ffmpeg`. File names are the recorder's own (`001-camera.webm`), relative to its folder.
fn arguments(manifest: &Manifest) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-progress", "pipe:1", "-nostats"]
            .map(Into::into)
            .into();
    for track in &manifest.tracks {
        arguments.extend(["-protocol_whitelist", "file", "-i"].map(Into::into));
        arguments.push(format!("./{}", track.file));
    }
    let Graph { filters, sound } = graph(manifest);
    arguments.extend(["-filter_complex".into(), filters, "-map".into(), "[film]".into()]);
    if sound {
        arguments.extend(["-map", "[voices]", "-c:a", "aac", "-b:a", "96k"].map(Into::into));
    }
    arguments.extend(
        ["-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-pix_fmt", "yuv420p", "-threads", "2"]
            .map(Into::into),
    );
    arguments.extend(["-t".into(), seconds(manifest.duration_ms)]);
    arguments.extend(["-movflags", "+faststart", "-f", "mp4", DRAFT].map(Into::into));
    arguments
}

struct Graph {
    filters: String,
    sound: bool,
}

/// Every picture is laid over a dark ground in its seat's cell while it lasts; every voice is delayed to its place.
fn graph(manifest: &Manifest) -> Graph {
    let seats = seats(manifest);
    let columns = if seats.len() > 4 {
        3
    } else if seats.len() > 1 {
        2
    } else {
        1
    };
    let rows = seats.len().max(1).div_ceil(columns);
    let (width, height) = (CELL.0 * u32_of(columns), CELL.1 * u32_of(rows));
    let length = seconds(manifest.duration_ms);
    let mut filters = vec![format!("color=c=0x14181A:s={width}x{height}:r={RATE}:d={length}[ground0]")];
    let mut ground = 0;
    for (input, track) in tracks(manifest, TrackKind::Video) {
        let cell = seats.iter().position(|seat| *seat == track.seat).unwrap_or(0);
        let (x, y) = (CELL.0 * u32_of(cell % columns), CELL.1 * u32_of(cell / columns));
        filters.push(format!(
            "[{input}:v]setpts=PTS-STARTPTS+{offset}/TB,fps={RATE},\
             scale={w}:{h}:force_original_aspect_ratio=decrease,pad={w}:{h}:(ow-iw)/2:(oh-ih)/2:color=0x14181A,\
             setsar=1[picture{input}]",
            offset = seconds(track.offset_ms),
            w = CELL.0,
            h = CELL.1,
        ));
        filters.push(format!(
            "[ground{ground}][picture{input}]overlay=x={x}:y={y}:eof_action=pass[ground{}]",
            ground + 1
        ));
        ground += 1;
    }
    filters.push(format!("[ground{ground}]null[film]"));
    let voices: Vec<usize> = tracks(manifest, TrackKind::Audio)
        .map(|(input, track)| {
            filters.push(format!(
                "[{input}:a]aresample=48000:async=1,adelay={}:all=1[voice{input}]",
                track.offset_ms
            ));
            input
        })
        .collect();
    if !voices.is_empty() {
        let inputs: String = voices.iter().map(|input| format!("[voice{input}]")).collect();
        filters.push(format!("{inputs}amix=inputs={}:normalize=0[voices]", voices.len()));
    }
    Graph { filters: filters.join(";"), sound: !voices.is_empty() }
}

fn tracks(manifest: &Manifest, kind: TrackKind) -> impl Iterator<Item = (usize, &Track)> {
    manifest.tracks.iter().enumerate().filter(move |(_, track)| track.kind == kind)
}

/// Seats with a picture, in the order they began.
fn seats(manifest: &Manifest) -> Vec<&str> {
    let mut seats = Vec::new();
    for (_, track) in tracks(manifest, TrackKind::Video) {
        if !seats.contains(&track.seat.as_str()) {
            seats.push(track.seat.as_str());
        }
    }
    seats
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn u32_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
