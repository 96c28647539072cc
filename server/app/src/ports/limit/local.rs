//! Limits of a single node, by `governor`: one keyed limiter a rate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::{LimitPort, Rate, Verdict};
use crate::problem::Fault;

/// Keys remembered before those at rest are forgotten: a flood of addresses must not fill the memory.
const SWEEP_AT: usize = 10_000;

/// Limits within this process.
#[derive(Default)]
pub struct LocalLimit {
    by_rate: Mutex<HashMap<Rate, Arc<DefaultKeyedRateLimiter<String>>>>,
    clock: DefaultClock,
}

impl LocalLimit {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn limiter(&self, rate: Rate) -> Option<Arc<DefaultKeyedRateLimiter<String>>> {
        let mut by_rate = self.by_rate.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = by_rate.get(&rate) {
            return Some(limiter.clone());
        }
        let quota = Quota::with_period(rate.every)?.allow_burst(rate.burst);
        let limiter = Arc::new(RateLimiter::keyed(quota));
        by_rate.insert(rate, limiter.clone());
        Some(limiter)
    }

    fn judge(&self, key: &str, rate: Rate) -> Verdict {
        // A period of nothing means no limit.
        let Some(limiter) = self.limiter(rate) else { return Verdict::Go };
        if limiter.len() > SWEEP_AT {
            limiter.retain_recent();
        }
        match limiter.check_key(&key.to_owned()) {
            Ok(()) => Verdict::Go,
            Err(not_until) => Verdict::Wait(not_until.wait_time_from(self.clock.now())),
        }
    }
}

impl LimitPort for LocalLimit {
    fn check<'a>(&'a self, key: &'a str, rate: Rate) -> BoxFuture<'a, Result<Verdict, Fault>> {
        let verdict = self.judge(key, rate);
        async move { Ok(verdict) }.boxed()
    }
}
