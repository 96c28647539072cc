//! The bus: “something changed in sitting S”, told to every node that has a socket of S open.
//!
//! It carries hints, never the truth: whoever hears [`Heard::Missed`] reads the store again.

mod local;
mod redis;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;

pub use self::local::LocalBus;
pub use self::redis::RedisBus;
use crate::problem::Fault;

/// Messages a slow subscriber may fall behind before it is told that it missed some.
const BACKLOG: usize = 256;

/// Publish and subscribe. Delivery is in order for one publisher and one topic, at most once.
pub trait BusPort: Send + Sync + 'static {
    /// Tells every subscriber of the topic.
    fn publish<'a>(&'a self, topic: &'a str, message: Bytes) -> BoxFuture<'a, Result<(), Fault>>;
    /// Listens; whatever is published after this returned is heard.
    fn subscribe<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Result<Subscription, Fault>>;
}

/// The bus somebody was given.
pub type Bus = Arc<dyn BusPort>;

/// What a subscriber hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(Bytes),
    /// Some were lost (a slow reader, a broken connection): read the store again.
    Missed,
}

/// One listener. Dropping it ends it.
pub struct Subscription(broadcast::Receiver<Heard>);

impl Subscription {
    /// The next thing heard; `None` when the bus is gone.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(heard) => Some(heard),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Heard::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
