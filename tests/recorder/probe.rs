//! What ffprobe and ffmpeg make of a file.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A decoded file.
#[derive(Debug)]
pub struct Probe {
    pub codec: String,
    pub frames: u64,
    pub seconds: f64,
    /// Everything the decoder complained of.
    pub complaints: String,
}

/// Reads and decodes a whole file.
pub fn probe(path: &Path) -> Probe {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-count_frames",
            "-show_entries",
            "stream=codec_name,nb_read_frames:format=duration",
        ])
        .args(["-of", "json"])
        .arg(path)
        .output()
        .expect("ffprobe is installed");
    let json: Value = serde_json::from_slice(&output.stdout).expect("ffprobe answers");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let decoded = Command::new("ffmpeg")
        .args(["-v", "warning", "-xerror", "-i"])
        .arg(path)
        // Pictures keep their own times: none is left out or doubled to fit a frame rate.
        .args(["-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    Probe {
        codec: text(&json["streams"][0]["codec_name"]),
        frames: text(&json["streams"][0]["nb_read_frames"]).parse().unwrap_or(0),
        seconds: text(&json["format"]["duration"]).parse().unwrap_or(0.0),
        complaints: String::from_utf8_lossy(&[output.stderr, decoded.stderr].concat()).into_owned(),
    }
}

/// Times (in seconds) and keyframe flags of a file's packets.
pub fn packets(path: &Path) -> Vec<(f64, bool)> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .expect("ffprobe is installed");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let (time, flags) = line.split_once(',')?;
            Some((time.parse().ok()?, flags.starts_with('K')))
        })
        .collect()
}

/// Time of the first packet a player reads after seeking to `second`.
pub fn seek(path: &Path, second: f64) -> f64 {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-read_intervals", &format!("{second}%+#1")])
        .args(["-show_entries", "packet=pts_time", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .expect("ffprobe is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().and_then(|line| line.trim_end_matches(',').parse().ok()).expect("a packet")
}
