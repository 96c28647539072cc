//! One contract per port, run against both of its twins. One binary; a file a topic: add `mod topic;` below.
#![expect(clippy::unwrap_used, reason = "a story stops where it goes wrong")]

mod blobs;
mod bus;
mod lease;
mod limit;

use onedoor::compose::redis_connection;
use redis::aio::ConnectionManager;
use tests::redis::Redis;

/// A connection to a test's Redis, made the way the server makes it.
async fn connection(redis: &Redis) -> ConnectionManager {
    redis_connection(client(redis)).await.unwrap()
}

fn client(redis: &Redis) -> redis::Client {
    redis::Client::open(redis.url()).unwrap()
}
