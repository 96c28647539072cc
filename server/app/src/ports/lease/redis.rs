//! Leases of several nodes: `SET NX PX` with a counter as fencing token, each step one script so that it is atomic.

use std::time::Duration;

use ::redis::Script;
use ::redis::aio::ConnectionManager;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{Grant, LeasePort};
use crate::problem::Fault;

/// KEYS: lease, fence counter. ARGV: holder, ttl in ms. Answers the fence or false.
const ACQUIRE: &str = r"
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local fence = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], fence .. ':' .. ARGV[1], 'NX', 'PX', ARGV[2])
return fence";
/// KEYS: lease. ARGV: value, ttl in ms.
const RENEW: &str = r"
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])";
/// KEYS: lease. ARGV: value.
const RELEASE: &str = r"
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])";

/// Leases across nodes.
pub struct RedisLease {
    connection: ConnectionManager,
    acquire: Script,
    renew: Script,
    release: Script,
}

impl RedisLease {
    /// Over a connection that heals itself.
    pub fn new(connection: ConnectionManager) -> Self {
        Self {
            connection,
            acquire: Script::new(ACQUIRE),
            renew: Script::new(RENEW),
            release: Script::new(RELEASE),
        }
    }
}

/// One hash slot for both keys of a name.
fn lease_key(name: &str) -> String {
    format!("onedoor:lease:{{{name}}}")
}

fn value(grant: &Grant) -> String {
    format!("{}:{}", grant.fence, grant.holder)
}

fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl LeasePort for RedisLease {
    fn acquire<'a>(
        &'a self,
        name: &'a str,
        holder: &'a str,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Option<Grant>, Fault>> {
        let mut connection = self.connection.clone();
        async move {
            let key = lease_key(name);
            let fence: Option<u64> = self
                .acquire
                .key(&key)
                .key(format!("{key}:fence"))
                .arg(holder)
                .arg(millis(ttl))
                .invoke_async(&mut connection)
                .await
                .map_err(Fault::of("taking a lease in Redis"))?;
            Ok(fence.map(|fence| Grant { name: name.to_owned(), holder: holder.to_owned(), fence }))
        }
        .boxed()
    }

    fn renew<'a>(&'a self, grant: &'a Grant, ttl: Duration) -> BoxFuture<'a, Result<bool, Fault>> {
        let mut connection = self.connection.clone();
        async move {
            let kept: i64 = self
                .renew
                .key(lease_key(&grant.name))
                .arg(value(grant))
                .arg(millis(ttl))
                .invoke_async(&mut connection)
                .await
                .map_err(Fault::of("renewing a lease in Redis"))?;
            Ok(kept == 1)
        }
        .boxed()
    }

    fn release<'a>(&'a self, grant: &'a Grant) -> BoxFuture<'a, Result<(), Fault>> {
        let mut connection = self.connection.clone();
        async move {
            let _: i64 = self
                .release
                .key(lease_key(&grant.name))
                .arg(value(grant))
                .invoke_async(&mut connection)
                .await
                .map_err(Fault::of("releasing a lease in Redis"))?;
            Ok(())
        }
        .boxed()
    }
}
