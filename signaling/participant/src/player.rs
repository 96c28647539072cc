//! Plays a clip into publications at its own pace, and jumps to a keyframe when one is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use crate::clip::{Clip, SPEECH_TIME};
use crate::publish::Publication;

/// Loops the pictures until the track or the token ends.
pub async fn show(clip: Arc<Clip>, camera: Publication, stop: CancellationToken) {
    let camera = Arc::new(camera);
    let asked = Arc::new(AtomicBool::new(false));
    let listening = {
        let (camera, asked) = (Arc::clone(&camera), Arc::clone(&asked));
        async move {
            while camera.keyframe_asked().await.is_some() {
                asked.store(true, Ordering::Relaxed);
            }
            std::future::pending::<()>().await;
        }
    };
    let playing = async {
        let mut ticks = interval_at(Instant::now(), clip.frame_time);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next = 0;
        loop {
            ticks.tick().await;
            if asked.swap(false, Ordering::Relaxed) {
                next = clip.keyframe_from(next);
            }
            if camera.write(&clip.frames[next], clip.frame_time).await.is_err() {
                break;
            }
            next = (next + 1) % clip.frames.len();
        }
    };
    tokio::select! {
        () = playing => {}
        () = listening => {}
        () = stop.cancelled() => {}
    }
}

/// Loops the voice until the track or the token ends.
pub async fn speak(clip: Arc<Clip>, microphone: Publication, stop: CancellationToken) {
    let mut ticks = interval_at(Instant::now(), SPEECH_TIME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for (packet, level) in clip.voice().cycle() {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => break,
        }
        if microphone.speak(packet, SPEECH_TIME, level).await.is_err() {
            break;
        }
    }
}
