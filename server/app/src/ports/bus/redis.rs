//! The bus of several nodes: Redis PUBLISH and SUBSCRIBE over one listening connection a node.
//!
//! ```text
//!  publish ─▶ PUBLISH ─▶ redis ─▶ listener task ─▶ LocalBus ─▶ the subscribers of this node
//! ```
//! When the connection breaks the listener comes back with every topic and tells each subscriber that it missed some.

use std::sync::Arc;
use std::time::Duration;

use ::redis::AsyncCommands;
use ::redis::aio::{ConnectionManager, PubSubSink, PubSubStream};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::{mpsc, oneshot};

use super::{BusPort, Heard, LocalBus, Subscription};
use crate::problem::Fault;
use crate::tasks::Tasks;

const PREFIX: &str = "onedoor:bus:";
const RETRY: Duration = Duration::from_millis(250);

/// Publish and subscribe across nodes.
pub struct RedisBus {
    publisher: ConnectionManager,
    here: Arc<LocalBus>,
    wanted: mpsc::Sender<Wanted>,
}

/// A topic to be subscribed to, and where to say that it is.
struct Wanted {
    topic: String,
    done: oneshot::Sender<()>,
}

impl RedisBus {
    /// Starts the listener task.
    pub fn start(client: ::redis::Client, publisher: ConnectionManager, tasks: &Tasks) -> Self {
        let here = Arc::new(LocalBus::new());
        let (wanted, requests) = mpsc::channel(64);
        let listener = Listener { client, here: here.clone(), requests };
        let stop = tasks.stop_token();
        tasks.spawn("redis-bus", async move {
            stop.run_until_cancelled(listener.run()).await;
        });
        Self { publisher, here, wanted }
    }
}

impl BusPort for RedisBus {
    fn publish<'a>(&'a self, topic: &'a str, message: Bytes) -> BoxFuture<'a, Result<(), Fault>> {
        let mut connection = self.publisher.clone();
        async move {
            connection
                .publish::<_, _, ()>(format!("{PREFIX}{topic}"), message.as_ref())
                .await
                .map_err(Fault::of("publishing to Redis"))
        }
        .boxed()
    }

    fn subscribe<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Result<Subscription, Fault>> {
        async move {
            // Listen here first: from the acknowledgement on nothing may be lost.
            let subscription = self.here.listen(topic);
            let (done, acknowledged) = oneshot::channel();
            let wanted = Wanted { topic: topic.to_owned(), done };
            self.wanted
                .send(wanted)
                .await
                .map_err(|_| Fault::new("subscribing to Redis", "the listener has stopped"))?;
            acknowledged.await.map_err(Fault::of("subscribing to Redis"))?;
            Ok(subscription)
        }
        .boxed()
    }
}

struct Listener {
    client: ::redis::Client,
    here: Arc<LocalBus>,
    requests: mpsc::Receiver<Wanted>,
}

impl Listener {
    async fn run(mut self) {
        let mut first = true;
        loop {
            match self.listen(first).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(%error, "the Redis bus lost its connection, coming back"),
            }
            first = false;
            tokio::time::sleep(RETRY).await;
        }
    }

    /// One connection's life. `Ok` when the bus itself is gone.
    async fn listen(&mut self, first: bool) -> ::redis::RedisResult<()> {
        let (mut sink, mut stream): (PubSubSink, PubSubStream) =
            self.client.get_async_pubsub().await?.split();
        for topic in self.here.topics() {
            sink.subscribe(format!("{PREFIX}{topic}")).await?;
            if !first {
                self.here.deliver(&topic, Heard::Missed);
            }
        }
        loop {
            tokio::select! {
                request = self.requests.recv() => {
                    let Some(Wanted { topic, done }) = request else { return Ok(()) };
                    sink.subscribe(format!("{PREFIX}{topic}")).await?;
                    let _ = done.send(());
                }
                message = stream.next() => {
                    let Some(message) = message else {
                        return Err(::redis::RedisError::from((::redis::ErrorKind::Io, "the stream ended")));
                    };
                    let channel = message.get_channel_name().to_owned();
                    let topic = channel.strip_prefix(PREFIX).unwrap_or(&channel);
                    let heard = Heard::Message(Bytes::copy_from_slice(message.get_payload_bytes()));
                    if !self.here.deliver(topic, heard) {
                        sink.unsubscribe(&channel).await?;
                    }
                }
            }
        }
    }
}
