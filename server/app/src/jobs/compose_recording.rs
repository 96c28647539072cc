//! Makes the film of a recording somebody asked for.

use domain::RecordingId;
use recorder::Manifest;
use store::job::Job;
use tokio::sync::{Semaphore, watch};

use super::film;
use crate::problem::Fault;
use crate::state::AppState;

/// The name of this kind of work.
pub(crate) const KIND: &str = "compose_recording";

/// A film takes all the machine gives: one at a time.
static ONE: Semaphore = Semaphore::const_new(1);

pub(super) async fn carry_out(app: &AppState, job: &Job) -> Result<(), Fault> {
    let _turn = ONE.acquire().await.map_err(Fault::of("waiting for a film's turn"))?;
    let id: RecordingId =
        serde_json::from_value(job.payload["recording"].clone()).map_err(Fault::of("reading a job"))?;
    let tx = app.store.read().await.map_err(Fault::of("reading a recording"))?;
    let found = store::recording::find(&tx, id).await.map_err(Fault::of("reading a recording"))?;
    drop(tx);
    if let Some(recording) = found.filter(|recording| recording.playable().is_ok()) {
        let folder = app.recordings.folder(recording.session_id, id);
        let manifest = {
            let folder = folder.clone();
            tokio::task::spawn_blocking(move || Manifest::read(&folder))
                .await
                .map_err(Fault::of("reading a manifest"))?
                .map_err(Fault::of("reading a manifest"))?
        };
        let (progress, told) = watch::channel(0);
        let making = film::make(&app.config.recordings.ffmpeg, &folder, &manifest, progress);
        let (made, ()) = tokio::join!(making, tell_all(app, job, told));
        made?;
    }
    let tx = app.store.begin().await.map_err(Fault::of("finishing a film"))?;
    store::job::finish(&tx, job.id, app.clock.now()).await.map_err(Fault::of("finishing a film"))?;
    tx.commit().await.map_err(Fault::of("finishing a film"))
}

/// Writes progress down until the film is done.
async fn tell_all(app: &AppState, job: &Job, mut told: watch::Receiver<i32>) {
    while told.changed().await.is_ok() {
        let percent = *told.borrow_and_update();
        if let Err(fault) = tell(app, job, percent).await {
            tracing::warn!(error = %fault, "the progress of a film was not written");
        }
    }
}

async fn tell(app: &AppState, job: &Job, percent: i32) -> Result<(), Fault> {
    let tx = app.store.begin().await.map_err(Fault::of("telling progress"))?;
    store::job::progress(&tx, job.id, percent).await.map_err(Fault::of("telling progress"))?;
    tx.commit().await.map_err(Fault::of("telling progress"))
}
