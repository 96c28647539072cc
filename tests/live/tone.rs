//! Real tones: Opus packets of a pure tone that carry a stamp in their padding, decoded again by ffmpeg and measured by
//! Goertzel. What is said by the stamp is said by the sound as well, and neither can be right without the other.

use std::io::Write;
use std::process::{Command, Stdio};

/// Bytes of padding that carry a stamp.
pub const STAMP: usize = 13;
const RATE: u32 = 48_000;
/// What nothing sounds like.
pub const SILENCE: f64 = -200.0;

/// A second of a tone, as Opus frames of 5 ms, each a packet of its own with one frame in it.
pub fn frames(hz: u32) -> Vec<Vec<u8>> {
    let source = format!("sine=frequency={hz}:sample_rate={RATE}:duration=1,volume=4");
    let ogg = ffmpeg(
        &["-f", "lavfi", "-i", &source],
        &[
            "-ac",
            "1",
            "-c:a",
            "libopus",
            "-b:a",
            "128k",
            "-vbr",
            "off",
            "-application",
            "lowdelay",
            "-frame_duration",
            "5",
            "-page_duration",
            "5000",
            "-f",
            "ogg",
        ],
        &[],
    );
    packets_of(&ogg).into_iter().skip(2).collect() // head and tags
}

/// The packet with `stamp` as its padding (RFC 6716 §3.2.5): every decoder leaves that out.
pub fn stamped(frame: &[u8], stamp: &[u8; STAMP]) -> Vec<u8> {
    assert_eq!(frame[0] & 3, 0, "one frame");
    let padding = u8::try_from(STAMP).unwrap();
    [&[frame[0] | 3, 0x41, padding], &frame[1..], stamp].concat()
}

/// The stamp of a packet.
pub fn stamp(packet: &[u8]) -> Option<&[u8]> {
    packet.len().checked_sub(STAMP).map(|at| &packet[at..])
}

/// What these packets, one after another, sound like.
pub fn decoded(packets: &[Vec<u8>]) -> Vec<f32> {
    if packets.is_empty() {
        return Vec::new();
    }
    heard_in(&ffmpeg(&["-f", "ogg", "-i", "pipe:0"], &["-ac", "1", "-f", "f32le"], &ogg(packets)))
}

/// What a file sounds like.
pub fn decoded_file(path: &std::path::Path) -> Vec<f32> {
    heard_in(&ffmpeg(&["-i", path.to_str().unwrap()], &["-ac", "1", "-ar", "48000", "-f", "f32le"], &[]))
}

/// How loud a tone is in it, in dB of full scale: Goertzel over a Hann window.
#[expect(clippy::cast_precision_loss, reason = "a recording has far fewer than 2^52 samples")]
pub fn level(sound: &[f32], hz: u32) -> f64 {
    if sound.is_empty() {
        return SILENCE;
    }
    let n = sound.len() as f64;
    let turn = std::f64::consts::TAU * f64::from(hz) / f64::from(RATE);
    let (mut one, mut two) = (0.0, 0.0);
    for (i, sample) in sound.iter().enumerate() {
        let hann = 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / n).cos();
        let next = f64::from(*sample) * hann + 2.0 * turn.cos() * one - two;
        (two, one) = (one, next);
    }
    let power = one * one + two * two - 2.0 * turn.cos() * one * two;
    (20.0 * (power.max(0.0).sqrt() * 4.0 / n).log10()).max(SILENCE)
}

/// How loud a tone is in its loudest tenth of a second, in dB of full scale. Over a long time [`level`] finds a tone too
/// weak whose phase jumps: wherever packets are missing, or a speaker came back on another device.
pub fn loudest(sound: &[f32], hz: u32) -> f64 {
    sound.chunks(RATE as usize / 10).map(|tenth| level(tenth, hz)).fold(SILENCE, f64::max)
}

fn heard_in(raw: &[u8]) -> Vec<f32> {
    raw.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect()
}

fn ffmpeg(input: &[&str], output: &[&str], fed: &[u8]) -> Vec<u8> {
    let mut child = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error"])
        .args(input)
        .args(output)
        .arg("pipe:1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg runs");
    let (mut into, fed) = (child.stdin.take().unwrap(), fed.to_vec());
    let feeding = std::thread::spawn(move || drop(into.write_all(&fed)));
    let out = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(out.status.success(), "ffmpeg {input:?}");
    out.stdout
}

/// The packets of an Ogg stream (RFC 3533), each in a page of its own or several to a page.
fn packets_of(ogg: &[u8]) -> Vec<Vec<u8>> {
    let (mut all, mut rest, mut packet) = (Vec::new(), ogg, Vec::new());
    while rest.len() >= 27 && rest.starts_with(b"OggS") {
        let segments = usize::from(rest[26]);
        let (lacing, mut body) = rest[27..].split_at(segments);
        for &length in lacing {
            let (part, after) = body.split_at(usize::from(length));
            packet.extend_from_slice(part);
            body = after;
            if length < 255 {
                all.push(std::mem::take(&mut packet));
            }
        }
        rest = body;
    }
    all
}

/// An Ogg Opus stream of these packets of 5 ms (RFC 7845).
fn ogg(packets: &[Vec<u8>]) -> Vec<u8> {
    let head = b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0".to_vec();
    let tags = b"OpusTags\x04\0\0\0test\0\0\0\0".to_vec();
    let mut out = Vec::new();
    for (number, packet) in [head, tags].iter().chain(packets).enumerate() {
        let kind = if number == 0 { 2 } else { 0 };
        let granule = (number.saturating_sub(1) * 240) as u64;
        let mut page = [b"OggS\0".as_slice(), &[kind], &granule.to_le_bytes(), &[7, 0, 0, 0]].concat();
        page.extend(u32::try_from(number).unwrap().to_le_bytes());
        page.extend([0; 4]);
        let lacing = packet.len() / 255 + 1;
        page.push(u8::try_from(lacing).unwrap());
        page.extend(std::iter::repeat_n(255, lacing - 1));
        page.push(u8::try_from(packet.len() % 255).unwrap());
        page.extend_from_slice(packet);
        let sum = crc(&page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        out.extend(page);
    }
    out
}

fn crc(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8).fold(
            sum ^ (u32::from(*byte) << 24),
            |s, _| if s >> 31 == 1 { s << 1 ^ 0x04c1_1db7 } else { s << 1 },
        )
    })
}

#[test]
fn a_tone_is_measured_where_it_is_and_not_where_it_is_not() {
    let packets: Vec<_> = frames(880).iter().map(|frame| stamped(frame, b"a stamp of 13")).collect();
    assert!(packets.len() > 190, "{}", packets.len());
    assert_eq!(stamp(&packets[0]), Some(b"a stamp of 13".as_slice()));
    let sound = decoded(&packets);
    let (there, elsewhere) = (level(&sound, 880), level(&sound, 440).max(level(&sound, 1320)));
    println!("880 Hz at {there:.1} dB, the others at {elsewhere:.1} dB");
    assert!(there > -12.0 && elsewhere < -60.0, "{there} {elsewhere}");
    assert!(level(&[], 880) < -60.0 && loudest(&[], 880) < -60.0);
}

#[test]
fn a_tone_with_gaps_is_as_loud_as_ever() {
    // 1010 Hz has no whole number of turns in 5 ms: each gap moves its phase.
    let all = frames(1010).into_iter().cycle().take(4000);
    let whole =
        all.enumerate().filter(|(at, _)| at % 57 > 30).map(|(_, frame)| stamped(&frame, b"a stamp of 13"));
    let sound = decoded(&whole.collect::<Vec<_>>());
    let (coherent, loudest, elsewhere) = (level(&sound, 1010), loudest(&sound, 1010), level(&sound, 440));
    println!("all of it {coherent:.1} dB, its loudest tenth {loudest:.1} dB, another {elsewhere:.1} dB");
    assert!(coherent < -30.0 && loudest > -12.0, "{coherent} {loudest}");
    assert!(elsewhere < -50.0, "{elsewhere}");
}
