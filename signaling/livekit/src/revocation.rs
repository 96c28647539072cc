//! Tokens that count no longer: for each identity of a room, the time up to which its tokens are refused (T12).
//!
//! The list in memory is what live rooms are checked against; a [`RevocationStore`] of the application keeps it
//! over restarts and tells it to other nodes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use thiserror::Error;

use crate::clock::now_ms;
use crate::token::{Claims, TokenError};

/// A removal is remembered for as long as a token made before it could still be good, in milliseconds.
pub const REMEMBERED_MS: u64 = 30 * 24 * 3600 * 1000;

/// Tokens of `identity` for `room` made up to `not_before_ms` are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The room.
    pub room: String,
    /// Who.
    pub identity: String,
    /// Milliseconds since 1970.
    pub not_before_ms: u64,
}

/// The list could not be read or written.
#[derive(Debug, Clone, Error)]
#[error("the revocation list is out of reach: {0}")]
pub struct OutOfReach(pub String);

/// Where revocations outlast the process. Implemented by the application over its database.
pub trait RevocationStore: Send + Sync + 'static {
    /// Remembers one. A later one of the same identity replaces it, an earlier one does not; entries older than
    /// [`REMEMBERED_MS`] may be forgotten. A failure is logged: the running process knows it all the same.
    fn keep(&self, revocation: Revocation) -> BoxFuture<'_, Result<(), OutOfReach>>;
    /// Up to when (ms since 1970) tokens of this identity are refused. Asked at every join and resume; on failure
    /// nobody is let in, for the safe side is outside.
    fn find<'a>(&'a self, room: &'a str, identity: &'a str)
    -> BoxFuture<'a, Result<Option<u64>, OutOfReach>>;
}

/// The list: in memory, and in the store if there is one.
#[derive(Default)]
pub(crate) struct Revoked {
    memory: Mutex<HashMap<(String, String), u64>>,
    store: Option<Arc<dyn RevocationStore>>,
}

impl Revoked {
    pub fn new(store: Option<Arc<dyn RevocationStore>>) -> Self {
        Self { memory: Mutex::default(), store }
    }

    /// In force from here on, in this process.
    pub fn note(&self, revocation: &Revocation) {
        let mut memory = self.memory();
        let now = now_ms();
        memory.retain(|_, at| at.saturating_add(REMEMBERED_MS) > now);
        let at = memory.entry((revocation.room.clone(), revocation.identity.clone())).or_default();
        *at = revocation.not_before_ms.max(*at);
    }

    /// Once this resolves also after a restart. May take as long as the store does.
    pub async fn keep(&self, revocation: Revocation) {
        self.note(&revocation);
        if let Some(store) = &self.store
            && let Err(error) = store.keep(revocation).await
        {
            tracing::error!(%error, "a revocation is known to this process only");
        }
    }

    /// Whether the list in memory refuses these claims.
    pub fn refuses(&self, claims: &Claims) -> bool {
        let key = (claims.video.room.clone(), claims.sub.clone());
        self.memory().get(&key).is_some_and(|at| claims.issued_ms() <= *at)
    }

    /// The same, asking the store as well.
    pub async fn check(&self, claims: &Claims) -> Result<(), TokenError> {
        if self.refuses(claims) {
            return Err(TokenError::Revoked);
        }
        let Some(store) = &self.store else { return Ok(()) };
        match store.find(&claims.video.room, &claims.sub).await {
            Ok(at) if at.is_some_and(|at| claims.issued_ms() <= at) => Err(TokenError::Revoked),
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::error!(%error, "nobody can be let in");
                Err(TokenError::Unchecked)
            }
        }
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<(String, String), u64>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
