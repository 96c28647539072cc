//! Media tokens that count no longer, kept in the store: removed people stay removed over restarts and on every node.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use livekit::{OutOfReach, REMEMBERED_MS, Revocation, RevocationStore};
use store::{Store, StoreError, media_revocation};

use crate::clock::Clock;

/// The end of the year 9999: later times neither database can keep.
const FAR_MS: u64 = 253_402_300_799_000;

/// The wire's revocation list over this store.
pub struct StoreRevocations {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl StoreRevocations {
    /// Over this store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }
}

impl RevocationStore for StoreRevocations {
    fn keep(&self, revocation: Revocation) -> BoxFuture<'_, Result<(), OutOfReach>> {
        async move {
            let Revocation { room, identity, not_before_ms } = revocation;
            let not_before = i64::try_from(not_before_ms.min(FAR_MS)).unwrap_or(i64::MAX);
            let not_before = DateTime::from_timestamp_millis(not_before).unwrap_or_default();
            let remembered = i64::try_from(REMEMBERED_MS).unwrap_or(i64::MAX);
            let tx = self.store.begin().await?;
            media_revocation::keep(&tx, &room, &identity, not_before).await?;
            media_revocation::sweep(&tx, self.clock.now() - TimeDelta::milliseconds(remembered)).await?;
            tx.commit().await
        }
        .map(|kept: Result<(), StoreError>| kept.map_err(|error| OutOfReach(error.to_string())))
        .boxed()
    }

    fn find<'a>(
        &'a self,
        room: &'a str,
        identity: &'a str,
    ) -> BoxFuture<'a, Result<Option<u64>, OutOfReach>> {
        async move {
            let tx = self.store.read().await?;
            let found = media_revocation::find(&tx, room, identity).await?;
            Ok(found.map(|at| u64::try_from(at.timestamp_millis()).unwrap_or(0)))
        }
        .map(|found: Result<_, StoreError>| found.map_err(|error| OutOfReach(error.to_string())))
        .boxed()
    }
}
