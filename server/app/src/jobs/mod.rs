//! The worker: takes jobs whose transaction has become true and carries them out, again after a failure.
//!
//! Every node runs one. A job is taken under a lease, so what a killed node had in hand is taken up again; each kind of
//! work is written so that doing it twice does no harm.

mod compose_recording;
pub(crate) mod film;
mod seal_agreement;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use store::job::Job;
use tokio::sync::Notify;

use crate::problem::Fault;
use crate::state::AppState;

pub(crate) use compose_recording::KIND as COMPOSE_RECORDING;
pub(crate) use seal_agreement::{KIND as SEAL_AGREEMENT, source};

/// Longer than any quick job takes; a dead node's jobs wait this long. A slow job's lease is kept while it is done.
const LEASE: TimeDelta = TimeDelta::seconds(120);
/// How often a slow job's lease is kept.
const LEASE_KEPT: Duration = Duration::from_secs(30);
/// How long nobody may call before the worker looks by itself (jobs of other nodes, retries).
const PATIENCE: Duration = Duration::from_secs(2);

/// Wakes the worker of this node. A cheap handle.
#[derive(Clone, Default)]
pub struct Jobs(Arc<Notify>);

impl Jobs {
    /// To be called when a transaction that left a job was committed: the work begins at once.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Starts this node's worker; it ends with the server.
pub fn start(app: &AppState) {
    let worker = app.clone();
    app.tasks.spawn("jobs", async move {
        loop {
            match next(&worker).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(fault) => tracing::warn!(error = %fault, "the worker cannot take a job"),
            }
            tokio::select! {
                () = worker.tasks.stopping() => break,
                () = worker.jobs.0.notified() => {}
                () = tokio::time::sleep(PATIENCE) => {}
            }
        }
    });
}

/// Takes one job and carries it out. Answers whether there was one.
pub(crate) async fn next(app: &AppState) -> Result<bool, Fault> {
    let now = app.clock.now();
    let tx = app.store.begin().await.map_err(Fault::of("taking a job"))?;
    let taken = store::job::take(&tx, now, LEASE).await.map_err(Fault::of("taking a job"))?;
    tx.commit().await.map_err(Fault::of("taking a job"))?;
    let Some(job) = taken else { return Ok(false) };
    if job.kind == COMPOSE_RECORDING {
        // Slow work does not keep others waiting: it goes on beside.
        let slow = app.clone();
        app.tasks.spawn("slow job", async move {
            let settled = tokio::select! {
                settled = settle(&slow, &job) => settled,
                fault = keep_lease(&slow, &job) => Err(fault),
                () = slow.tasks.stopping() => Ok(()),
            };
            if let Err(fault) = settled {
                tracing::warn!(error = %fault, "a slow job was left to the next worker");
            }
        });
        return Ok(true);
    }
    settle(app, &job).await?;
    Ok(true)
}

/// Keeps a slow job from being taken by another worker; ends only when that fails.
async fn keep_lease(app: &AppState, job: &Job) -> Fault {
    loop {
        tokio::time::sleep(LEASE_KEPT).await;
        let extend = async {
            let tx = app.store.begin().await?;
            store::job::extend(&tx, job.id, app.clock.now() + LEASE).await?;
            tx.commit().await
        };
        if let Err(error) = extend.await {
            return Fault::new("keeping a job's lease", error);
        }
    }
}

/// Carries a job out, or puts it back after a failure.
async fn settle(app: &AppState, job: &Job) -> Result<(), Fault> {
    let Err(fault) = carry_out(app, job).await else {
        metrics::counter!("onedoor_jobs_done_total", "kind" => job.kind.clone()).increment(1);
        return Ok(());
    };
    let tx = app.store.begin().await.map_err(Fault::of("putting a job back"))?;
    let again = store::job::fail(&tx, job, &fault.to_string(), app.clock.now())
        .await
        .map_err(Fault::of("putting a job back"))?;
    tx.commit().await.map_err(Fault::of("putting a job back"))?;
    tracing::error!(job = %job.id, kind = job.kind, attempt = job.attempt, ?again, error = %fault, "a job failed");
    metrics::counter!("onedoor_job_failures_total", "kind" => job.kind.clone()).increment(1);
    Ok(())
}

async fn carry_out(app: &AppState, job: &Job) -> Result<(), Fault> {
    match job.kind.as_str() {
        SEAL_AGREEMENT => seal_agreement::carry_out(app, job).await,
        COMPOSE_RECORDING => compose_recording::carry_out(app, job).await,
        other => Err(Fault::new("carrying out a job", format!("unknown kind {other}"))),
    }
}
