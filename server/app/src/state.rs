//! Everything a handler may need, as one cheap handle. Built by `compose` and nowhere else.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use livekit::Wire;
use media::Media;
use store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::darkroom::Darkroom;
use crate::duty::switchboard;
use crate::ids::Ids;
use crate::jobs::{self, Jobs};
use crate::live::Live;
use crate::password::Passwords;
use crate::ports::{Blobs, Bus, Lease, Limit};
use crate::press::Press;
use crate::problem::Fault;
use crate::random::Random;
use crate::recordings::Recordings;
use crate::tasks::Tasks;
use crate::tokens::Tokens;

/// The server, seen from a handler. Every field is a handle: cloning it copies pointers.
#[derive(Clone)]
pub struct AppState {
    /// The settings in force.
    pub config: Arc<Config>,
    /// Facts: one transaction per request.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Ids,
    /// Secrets.
    pub random: Random,
    /// Access tokens.
    pub tokens: Arc<Tokens>,
    /// Password hashes, a few at a time.
    pub passwords: Passwords,
    /// Papers and recordings.
    pub blobs: Blobs,
    /// Hints to other nodes.
    pub bus: Bus,
    /// One node drives a sitting.
    pub lease: Lease,
    /// Rate limits.
    pub limit: Limit,
    /// Typesetter and seals.
    pub press: Press,
    /// Pages of what people hand in.
    pub(crate) darkroom: Darkroom,
    /// Wakes the worker.
    pub jobs: Jobs,
    /// Redis, when there are several nodes: for `/readyz` alone, everybody else goes through a port.
    pub(crate) redis: Option<redis::aio::ConnectionManager>,
    /// The forwarding threads.
    pub media: Media,
    /// The media wire: who is in which room, who hears whom.
    pub wire: Wire,
    /// What is recorded of them.
    pub recordings: Recordings,
    /// The sittings that are going on, and the door to them.
    pub live: Live,
    /// Background tasks and the word to stop.
    pub tasks: Tasks,
}

impl FromRef<AppState> for Live {
    fn from_ref(app: &AppState) -> Self {
        app.live.clone()
    }
}

impl AppState {
    /// To be awaited before the server listens: the rooms of sittings that may go on are governed again, what a
    /// killed server left of recordings is closed, and the worker takes up what was left to do.
    pub async fn start(&self) -> Result<(), Fault> {
        self.recordings.take_up().await?;
        let rooms = self.live.hub.resume().await?;
        tracing::info!(rooms, "sittings are ready to go on");
        jobs::start(self);
        switchboard::start(self);
        self.recordings.start_sweeping();
        Ok(())
    }

    /// Ends tidily: media clients are told to come back later, tasks may finish, threads end. Answers how many tasks
    /// were still running after `grace`.
    pub async fn shutdown(&self, grace: Duration) -> usize {
        self.tasks.stop_token().cancel();
        self.wire.shutdown().await;
        let left = self.tasks.shutdown(grace).await;
        self.media.shutdown();
        left
    }
}
