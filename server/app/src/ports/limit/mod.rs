//! Rate limits by the generic cell rate algorithm (GCRA): a burst at once, then one per interval.
//!
//! Keys name what is limited (`login:user:linlan`, `link:203.0.113.9`), so that one person's haste slows nobody else.

mod local;
mod redis;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

pub use self::local::LocalLimit;
pub use self::redis::RedisLimit;
use crate::problem::{Fault, Problem};

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    /// At once.
    pub burst: NonZeroU32,
    /// And then one per this long.
    pub every: Duration,
}

impl Rate {
    /// `burst` at once, then one per `every`.
    ///
    /// # Panics
    /// Never in a running server: rates are constants, and a constant burst of 0 does not compile.
    pub const fn new(burst: u32, every: Duration) -> Self {
        match NonZeroU32::new(burst) {
            Some(burst) => Self { burst, every },
            None => panic!("a rate with a burst of nothing lets nobody in"),
        }
    }
}

/// May it go ahead?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, and it was counted.
    Go,
    /// No; earliest after this long.
    Wait(Duration),
}

/// Counts and judges.
pub trait LimitPort: Send + Sync + 'static {
    /// Counts one use of the key, if it may go ahead.
    fn check<'a>(&'a self, key: &'a str, rate: Rate) -> BoxFuture<'a, Result<Verdict, Fault>>;
}

/// The limiter somebody was given.
pub type Limit = Arc<dyn LimitPort>;

/// For handlers: go on, or 429 with the seconds to wait.
pub async fn require(limit: &Limit, key: &str, rate: Rate) -> Result<(), Problem> {
    match limit.check(key, rate).await? {
        Verdict::Go => Ok(()),
        Verdict::Wait(wait) => Err(Problem::too_many(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))),
    }
}
