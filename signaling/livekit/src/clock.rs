//! The one place of the wire that looks at the wall clock. Everything pure takes `now` in milliseconds.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the wire's own clock; token times must be those of the machine"
)]
pub(crate) fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |past| u64::try_from(past.as_millis()).unwrap_or(u64::MAX))
}
