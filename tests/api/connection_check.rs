//! Somebody tests the way to the media server before the sitting: it carries, and shows nobody anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use participant::{Event, JoinOptions, Participant};
use serde_json::{Value, json};
use tests::TestApp;

struct Place {
    participant: Participant,
    packets: Arc<AtomicU64>,
}

impl Place {
    async fn take(app: &TestApp, token: &str) -> Self {
        let packets = Arc::new(AtomicU64::new(0));
        let mut options = JoinOptions::new(&app.url, token);
        let count = Arc::clone(&packets);
        options.heard = Arc::new(move |packet| {
            if !packet.payload.is_empty() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        let participant = Participant::join(options, &app.state.tasks.tracker()).await.unwrap();
        Self { participant, packets }
    }

    fn heard(&self) -> u64 {
        self.packets.load(Ordering::Relaxed)
    }

    /// Whom it was shown so far.
    fn shown(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        while let Ok(event) = self.participant.events.try_recv() {
            if let Event::Others(others) = event {
                names.extend(others.into_iter().map(|one| one.identity));
            }
        }
        names.retain(|name| *name != self.participant.identity);
        names
    }

    async fn hears(&self) {
        let end = Instant::now() + Duration::from_secs(15);
        let before = self.heard();
        while self.heard() < before + 10 {
            assert!(Instant::now() < end, "nothing came back");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn token<'a>(check: &'a Value, which: &str) -> &'a str {
    check[which].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_hears_itself_and_nobody_else() {
    let app = TestApp::with(|config| config.demo = false).await;
    let (one, other) = (app.anybody("a resident"), app.anybody("another"));
    let mine = one.post_json("/connection-checks", &json!({})).await.ok();
    let theirs = other.post_json("/connection-checks", &json!({})).await.ok();
    assert_eq!(mine["relay"], false);
    let mut sends = Place::take(&app, token(&mine, "sender_token")).await;
    let mut receives = Place::take(&app, token(&mine, "receiver_token")).await;
    let mut stranger = Place::take(&app, token(&theirs, "receiver_token")).await;

    let microphone = sends.participant.publish(false, (0, 0)).await.unwrap();
    let stop = app.state.tasks.stop_token();
    app.state.tasks.spawn("voice", async move {
        let sound = Duration::from_millis(20);
        let mut tick = tokio::time::interval(sound);
        while !stop.is_cancelled() {
            tick.tick().await;
            if microphone.write(&Bytes::from_static(b"one two three"), sound).await.is_err() {
                return;
            }
        }
    });
    receives.hears().await;
    receives.hears().await;
    assert_eq!(stranger.heard(), 0, "another check hears nothing of it");
    assert_eq!(stranger.shown(), Vec::<String>::new());
    assert_eq!(sends.shown(), Vec::<String>::new(), "who sends is shown nobody");
    assert!(receives.shown().iter().all(|name| name == "sends"));

    // Neither place opens another room: the token of a check is no token of a sitting.
    let claims = token(&mine, "sender_token").split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert!(claims["video"]["room"].as_str().unwrap().starts_with("check-"));
    assert_eq!(claims["video"]["canSubscribe"], false);
    assert_ne!(claims["video"]["roomCreate"], true);
    assert_eq!(claims["onedoor_governed"], true);
}

#[tokio::test]
async fn t8_checks_are_rationed() {
    let app = TestApp::start().await;
    let hasty = app.anybody("somebody hasty");
    for _ in 0..8 {
        hasty.post_json("/connection-checks", &json!({})).await.ok();
    }
    hasty.post_json("/connection-checks", &json!({})).await.refused(429, "too_many");
}
