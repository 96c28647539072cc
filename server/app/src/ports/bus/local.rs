//! The bus of a single node: a broadcast channel a topic.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::broadcast;

use super::{BACKLOG, BusPort, Heard, Subscription};
use crate::problem::Fault;

/// Publish and subscribe within this process.
#[derive(Default)]
pub struct LocalBus {
    topics: Mutex<HashMap<String, broadcast::Sender<Heard>>>,
}

impl LocalBus {
    /// Nobody listens yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands a message to the listeners here; false when there are none (the topic is then forgotten).
    pub(super) fn deliver(&self, topic: &str, heard: Heard) -> bool {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = topics.get(topic) else { return false };
        if sender.send(heard).is_err() {
            topics.remove(topic);
            return false;
        }
        true
    }

    pub(super) fn listen(&self, topic: &str) -> Subscription {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = topics.entry(topic.to_owned()).or_insert_with(|| broadcast::channel(BACKLOG).0);
        Subscription(sender.subscribe())
    }

    /// Every topic somebody still listens to.
    pub(super) fn topics(&self) -> Vec<String> {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        topics.retain(|_, sender| sender.receiver_count() > 0);
        topics.keys().cloned().collect()
    }
}

impl BusPort for LocalBus {
    fn publish<'a>(&'a self, topic: &'a str, message: Bytes) -> BoxFuture<'a, Result<(), Fault>> {
        self.deliver(topic, Heard::Message(message));
        async { Ok(()) }.boxed()
    }

    fn subscribe<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Result<Subscription, Fault>> {
        let subscription = self.listen(topic);
        async { Ok(subscription) }.boxed()
    }
}
