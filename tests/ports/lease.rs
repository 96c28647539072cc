//! The lease, taken by two nodes on both twins.

use std::sync::Mutex;
use std::time::Duration;

use onedoor::ports::lease::{LeasePort, LocalLease, RedisLease};
use tests::process::until;
use tests::redis::Redis;

use crate::connection;

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(80);

async fn contract(lease: &dyn LeasePort) {
    let first = lease.acquire("session:1", "node-a", LONG).await.unwrap().expect("nobody held it");
    assert_eq!(lease.acquire("session:1", "node-b", LONG).await.unwrap(), None, "one holder at a time");
    assert_eq!(
        lease.acquire("session:1", "node-a", LONG).await.unwrap(),
        None,
        "not even the holder takes it twice"
    );
    assert!(
        lease.acquire("session:2", "node-b", LONG).await.unwrap().is_some(),
        "another name is another lease"
    );
    assert!(lease.renew(&first, LONG).await.unwrap());

    lease.release(&first).await.unwrap();
    let second = lease.acquire("session:1", "node-b", LONG).await.unwrap().expect("it was let go");
    assert!(second.fence > first.fence, "a later holder has a greater fence");
    assert!(!lease.renew(&first, LONG).await.unwrap(), "what was let go cannot be renewed");
    lease.release(&first).await.unwrap();
    assert!(lease.renew(&second, LONG).await.unwrap(), "an old holder cannot let go for a new one");
}

/// A node that falls asleep loses its lease and can tell.
async fn an_end_comes_by_itself(lease: &dyn LeasePort) {
    let asleep = lease.acquire("jobs", "node-a", SHORT).await.unwrap().expect("nobody held it");
    let awake = Mutex::new(None);
    until("the lease runs out", async || {
        let grant = lease.acquire("jobs", "node-b", LONG).await.unwrap();
        let taken = grant.is_some();
        *awake.lock().unwrap() = grant;
        taken
    })
    .await;
    let awake = awake.into_inner().unwrap();
    assert!(awake.expect("taken").fence > asleep.fence);
    assert!(!lease.renew(&asleep, LONG).await.unwrap());
}

#[tokio::test]
async fn in_one_process() {
    let lease = LocalLease::new();
    contract(&lease).await;
    an_end_comes_by_itself(&lease).await;
}

#[tokio::test]
async fn across_nodes_by_redis() {
    let redis = Redis::start().await;
    let lease = RedisLease::new(connection(&redis).await);
    contract(&lease).await;
    an_end_comes_by_itself(&lease).await;
}
