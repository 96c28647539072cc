//! Codecs beside VP8: VP9 and AV1 into `WebM`, H264 into Matroska, each decoded again by ffmpeg.

use std::path::Path;
use std::time::{Duration, Instant};

use media::{Codec, Kind, Quality, Source, Tap, TappedPacket, TappedTrack};
use recorder::{Manifest, RecorderEvent};
use tempfile::TempDir;

use crate::feed::encode;
use crate::files::{anywhere, begin, check};
use crate::probe::{packets, probe, seek};

/// Payloads of one picture, and whether it is a keyframe.
type Picture = (Vec<Vec<u8>>, bool);

const PACKET: usize = 1100;
const FRAME_TIME: Duration = Duration::from_micros(66_667);

fn track(codec: Codec) -> TappedTrack {
    TappedTrack {
        id: "TR_picture".into(),
        publisher: "applicant".into(),
        kind: Kind::Video,
        codec,
        source: Source::Camera,
    }
}

fn send(tap: &mut dyn Tap, track: &TappedTrack, pictures: &[Picture]) {
    tap.begin(track);
    let (start, mut sequence) = (Instant::now(), 0);
    for (number, (payloads, keyframe)) in pictures.iter().enumerate() {
        let number = u32::try_from(number).expect("few");
        for (part, payload) in payloads.iter().enumerate() {
            sequence += 1;
            let packet = TappedPacket {
                layer: Quality::High,
                sequence,
                timestamp: number * 6000,
                marker: part + 1 == payloads.len(),
                keyframe: *keyframe && part == 0,
                level: None,
                arrived: start + FRAME_TIME * number,
                report: None,
                payload: payload.as_slice().into(),
            };
            tap.packet(&track.id, packet);
        }
    }
}

async fn record(folder: &Path, codec: Codec, pictures: &[Picture]) -> Manifest {
    let (recorder, _events) = begin(folder, anywhere());
    let mut tap = recorder.tap();
    send(&mut *tap, &track(codec), pictures);
    drop(tap);
    let manifest = recorder.finish().await.expect("finished");
    check(folder, &manifest);
    let file = folder.join(&manifest.tracks[0].file);
    assert_eq!((manifest.tracks.len(), manifest.tracks[0].frames), (1, 90));
    assert_eq!(probe(&file).frames, 90, "every picture is decoded");
    assert_eq!((manifest.tracks[0].width, manifest.tracks[0].height), (320, 180));
    assert!(packets(&file).iter().filter(|(_, keyframe)| *keyframe).count() >= 3);
    let entered = seek(&file, 4.5);
    assert!((2.9..=4.6).contains(&entered), "{entered}");
    manifest
}

/// Frames of an IVF file.
fn ivf(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = &bytes[32..];
    let mut frames = Vec::new();
    while let Some((head, after)) = rest.split_at_checked(12) {
        let size = u32::from_le_bytes(head[..4].try_into().expect("four bytes")) as usize;
        frames.push(after[..size].to_vec());
        rest = &after[size..];
    }
    frames
}

#[tokio::test]
async fn vp9_is_recorded_as_it_came() {
    let options = "-c:v libvpx-vp9 -b:v 300k -g 20 -deadline realtime -cpu-used 8 -lag-in-frames 0";
    let made = encode(&options.split(' ').collect::<Vec<_>>(), "ivf", 320, 180);
    let pictures: Vec<Picture> = ivf(&made)
        .iter()
        .map(|frame| {
            // The uncompressed header: marker, profile, no repeat, then the frame type.
            let keyframe = frame[0] & 0b0000_0100 == 0;
            let count = frame.chunks(PACKET).count();
            let payload = |(part, bytes): (usize, &[u8])| {
                let (first, last) = (part == 0, part + 1 == count);
                let flags = if keyframe { 0 } else { 0x40 }
                    | if first { 0x08 } else { 0 }
                    | if last { 0x04 } else { 0 };
                [&[0x80 | flags, 0x80, 0x07], bytes].concat()
            };
            (frame.chunks(PACKET).enumerate().map(payload).collect(), keyframe)
        })
        .collect();
    let folder = TempDir::new().expect("a folder");
    let manifest = record(folder.path(), Codec::Vp9, &pictures).await;
    assert_eq!(manifest.tracks[0].codec, "vp9");
}

/// Units of a temporal unit as files have it, each with its size; given without.
fn obus(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut units = Vec::new();
    while let [head, after @ ..] = bytes {
        let mut rest = after;
        let mut unit = vec![head & !0x02];
        if head & 0x04 != 0 {
            unit.push(rest[0]);
            rest = &rest[1..];
        }
        let (mut size, mut shift) = (0, 0);
        loop {
            let byte = rest[0];
            rest = &rest[1..];
            size |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        unit.extend_from_slice(&rest[..size]);
        bytes = &rest[size..];
        // A delimiter has no place in RTP.
        if head >> 3 & 15 != 2 {
            units.push(unit);
        }
    }
    units
}

#[tokio::test]
async fn av1_is_recorded_as_it_came() {
    let options = "-c:v libaom-av1 -b:v 300k -g 20 -usage realtime -cpu-used 8 -lag-in-frames 0";
    let made = encode(&options.split(' ').collect::<Vec<_>>(), "ivf", 320, 180);
    let pictures: Vec<Picture> = ivf(&made)
        .iter()
        .map(|frame| {
            let units = obus(frame);
            let keyframe = units.iter().any(|unit| unit[0] >> 3 & 15 == 1);
            let mut payloads = Vec::new();
            for unit in &units {
                let count = unit.chunks(PACKET).count();
                for (part, bytes) in unit.chunks(PACKET).enumerate() {
                    // One element in each packet; a unit may take several.
                    let flags =
                        if part > 0 { 0x80 } else { 0 } | if part + 1 < count { 0x40 } else { 0 } | 0x10;
                    payloads.push([&[flags], bytes].concat());
                }
            }
            (payloads, keyframe)
        })
        .collect();
    let folder = TempDir::new().expect("a folder");
    let manifest = record(folder.path(), Codec::Av1, &pictures).await;
    assert_eq!(manifest.tracks[0].codec, "av1");
    assert!(
        manifest.tracks[0].mime.starts_with("video/webm; codecs=\"av01.0."),
        "{}",
        manifest.tracks[0].mime
    );
}

/// Units of an elementary stream, without start codes.
fn units(bytes: &[u8]) -> Vec<Vec<u8>> {
    let starts: Vec<usize> = (0..bytes.len() - 3).filter(|at| bytes[*at..*at + 3] == [0, 0, 1]).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let unit = &bytes[start + 3..end];
            let length = unit.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
            unit[..length].to_vec()
        })
        .collect()
}

#[tokio::test]
async fn h264_is_recorded_as_it_came() {
    let options = "-c:v libx264 -profile:v baseline -b:v 300k -g 20 -bf 0 -tune zerolatency -x264-params sliced-threads=0:slices=1";
    let made = encode(&options.split(' ').collect::<Vec<_>>(), "h264", 320, 180);
    let mut pictures: Vec<Picture> = Vec::new();
    let mut before = Vec::new();
    for unit in units(&made) {
        let kind = unit[0] & 0x1F;
        if !(kind == 1 || kind == 5) {
            // Parameters go ahead of their picture, each in a packet of its own.
            before.push(unit);
            continue;
        }
        let mut payloads = std::mem::take(&mut before);
        let parts: Vec<&[u8]> = unit[1..].chunks(PACKET).collect();
        if parts.len() == 1 {
            payloads.push(unit.clone());
        } else {
            for (number, part) in parts.iter().enumerate() {
                let edge =
                    if number == 0 { 0x80 } else { 0 } | if number + 1 == parts.len() { 0x40 } else { 0 };
                payloads.push([&[unit[0] & 0xE0 | 0x1C, kind | edge], *part].concat());
            }
        }
        pictures.push((payloads, kind == 5));
    }
    let folder = TempDir::new().expect("a folder");
    let manifest = record(folder.path(), Codec::H264, &pictures).await;
    assert_eq!(manifest.tracks[0].codec, "h264");
    assert!(
        manifest.tracks[0].mime.starts_with("video/x-matroska; codecs=\"avc1.42"),
        "{}",
        manifest.tracks[0].mime
    );
}

#[tokio::test]
async fn a_codec_that_cannot_be_recorded_is_said() {
    let folder = TempDir::new().expect("a folder");
    let (recorder, mut events) = begin(folder.path(), anywhere());
    let mut tap = recorder.tap();
    send(&mut *tap, &track(Codec::Other), &[(vec![vec![1, 2, 3]], true)]);
    let told = tokio::time::timeout(Duration::from_secs(10), events.recv()).await.expect("in time");
    assert_eq!(
        told,
        Some(RecorderEvent::Unsupported { seat: "applicant".into(), codec: "application/octet-stream" })
    );
    drop(tap);
    assert_eq!(recorder.finish().await.expect("finished").tracks, []);
}
