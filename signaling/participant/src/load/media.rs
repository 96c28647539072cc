//! `bench media`: rooms of two who speak and six who listen; what a forwarded packet costs the server.
//!
//! Every packet carries the time it was made, so that a listener knows how long it was under way. That time includes
//! both far ends; the server's own share is read from its metrics.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::{BufMut as _, Bytes, BytesMut};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::figures::Latencies;
use super::server::Server;
use super::token::media_token;
use crate::clip::SPEECH_TIME;
use crate::join::{JoinOptions, Participant};
use crate::peer::Received;
use crate::publish::Publication;

/// How much load, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Rooms at once.
    pub rooms: u32,
    /// People in each room who send sound and pictures.
    pub publishers: u32,
    /// People in each room who only listen and watch.
    pub subscribers: u32,
    /// How long packets are forwarded, after a warm-up.
    pub time: Duration,
}

impl Default for Shape {
    /// The moderate load of the project's figures: 8 rooms × (2 publishers + 6 subscribers).
    fn default() -> Self {
        Self { rooms: 8, publishers: 2, subscribers: 6, time: Duration::from_secs(20) }
    }
}

const WARM_UP: Duration = Duration::from_secs(4);
/// 27.5 pictures a second of four packets each: with 50 sound packets, 160 packets a second a publisher.
const PICTURE_TIME: Duration = Duration::from_micros(36_364);
const PICTURE_BYTES: usize = 4 * 1100;
/// Marks a stamp inside a payload.
const MARK: u64 = 0x0d00_70be_4c17_5eed;

/// What the listeners forwarded.
struct Tally {
    start: Instant,
    received: AtomicU64,
    lost: AtomicU64,
    counting: std::sync::atomic::AtomicBool,
    latency: Latencies,
    last: Mutex<HashMap<(u64, u32), u16>>,
}

/// Runs the load and answers the figures.
pub async fn run(binary: &Path, shape: Shape) -> anyhow::Result<Value> {
    let server = Server::start(binary).await?;
    let idle = server.usage()?;
    let tally = Arc::new(Tally {
        start: Instant::now(),
        received: AtomicU64::new(0),
        lost: AtomicU64::new(0),
        counting: false.into(),
        latency: Latencies::new()?,
        last: Mutex::default(),
    });
    let tasks = TaskTracker::new();
    let stop = CancellationToken::new();
    let mut people = Vec::new();
    let each = shape.publishers + shape.subscribers;
    for room in 0..shape.rooms {
        for n in 0..each {
            let token = media_token(&format!("load-{room}"), &format!("peer-{n}"))?;
            let mut options = JoinOptions::new(&server.url, token);
            options.slots = (shape.publishers, shape.publishers);
            let (seen, who) = (Arc::clone(&tally), u64::from(room * each + n));
            options.heard = Arc::new(move |packet| seen.packet(who, packet));
            let person = Participant::join(options, &tasks).await?;
            if n < shape.publishers {
                let camera = person.publish(true, (640, 360)).await?;
                let microphone = person.publish(false, (0, 0)).await?;
                let start = tally.start;
                tasks.spawn(pictures(camera, start, stop.clone()));
                tasks.spawn(sound(microphone, start, stop.clone()));
            }
            people.push(person);
        }
    }
    tokio::time::sleep(WARM_UP).await;

    tally.latency.reset();
    let (before, began) = (server.usage()?, Instant::now());
    let forwarded_before = server.metric("onedoor_media_packets_forwarded_total").await?;
    tally.counting.store(true, Ordering::Relaxed);
    tokio::time::sleep(shape.time).await;
    tally.counting.store(false, Ordering::Relaxed);
    let forwarded = server.metric("onedoor_media_packets_forwarded_total").await? - forwarded_before;
    let (after, seconds) = (server.usage()?, began.elapsed().as_secs_f64());
    let server_p50 = server.metric(r#"onedoor_media_forward_latency_microseconds{quantile="0.5"}"#).await?;
    let server_p99 = server.metric(r#"onedoor_media_forward_latency_microseconds{quantile="0.99"}"#).await?;

    stop.cancel();
    for person in people {
        person.leave().await;
    }
    let received = tally.received.load(Ordering::Relaxed);
    let lost = tally.lost.load(Ordering::Relaxed);
    let peers = shape.rooms * each;
    #[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
    let (received, lost, grown) =
        (received as f64, lost as f64, after.resident.saturating_sub(idle.resident) as f64);
    Ok(json!({
        "bench": "media",
        "rooms": shape.rooms, "publishers": shape.publishers, "subscribers": shape.subscribers,
        "seconds": round(seconds), "packets_forwarded": forwarded, "packets_received": received,
        "packets_per_second": round(forwarded / seconds),
        "server_cpu_seconds": round(after.cpu - before.cpu),
        "cpu_seconds_per_million_packets": round((after.cpu - before.cpu) / forwarded * 1e6),
        "forwarding_latency_us": {"p50": server_p50, "p99": server_p99},
        "end_to_end_latency": tally.latency.micros(),
        "rss_bytes_per_peer": round(grown / f64::from(peers)),
        "loss": lost / (received + lost).max(1.0),
    }))
}

impl Tally {
    fn packet(&self, who: u64, packet: &Received<'_>) {
        if !self.counting.load(Ordering::Relaxed) {
            return;
        }
        self.received.fetch_add(1, Ordering::Relaxed);
        if let Ok(mut last) = self.last.lock() {
            let before = last.insert((who, packet.ssrc), packet.sequence);
            let step = before.map_or(1, |before| packet.sequence.wrapping_sub(before));
            // A step backwards is a packet that came late, not a gap of 65,000.
            if step > 1 && step < 1000 {
                self.lost.fetch_add(u64::from(step) - 1, Ordering::Relaxed);
            }
        }
        if let Some(made) = stamp_in(packet.payload) {
            self.latency.record(packet.at.saturating_duration_since(self.start + made));
        }
    }
}

async fn pictures(camera: Publication, start: Instant, stop: CancellationToken) {
    let mut ticks = interval(PICTURE_TIME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut n: u32 = 0;
    while !stop.is_cancelled() {
        ticks.tick().await;
        // One in a hundred is a keyframe: listeners that come late start there.
        let frame = picture(n.is_multiple_of(100), start.elapsed());
        if camera.write(&frame, PICTURE_TIME).await.is_err() {
            return;
        }
        n = n.wrapping_add(1);
    }
}

async fn sound(microphone: Publication, start: Instant, stop: CancellationToken) {
    let mut ticks = interval(SPEECH_TIME);
    while !stop.is_cancelled() {
        ticks.tick().await;
        if microphone.write(&stamped(&[0xfc, 0xff, 0xfe], 80, start.elapsed()), SPEECH_TIME).await.is_err() {
            return;
        }
    }
}

/// A frame with a VP8 header (RFC 6386 §9.1) and stamps in place of pictures.
fn picture(key: bool, made: Duration) -> Bytes {
    let header: &[u8] =
        if key { &[0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01] } else { &[0x11, 0, 0] };
    stamped(header, PICTURE_BYTES, made)
}

fn stamped(header: &[u8], size: usize, made: Duration) -> Bytes {
    let mut bytes = BytesMut::with_capacity(size + 16);
    bytes.put_slice(header);
    while bytes.len() < size {
        bytes.put_u64(MARK);
        bytes.put_u64(u64::try_from(made.as_nanos()).unwrap_or(u64::MAX));
    }
    bytes.freeze()
}

/// The stamp nearest the beginning of a payload.
fn stamp_in(payload: &[u8]) -> Option<Duration> {
    let mark = MARK.to_be_bytes();
    let head = payload.get(..payload.len().min(48))?;
    let at = head.windows(8).position(|window| window == mark)?;
    let nanos = payload.get(at + 8..at + 16)?;
    Some(Duration::from_nanos(u64::from_be_bytes(nanos.try_into().ok()?)))
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{picture, stamp_in};
    use crate::clip::is_keyframe;

    #[test]
    fn a_stamp_is_found_wherever_the_frame_was_cut() {
        let made = Duration::from_micros(1_234_567);
        let frame = picture(true, made);
        assert!(is_keyframe(&frame));
        for cut in [0, 1, 7, 1187, 2374] {
            assert_eq!(stamp_in(&frame[cut..]), Some(made), "cut at {cut}");
        }
        assert_eq!(stamp_in(&[0; 40]), None);
    }
}
