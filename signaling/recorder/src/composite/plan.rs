//! What ffmpeg is to do, as arguments: pure, of the manifest alone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::{Manifest, Track, TrackKind};

/// Size and pace of the film.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;
const FRAMES_PER_SECOND: u32 = 15;

/// A film to be made of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositePlan {
    /// Arguments for ffmpeg.
    pub arguments: Vec<String>,
    /// Where the film will be.
    pub output: PathBuf,
    /// Its length, milliseconds.
    pub duration_ms: u64,
}

impl CompositePlan {
    /// Plans the film of a recording in `folder`, as an MP4 (H264, AAC) at `output`. Seats keep their places; where a
    /// picture did not flow its place is black, where a voice did not there is silence.
    pub fn new(manifest: &Manifest, folder: &Path, output: &Path) -> Self {
        // A recording of nothing is a second of black.
        let duration_ms = manifest.duration_ms.max(1000);
        let seconds = seconds(duration_ms);
        let black = format!("color=c=black:s={WIDTH}x{HEIGHT}:r={FRAMES_PER_SECOND}:d={seconds}");
        let silence = format!("anullsrc=r=48000:cl=stereo:d={seconds}");
        let mut arguments: Vec<String> = words(
            "-nostdin -hide_banner -v error -y -progress pipe:1 -nostats -protocol_whitelist file,pipe",
        );
        for source in [black, silence] {
            arguments.extend(words("-f lavfi -i"));
            arguments.push(source);
        }
        for track in &manifest.tracks {
            // A change of layer changes the picture's size; the scaler follows, the rest must not begin anew.
            if track.kind == TrackKind::Video {
                arguments.extend(words("-reinit_filter 0"));
            }
            // A file that names other places is not followed there.
            arguments.extend(words("-protocol_whitelist file -i"));
            arguments.push(format!("file:{}", folder.join(&track.file).display()));
        }
        arguments.push("-filter_complex".into());
        arguments.push(graph(manifest));
        arguments.extend(words("-map [film] -map [sound] -t"));
        arguments.push(seconds);
        // One thread, so that a film in the making does not take the processor from sittings.
        arguments.extend(words("-threads 1 -c:v libx264 -preset veryfast -crf 27 -pix_fmt yuv420p -g 150"));
        arguments.extend(words("-c:a aac -b:a 96k -movflags +faststart -f mp4"));
        arguments.push(format!("file:{}", Self::draft(output).display()));
        Self { arguments, output: output.to_owned(), duration_ms }
    }

    /// The film while it is made: it gets its name when it is whole.
    pub(super) fn draft(output: &Path) -> PathBuf {
        output.with_extension("part")
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// The filter graph. Inputs 0 and 1 are black and silence, tracks follow.
fn graph(manifest: &Manifest) -> String {
    let mut graph = String::new();
    let places = places(manifest);
    let columns = (1..=places.len()).find(|columns| columns * columns >= places.len()).unwrap_or(1);
    let rows = places.len().div_ceil(columns).max(1);
    let even = |whole: u32, parts: usize| whole / u32::try_from(parts).unwrap_or(1) / 2 * 2;
    let (width, height) = (even(WIDTH, columns), even(HEIGHT, rows));
    let mut film = "0:v".to_owned();
    let mut voices = vec!["1:a".to_owned()];
    for (number, track) in manifest.tracks.iter().enumerate() {
        let input = number + 2;
        // Writing into a String cannot fail.
        let _ = match track.kind {
            TrackKind::Audio => {
                voices.push(format!("a{input}"));
                write!(
                    graph,
                    "[{input}:a]aresample=48000,aformat=channel_layouts=stereo,adelay={}:all=1[a{input}];",
                    track.offset_ms
                )
            }
            TrackKind::Video => {
                let place = places.iter().position(|place| *place == place_of(track)).unwrap_or(0);
                let at = |cell: usize, size: u32| u32::try_from(cell).unwrap_or(0) * size;
                let (x, y) = (at(place % columns, width), at(place / columns, height));
                let next = format!("v{input}");
                let outcome = write!(
                    graph,
                    "[{input}:v]setpts=PTS-STARTPTS+{}/TB,scale={width}:{height}:force_original_aspect_ratio=decrease,\
                     setsar=1[p{input}];[{film}][p{input}]overlay=x={x}+({width}-w)/2:y={y}+({height}-h)/2:\
                     eof_action=pass:enable='{}'[{next}];",
                    seconds(track.offset_ms),
                    shown(track)
                );
                film = next;
                outcome
            }
        };
    }
    let inputs: String = voices.iter().flat_map(|voice| ["[", voice.as_str(), "]"]).collect();
    let _ = write!(
        graph,
        "[{film}]null[film];{inputs}amix=inputs={}:normalize=0:duration=first,alimiter=limit=0.9[sound]",
        voices.len()
    );
    graph
}

/// When a picture is shown: from its first frame to its last, its gaps left out.
fn shown(track: &Track) -> String {
    let from = seconds(track.offset_ms);
    let to = seconds(track.offset_ms + track.duration_ms);
    track.gaps.iter().fold(format!("between(t,{from},{to})"), |shown, gap| {
        format!("{shown}*not(between(t,{},{}))", seconds(gap.from_ms), seconds(gap.to_ms.saturating_sub(1)))
    })
}

/// A place in the grid: a seat's face, or the screen it shares.
fn place_of(track: &Track) -> (&str, bool) {
    (&track.seat, track.source == "screen_share")
}

fn places(manifest: &Manifest) -> Vec<(&str, bool)> {
    let mut places = Vec::new();
    for track in manifest.tracks.iter().filter(|track| track.kind == TrackKind::Video) {
        if !places.contains(&place_of(track)) {
            places.push(place_of(track));
        }
    }
    places
}
