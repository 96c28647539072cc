//! `bench join`: how long from opening the wire until media is connected, one newcomer after the other.

use std::path::Path;
use std::time::Instant;

use anyhow::bail;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use super::figures::Latencies;
use super::server::Server;
use super::token::media_token;
use crate::join::{Event, JoinOptions, Participant};

/// Lets `count` newcomers join a room of their own each and answers the figures.
pub async fn run(binary: &Path, count: u32) -> anyhow::Result<Value> {
    let server = Server::start(binary, false).await?;
    let tasks = TaskTracker::new();
    let (answered, connected) = (Latencies::new()?, Latencies::new()?);
    for n in 0..count {
        let token = media_token(&format!("join-{n}"), "newcomer")?;
        let began = Instant::now();
        let mut person = Participant::join(JoinOptions::new(&server.url, token), &tasks).await?;
        answered.record(began.elapsed());
        loop {
            match person.events.recv().await {
                Some(Event::Connected) => break,
                Some(Event::Ended(why)) => bail!("newcomer {n} was sent away: {why}"),
                Some(_) => {}
                None => bail!("newcomer {n} fell silent"),
            }
        }
        connected.record(began.elapsed());
        person.leave().await;
    }
    Ok(
        json!({"bench": "join", "joins": count, "answered": answered.micros(), "connected": connected.micros()}),
    )
}
