//! A simulated participant of the demo: opens a personal link like a phone would, is seen and heard, agrees to
//! clauses after a moment of thought and signs, so that one person alone can try a whole sitting.
//!
//! It uses nothing but what a resident's phone uses: the link, the HTTP API, the live wire, the media wire.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::clip::{Clip, Person};
use crate::join::{JoinOptions, Participant};
use crate::player;

/// How long a bot thinks before it answers a clause or signs.
const THINKING: Duration = Duration::from_secs(3);
/// How long it waits before it tries again after the server went away.
const AGAIN: Duration = Duration::from_secs(2);

/// One simulated participant.
#[derive(Clone)]
pub struct Bot {
    /// The server's base address, `http://host:port`.
    pub url: String,
    /// The token of the personal link, the last part of `/j/{token}`.
    pub link: String,
    /// Whose pictures and voice.
    pub person: Person,
}

#[derive(Deserialize)]
struct Entry {
    session_id: String,
    seat_id: String,
    access_token: String,
    media_url: String,
    media_token: String,
}

impl Bot {
    /// Takes part until `stop`; comes back when the server restarts.
    pub async fn take_part(self, http: reqwest::Client, tasks: TaskTracker, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                outcome = self.once(&http, &tasks, &stop) => match outcome {
                    Ok(()) => info!(person = ?self.person, "simulated participant: the sitting is over"),
                    Err(error) => warn!(person = ?self.person, %error, "simulated participant starts again"),
                },
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn once(
        &self,
        http: &reqwest::Client,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let entry = self.enter(http).await?;
        let halt = stop.child_token();
        let _guard = halt.clone().drop_guard();
        let participant =
            Participant::join(JoinOptions::new(&entry.media_url, &entry.media_token), tasks).await?;
        let clip = Arc::new(Clip::of(self.person)?);
        let camera = participant.publish(true, clip.size).await?;
        let microphone = participant.publish(false, (0, 0)).await?;
        tasks.spawn(player::show(Arc::clone(&clip), camera, halt.clone()));
        tasks.spawn(player::speak(clip, microphone, halt.clone()));
        let outcome = self.live(http, &entry).await;
        participant.leave().await;
        outcome
    }

    async fn enter(&self, http: &reqwest::Client) -> anyhow::Result<Entry> {
        let address = format!("{}/api/v1/join/{}", self.url, self.link);
        let door: Value = http.get(&address).send().await?.error_for_status()?.json().await?;
        let body = json!({
            "consents": {"online_procedure": true, "e_signature": true, "recording": false},
            "notice_version": door["notice_version"],
            "others_in_room": "",
        });
        Ok(http.post(&address).json(&body).send().await?.error_for_status()?.json().await?)
    }

    /// Stays on the live wire and answers what needs an answer.
    async fn live(&self, http: &reqwest::Client, entry: &Entry) -> anyhow::Result<()> {
        let address =
            format!("{}/api/v1/sessions/{}/live", self.url.replacen("http", "ws", 1), entry.session_id);
        let (mut socket, _) = tokio_tungstenite::connect_async(address).await?;
        let hello = json!({"type": "hello", "token": entry.access_token});
        socket.send(Message::text(hello.to_string())).await?;
        let mut party: Option<String> = None;
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else { continue };
            let frame: Value = serde_json::from_str(&text)?;
            if let Some(mine) = frame["view"]["me"]["party_id"].as_str() {
                party = Some(mine.to_owned());
            }
            if frame["view"]["phase"] == "ended" || frame["type"] == "bye" {
                break;
            }
            if let (Some(party), true) = (&party, frame["agreement"].is_object()) {
                self.consider(http, entry, party, &frame["agreement"]).await?;
            }
        }
        Ok(())
    }

    /// Agrees to every clause that has no answer of ours yet; signs what is frozen. A refusal (the clause was edited
    /// meanwhile, somebody else signs) is not an error: the next frame brings the new state.
    async fn consider(
        &self,
        http: &reqwest::Client,
        entry: &Entry,
        party: &str,
        agreement: &Value,
    ) -> anyhow::Result<()> {
        let base = format!("{}/api/v1/sessions/{}/agreement", self.url, entry.session_id);
        let none = Vec::new();
        if agreement["state"] == "drafting" {
            for clause in agreement["clauses"].as_array().unwrap_or(&none) {
                let mine =
                    clause["stances"].as_array().unwrap_or(&none).iter().find(|s| s["party_id"] == *party);
                let answered = mine.is_some_and(|s| !s["stance"].is_null() && s["stale"] != true);
                let (Some(id), false) = (clause["id"].as_str(), mine.is_none() || answered) else { continue };
                tokio::time::sleep(THINKING).await;
                let body = json!({"stance": "agree", "version": clause["version"]});
                let address = format!("{base}/clauses/{id}/stance");
                http.put(address).bearer_auth(&entry.access_token).json(&body).send().await?;
            }
        } else if agreement["state"] == "signing" {
            let signatories = agreement["required"].as_array().unwrap_or(&none);
            if signatories.iter().any(|s| s["party_id"] == *party && s["signed_at"].is_null()) {
                tokio::time::sleep(THINKING).await;
                self.sign(http, entry, &base, agreement).await?;
            }
        }
        Ok(())
    }

    async fn sign(
        &self,
        http: &reqwest::Client,
        entry: &Entry,
        base: &str,
        agreement: &Value,
    ) -> anyhow::Result<()> {
        let code: Value = http
            .post(format!("{base}/code"))
            .bearer_auth(&entry.access_token)
            .json(&json!({}))
            .send()
            .await?
            .json()
            .await?;
        // Outside demo mode the code goes to a phone, which a bot has not.
        let Some(code) = code["demo_code"].as_str() else { return Ok(()) };
        let body = json!({
            "text_sha256": agreement["text_sha256"], "code": code,
            "width": 320, "height": 160, "strokes": scrawl(&entry.seat_id),
        });
        http.post(format!("{base}/sign")).bearer_auth(&entry.access_token).json(&body).send().await?;
        Ok(())
    }
}

/// A few wavy strokes, another for every seat.
fn scrawl(seed: &str) -> Value {
    let shift = f64::from(seed.bytes().fold(0_u8, u8::wrapping_add)) / 255.0;
    let strokes: Vec<Value> = (0..4)
        .map(|stroke| {
            let points: Vec<Value> = (0..24)
                .map(|n| {
                    let t = f64::from(n) / 24.0;
                    let x = 30.0 + f64::from(stroke) * 65.0 + t * 55.0;
                    let y = 80.0 + (t * 6.0 + shift * 6.0 + f64::from(stroke)).sin() * 38.0;
                    json!({"x": x, "y": y, "t": stroke * 400 + n * 12})
                })
                .collect();
            json!({"points": points})
        })
        .collect();
    Value::Array(strokes)
}
