//! `bench api`: a mediator's morning, many times over: the list of cases, a case file, its timeline.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use super::figures::Latencies;
use super::server::Server;

const READERS: u32 = 8;

/// Reads with a few clients at once for `time` and answers the figures.
pub async fn run(binary: &Path, time: Duration) -> anyhow::Result<Value> {
    let server = Server::start(binary, false).await?;
    let demo: Value = serde_json::from_slice(&std::fs::read(server.data.join("demo/demo.json"))?)?;
    let staff = demo["staff"].as_array().context("staff in demo.json")?;
    let mediator = staff.iter().find(|one| one["role"] == "mediator").context("a mediator in demo.json")?;
    let case = demo["cases"][0]["id"].as_str().context("a case in demo.json")?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the load client is outside the server and talks to loopback only"
    )]
    let http = reqwest::Client::new();
    let login: Value = http
        .post(format!("{}/api/v1/login", server.url))
        .json(&json!({"username": mediator["username"], "password": mediator["password"]}))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let token = login["access_token"].as_str().context("an access token")?.to_owned();
    let paths = ["/cases".to_owned(), format!("/cases/{case}"), format!("/cases/{case}/timeline")];
    let latency = std::sync::Arc::new(Latencies::new()?);
    let (before, began) = (server.usage()?, Instant::now());
    let tasks = TaskTracker::new();
    for _ in 0..READERS {
        let (http, token, latency) = (http.clone(), token.clone(), std::sync::Arc::clone(&latency));
        let urls: Vec<String> = paths.iter().map(|path| format!("{}/api/v1{path}", server.url)).collect();
        tasks.spawn(async move {
            while began.elapsed() < time {
                for url in &urls {
                    let asked = Instant::now();
                    let answer = http.get(url).bearer_auth(&token).send().await;
                    if answer.is_ok_and(|answer| answer.status().is_success()) {
                        latency.record(asked.elapsed());
                    }
                }
            }
        });
    }
    tasks.close();
    tasks.wait().await;
    let cpu = server.usage()?.cpu - before.cpu;
    let figures = latency.micros();
    let requests = figures["count"].as_f64().unwrap_or(0.0);
    Ok(json!({
        "bench": "api", "requests": requests, "requests_per_second": requests / began.elapsed().as_secs_f64(),
        "cpu_milliseconds_per_request": cpu * 1000.0 / requests.max(1.0), "latency": figures,
    }))
}
