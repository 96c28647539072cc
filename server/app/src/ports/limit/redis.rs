//! Limits of several nodes: the same GCRA as one Redis script, on Redis's own clock.

use std::time::Duration;

use ::redis::Script;
use ::redis::aio::ConnectionManager;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{LimitPort, Rate, Verdict};
use crate::problem::Fault;

/// KEYS: the key's theoretical arrival time. ARGV: interval and burst tolerance, in µs. Answers the wait in µs.
const GCRA: &str = r"
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = arrival - tonumber(ARGV[2]) - now
if wait > 0 then return wait end
local next = arrival + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1)
return 0";

/// Limits across nodes.
pub struct RedisLimit {
    connection: ConnectionManager,
    gcra: Script,
}

impl RedisLimit {
    /// Over a connection that heals itself.
    pub fn new(connection: ConnectionManager) -> Self {
        Self { connection, gcra: Script::new(GCRA) }
    }
}

impl LimitPort for RedisLimit {
    fn check<'a>(&'a self, key: &'a str, rate: Rate) -> BoxFuture<'a, Result<Verdict, Fault>> {
        let mut connection = self.connection.clone();
        async move {
            let every = u64::try_from(rate.every.as_micros()).unwrap_or(u64::MAX);
            let tolerance = every.saturating_mul(u64::from(rate.burst.get() - 1));
            let wait: u64 = self
                .gcra
                .key(format!("onedoor:limit:{key}"))
                .arg(every)
                .arg(tolerance)
                .invoke_async(&mut connection)
                .await
                .map_err(Fault::of("counting in Redis"))?;
            Ok(if wait == 0 { Verdict::Go } else { Verdict::Wait(Duration::from_micros(wait)) })
        }
        .boxed()
    }
}
