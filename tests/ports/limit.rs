//! The rate limit, met by a hasty and a patient person on both twins.

use std::time::Duration;

use onedoor::ports::limit::{LimitPort, LocalLimit, RedisLimit};
use onedoor::ports::{Rate, Verdict};
use tests::process::until;
use tests::redis::Redis;

use crate::connection;

const RATE: Rate = Rate::new(3, Duration::from_secs(20));
const QUICK: Rate = Rate::new(1, Duration::from_millis(80));

async fn contract(limit: &dyn LimitPort) {
    for _ in 0..3 {
        assert_eq!(limit.check("login:hasty", RATE).await.unwrap(), Verdict::Go);
    }
    for _ in 0..2 {
        let Verdict::Wait(wait) = limit.check("login:hasty", RATE).await.unwrap() else {
            panic!("the burst is used up")
        };
        assert!(wait > Duration::from_secs(10) && wait <= RATE.every, "{wait:?}: a refusal is not counted");
    }
    assert_eq!(
        limit.check("login:patient", RATE).await.unwrap(),
        Verdict::Go,
        "one person's haste slows nobody else"
    );

    assert_eq!(limit.check("sms", QUICK).await.unwrap(), Verdict::Go);
    assert!(matches!(limit.check("sms", QUICK).await.unwrap(), Verdict::Wait(wait) if wait <= QUICK.every));
    until("the next one is due", async || limit.check("sms", QUICK).await.unwrap() == Verdict::Go).await;
}

/// The control: two limiters that know nothing of each other let twice as much through.
async fn counted_apart(one: &dyn LimitPort, other: &dyn LimitPort, together: bool) {
    for _ in 0..3 {
        assert_eq!(one.check("shared", RATE).await.unwrap(), Verdict::Go);
    }
    let verdict = other.check("shared", RATE).await.unwrap();
    assert_eq!(matches!(verdict, Verdict::Wait(_)), together, "{verdict:?}");
}

#[tokio::test]
async fn in_one_process() {
    contract(&LocalLimit::new()).await;
    counted_apart(&LocalLimit::new(), &LocalLimit::new(), false).await;
}

#[tokio::test]
async fn across_nodes_by_redis() {
    let redis = Redis::start().await;
    let one = RedisLimit::new(connection(&redis).await);
    let two = RedisLimit::new(connection(&redis).await);
    contract(&one).await;
    counted_apart(&one, &two, true).await;
}
