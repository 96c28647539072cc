//! The bus, told once and heard on both twins.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use onedoor::ports::bus::{BusPort, LocalBus, RedisBus};
use onedoor::ports::{Heard, Subscription};
use onedoor::tasks::Tasks;
use tests::redis::Redis;
use tokio::time::timeout;

use crate::{client, connection};

async fn heard(listener: &mut Subscription) -> Heard {
    timeout(Duration::from_secs(10), listener.next())
        .await
        .expect("something is heard")
        .expect("the bus lives")
}

async fn expect(listener: &mut Subscription, message: &'static str) {
    assert_eq!(heard(listener).await, Heard::Message(Bytes::from_static(message.as_bytes())));
}

/// Two nodes on one bus. `publish` of one is heard on the other.
async fn contract(desk: &dyn BusPort, phone: &dyn BusPort) {
    let mut mediator = desk.subscribe("session:1").await.unwrap();
    let mut applicant = phone.subscribe("session:1").await.unwrap();
    let mut stranger = phone.subscribe("session:2").await.unwrap();

    for word in ["admitted", "moved", "left"] {
        desk.publish("session:1", Bytes::from_static(word.as_bytes())).await.unwrap();
    }
    for word in ["admitted", "moved", "left"] {
        expect(&mut mediator, word).await;
        expect(&mut applicant, word).await;
    }

    // The stranger heard nothing of it: the first thing in their ear is their own topic.
    desk.publish("session:2", Bytes::from_static(b"other")).await.unwrap();
    expect(&mut stranger, "other").await;

    // Who is gone hurts nobody, and may come back.
    drop(applicant);
    desk.publish("session:1", Bytes::from_static(b"alone")).await.unwrap();
    expect(&mut mediator, "alone").await;
    let mut back = phone.subscribe("session:1").await.unwrap();
    desk.publish("session:1", Bytes::from_static(b"welcome")).await.unwrap();
    expect(&mut back, "welcome").await;
    expect(&mut mediator, "welcome").await;
}

/// A reader that falls behind is told so instead of being told nonsense.
async fn a_slow_reader_is_told_that_it_missed_some(bus: &dyn BusPort) {
    let mut slow = bus.subscribe("busy").await.unwrap();
    let mut quick = bus.subscribe("busy").await.unwrap();
    for n in 0..600 {
        bus.publish("busy", Bytes::from(format!("{n}"))).await.unwrap();
        assert_eq!(heard(&mut quick).await, Heard::Message(Bytes::from(format!("{n}"))));
    }
    assert_eq!(heard(&mut slow).await, Heard::Missed);
}

#[tokio::test]
async fn in_one_process() {
    let bus = LocalBus::new();
    contract(&bus, &bus).await;
    a_slow_reader_is_told_that_it_missed_some(&bus).await;
}

#[tokio::test]
async fn across_nodes_by_redis() {
    let redis = Redis::start().await;
    let tasks = Tasks::new();
    let node = async || RedisBus::start(client(&redis), connection(&redis).await, &tasks);
    let (one, two) = (node().await, node().await);
    contract(&one, &two).await;
    a_slow_reader_is_told_that_it_missed_some(&one).await;
    assert_eq!(tasks.shutdown(Duration::from_secs(5)).await, 0);
}

#[tokio::test]
async fn after_an_outage_of_redis_listeners_are_told_and_hear_again() {
    let mut redis = Redis::start().await;
    let tasks = Tasks::new();
    let bus = Arc::new(RedisBus::start(client(&redis), connection(&redis).await, &tasks));
    let mut mediator = bus.subscribe("session:1").await.unwrap();
    redis.stop();
    redis.resume().await;
    assert_eq!(heard(&mut mediator).await, Heard::Missed);
    tests::process::until("the publisher is back", || async {
        bus.publish("session:1", Bytes::from_static(b"again")).await.is_ok()
    })
    .await;
    expect(&mut mediator, "again").await;
}
