//! The tracked spawner: every background task is known, so shutdown can wait for it and a panic is seen.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use tokio_util::task::TaskTracker;

/// Spawns and counts tasks, and tells them when to stop. A cheap handle.
#[derive(Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Nothing running yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a task to its end. A panic is contained and logged with the task's name.
    pub fn spawn<F>(&self, name: &'static str, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let watched = self.tracker.spawn(task);
        self.tracker.spawn(async move {
            if let Err(error) = watched.await
                && error.is_panic()
            {
                tracing::error!(task = name, %error, "a task panicked");
                metrics::counter!("onedoor_task_panics_total", "task" => name).increment(1);
            }
        });
    }

    /// Resolves when the server is asked to stop: every loop selects on it.
    pub fn stopping(&self) -> WaitForCancellationFuture<'_> {
        self.stop.cancelled()
    }

    /// The token itself, for code that keeps its own handle.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// The tracker itself, for crates that start their own tasks.
    pub fn tracker(&self) -> TaskTracker {
        self.tracker.clone()
    }

    /// Asks every task to stop and waits; returns the number of those still running after `grace`.
    pub async fn shutdown(&self, grace: Duration) -> usize {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(grace, self.tracker.wait()).await.is_err() {
            tracing::warn!(left = self.tracker.len(), "tasks did not stop in time");
        }
        self.tracker.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn shutdown_waits_for_a_task_and_survives_a_panic() {
        let tasks = Tasks::new();
        let inner = tasks.clone();
        tasks.spawn("patient", async move { inner.stopping().await });
        tasks.spawn("clumsy", async { panic!("dropped the teapot") });
        assert_eq!(tasks.shutdown(Duration::from_secs(5)).await, 0);
    }
}
