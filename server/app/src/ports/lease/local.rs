//! Leases of a single node: a map with ends.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::{Grant, LeasePort};
use crate::problem::Fault;

/// Leases within this process.
#[derive(Default)]
pub struct LocalLease(Mutex<Book>);

#[derive(Default)]
struct Book {
    held: HashMap<String, (Grant, Instant)>,
    last_fence: u64,
}

impl LocalLease {
    /// Nothing is held yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, name: &str, holder: &str, ttl: Duration) -> Option<Grant> {
        let now = Instant::now();
        let mut book = self.book();
        if book.held.get(name).is_some_and(|(_, end)| *end > now) {
            return None;
        }
        book.last_fence += 1;
        let grant = Grant { name: name.to_owned(), holder: holder.to_owned(), fence: book.last_fence };
        book.held.insert(name.to_owned(), (grant.clone(), now + ttl));
        Some(grant)
    }

    fn keep(&self, grant: &Grant, ttl: Duration) -> bool {
        let now = Instant::now();
        match self.book().held.get_mut(&grant.name) {
            Some((held, end)) if held == grant && *end > now => {
                *end = now + ttl;
                true
            }
            _ => false,
        }
    }
}

impl LeasePort for LocalLease {
    fn acquire<'a>(
        &'a self,
        name: &'a str,
        holder: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Option<Grant>, Fault>> {
        let grant = self.take(name, holder, ttl);
        async { Ok(grant) }.boxed()
    }

    fn renew<'a>(&'a self, grant: &'a Grant, ttl: Duration) -> BoxFuture<'a, Result<bool, Fault>> {
        let kept = self.keep(grant, ttl);
        async move { Ok(kept) }.boxed()
    }

    fn release<'a>(&'a self, grant: &'a Grant) -> BoxFuture<'a, Result<(), Fault>> {
        let mut book = self.book();
        if book.held.get(&grant.name).is_some_and(|(held, _)| held == grant) {
            book.held.remove(&grant.name);
        }
        async { Ok(()) }.boxed()
    }
}
