//! The id port: the only place of the server that makes identifiers.
//!
//! Ids are UUID version 7 (RFC 9562 §5.7): they sort by the time of their making, which keeps indexes compact.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Where raw ids come from.
pub trait IdSource: Send + Sync + 'static {
    /// An id nobody had before.
    fn next(&self) -> Uuid;
}

/// Makes typed ids: `let case: CaseId = ids.next();`.
#[derive(Clone)]
pub struct Ids(Arc<dyn IdSource>);

impl Ids {
    /// From a source; see [`SystemIds`] and [`CountedIds`].
    pub fn new(source: impl IdSource) -> Self {
        Self(Arc::new(source))
    }

    /// The next id, as whatever kind the caller needs.
    pub fn next<T: From<Uuid>>(&self) -> T {
        self.0.next().into()
    }
}

/// Time-sorted ids from the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the id source that everybody else is told to ask")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Ids for tests: 1, 2, 3 … in the form of a version 7 id, so that a run can be repeated and read.
#[derive(Debug, Default)]
pub struct CountedIds(AtomicU64);

impl IdSource for CountedIds {
    fn next(&self) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 | u128::from(n))
    }
}
