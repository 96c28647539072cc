//! A participant on the `webrtc` crate for tests written elsewhere: `guest URL TOKEN` joins, shows a clip's pictures and
//! voice, and prints four times a second what it has received, as one JSON object a line:
//! `{"PA_…": {"sound": packets, "pictures": packets, "frames": whole pictures begun, "keyframes": n}}`.
//! Ends with its standard input.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;
use participant::clip::{Clip, Person};
use participant::{JoinOptions, Participant, Received, player};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What came from one participant.
#[derive(Default, Serialize)]
struct Counts {
    sound: u64,
    pictures: u64,
    frames: u64,
    keyframes: u64,
}

impl Counts {
    fn add(&mut self, packet: &Received<'_>) {
        if !packet.video {
            self.sound += 1;
            return;
        }
        self.pictures += 1;
        if let Some(payload) = first_of_frame(packet.payload) {
            self.frames += 1;
            self.keyframes += u64::from(payload.first().is_some_and(|tag| tag & 1 == 0));
        }
    }
}

/// The VP8 payload behind its descriptor, in the packet that begins a picture (RFC 7741 §4.2, §4.3).
fn first_of_frame(packet: &[u8]) -> Option<&[u8]> {
    let &head = packet.first()?;
    let (begins, partition) = (head & 0x10 != 0, head & 0x0f);
    let mut at = 1;
    if head & 0x80 != 0 {
        let &more = packet.get(at)?;
        at += 1;
        if more & 0x80 != 0 {
            at += if packet.get(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        at += usize::from(more & 0x40 != 0);
        at += usize::from(more & 0x30 != 0);
    }
    (begins && partition == 0).then(|| packet.get(at..)).flatten()
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (url, token) = arguments.next().zip(arguments.next()).context("guest URL TOKEN [BIND]")?;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let counts = Arc::new(Mutex::new(BTreeMap::<String, Counts>::new()));
    let mut options = JoinOptions::new(url, token);
    if let Some(bind) = arguments.next() {
        options.bind = bind.parse().context("BIND is no address")?;
    }
    let count = Arc::clone(&counts);
    options.heard = Arc::new(move |packet| {
        if packet.payload.is_empty() {
            return; // padding carries nobody's media
        }
        let sid = packet.stream.split('|').next().unwrap_or_default();
        if let Ok(mut counts) = count.lock() {
            counts.entry(sid.to_owned()).or_default().add(packet);
        }
    });
    let participant = Participant::join(options, &tasks).await?;
    let clip = Arc::new(Clip::of(Person::Elder)?);
    let camera = participant.publish(true, clip.size).await?;
    tasks.spawn(player::show(Arc::clone(&clip), camera, stop.clone()));
    let microphone = participant.publish(false, (0, 0)).await?;
    tasks.spawn(player::speak(clip, microphone, stop.clone()));
    let ended = stop.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        ended.cancel();
    });
    let mut tick = tokio::time::interval(Duration::from_millis(250));
    loop {
        tokio::select! {
            _ = tick.tick() => if let Ok(counts) = counts.lock() {
                println!("{}", serde_json::to_string(&*counts)?);
            },
            () = stop.cancelled() => break,
        }
    }
    participant.leave().await;
    Ok(())
}
