//! A wire with its SFU on free ports of the loopback, for one test.

use std::net::{Ipv4Addr, SocketAddr};

use livekit::{Grant, Wire, WireConfig};
use media::Media;
use tokio::net::TcpListener;

/// A running wire. It ends with the test's runtime.
pub struct House {
    pub wire: Wire,
    pub address: SocketAddr,
}

impl House {
    /// A wire where rooms exist only when governed.
    pub async fn governed() -> Self {
        Self::open(WireConfig::new("devkey", "secret")).await
    }

    /// A wire where a join token opens a plain room.
    pub async fn plain() -> Self {
        Self::open(WireConfig { open_rooms: true, ..WireConfig::new("devkey", "secret") }).await
    }

    pub async fn open(config: WireConfig) -> Self {
        let loopback = Ipv4Addr::LOCALHOST;
        let media = Media::start(&media::Config {
            udp: SocketAddr::from((loopback, 0)),
            tcp: Some(SocketAddr::from((loopback, 0))),
            advertised: vec![loopback.into()],
            workers: 1,
            gso: false,
        })
        .expect("a free UDP port");
        let tasks = config.tasks.clone();
        let wire = Wire::new(media, config);
        let listener = TcpListener::bind((loopback, 0)).await.expect("a free TCP port");
        let address = listener.local_addr().expect("bound");
        let router = wire.router();
        tasks.spawn(async move { axum::serve(listener, router).await });
        Self { wire, address }
    }

    pub fn token(&self, room: &str, identity: &str) -> String {
        self.wire.token(Grant::new(room, identity, identity)).expect("a key is configured")
    }
}
