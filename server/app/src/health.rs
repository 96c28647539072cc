//! Is it alive, is it ready, how is it doing: `/healthz`, `/readyz`, `/metrics`.
//!
//! Liveness asks nothing of others: a Redis that is down must not make the orchestrator kill running calls.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::state::AppState;
use crate::{measures, media_metrics};

/// How long a part may take to answer before it counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// The three addresses.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(measured))
}

async fn measured(State(app): State<AppState>) -> String {
    let mut page = recorder().render();
    page.push_str(&media_metrics::text(&app.media.stats().await));
    page.push_str(&measures::process());
    page
}

/// The process-wide recorder; the first call installs it.
pub fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder is installed already");
        }
        measures::describe();
        handle
    })
}

/// What each part answered: `ok`, or what is wrong.
pub type Report = BTreeMap<&'static str, String>;

async fn ready(State(app): State<AppState>) -> (StatusCode, Json<Report>) {
    let report = report(&app).await;
    let well = report.values().all(|answer| answer == "ok") && !app.tasks.stop_token().is_cancelled();
    (if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(report))
}

/// Asks every part.
pub async fn report(app: &AppState) -> Report {
    let database = async { app.store.ping().await.map_err(|error| error.to_string()) };
    let tables = async {
        match app.store.pending_migrations().await {
            Ok(0) => Ok(()),
            Ok(n) => Err(format!("{n} migrations are pending: run `onedoor migrate`")),
            Err(error) => Err(error.to_string()),
        }
    };
    let storage = async { app.blobs.ping().await.map_err(|error| error.to_string()) };
    let mut report = Report::from([
        ("database", asked(database).await),
        ("tables", asked(tables).await),
        ("storage", asked(storage).await),
    ]);
    if let Some(mut redis) = app.redis.clone() {
        let ping = async move {
            redis::cmd("PING").query_async::<()>(&mut redis).await.map_err(|error| error.to_string())
        };
        report.insert("redis", asked(ping).await);
    }
    report
}

async fn asked(question: impl Future<Output = Result<(), String>>) -> String {
    match tokio::time::timeout(PATIENCE, question).await {
        Ok(Ok(())) => "ok".to_owned(),
        Ok(Err(error)) => error,
        Err(_) => "no answer in time".to_owned(),
    }
}
