//! One contract per port, run against both of its twins. One binary; a file a topic: add `mod topic;` below.

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
