//! The lease: one node at a time drives a sitting or works a job queue.
//!
//! A grant carries a fencing token that grows with every change of holder: a node that slept through its lease is
//! recognised by its old number.

mod local;
mod redis;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

pub use self::local::LocalLease;
pub use self::redis::RedisLease;
use crate::problem::Fault;

/// A lease that was given, for as long as it is renewed in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What is held.
    pub name: String,
    /// By whom.
    pub holder: String,
    /// Grows with every grant of this name.
    pub fence: u64,
}

/// Exclusive holding with an end.
pub trait LeasePort: Send + Sync + 'static {
    /// Takes the lease if nobody holds it.
    fn acquire<'a>(
        &'a self,
        name: &'a str,
        holder: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Option<Grant>, Fault>>;
    /// Holds on to it; false when it was lost meanwhile.
    fn renew<'a>(&'a self, grant: &'a Grant, ttl: Duration) -> BoxFuture<'a, Result<bool, Fault>>;
    /// Lets it go. Letting go of a lease that was lost harms nobody.
    fn release<'a>(&'a self, grant: &'a Grant) -> BoxFuture<'a, Result<(), Fault>>;
}

/// The leases somebody was given.
pub type Lease = Arc<dyn LeasePort>;
