//! The real server, in this process, on a free port, with a database and a directory of its own.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use onedoor::AppState;
use onedoor::clock::ShiftedClock;
use onedoor::compose::{Machine, compose};
use onedoor::config::Config;
use onedoor::ids::{Ids, SystemIds};
use onedoor::random::{Random, SystemRandom};
use onedoor::router::router;
use onedoor::serve::{Limits, serve};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::live::LiveSocket;
use crate::person::Person;
use crate::postgres;
use crate::town;

/// A running server. Dropped, it stops.
pub struct TestApp {
    /// What handlers see: for looking behind the scenes.
    pub state: AppState,
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// The server's clock: `app.clock.advance(TimeDelta::days(31))`.
    pub clock: ShiftedClock,
    _directory: TempDir,
}

impl TestApp {
    /// On SQLite, with the people of the [`town`].
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// On SQLite, with other settings.
    pub async fn with(settings: impl FnOnce(&mut Config)) -> Self {
        let app = Self::boot(settings).await;
        town::settle(&app.state).await;
        app
    }

    /// On SQLite, with nobody there yet.
    pub async fn empty() -> Self {
        Self::boot(|_| {}).await
    }

    async fn boot(settings: impl FnOnce(&mut Config)) -> Self {
        onedoor::health::recorder();
        let directory = TempDir::with_prefix("onedoor").expect("a directory");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let url = format!("http://{address}");
        let mut config = Config { data_dir: directory.path().to_owned(), demo: true, ..Config::default() };
        config.http.listen = address;
        config.http.public_url.clone_from(&url);
        config.auth.argon2_memory = 64; // a test is no vault
        config.auth.argon2_passes = 1;
        config.media.udp_port = 0; // the system chooses
        config.media.tcp_port = 0; // none
        config.media.advertised = vec![Ipv4Addr::LOCALHOST.into()];
        config.papers.developer = crate::papers::developer();
        settings(&mut config);
        let clock = ShiftedClock::default();
        let state = run(config, clock.clone(), listener).await;
        Self { state, url, clock, _directory: directory }
    }

    /// Stops, and starts again with the same settings, data and address.
    pub async fn restart(&mut self) {
        self.stop().await;
        let config = (*self.state.config).clone();
        let listener = TcpListener::bind(config.http.listen).await.expect("the address is free again");
        self.state = run(config, self.clock.clone(), listener).await;
    }

    /// On PostgreSQL, with the people of the [`town`].
    pub async fn on_postgres() -> Self {
        let url = postgres::fresh().await.expect("a database");
        Self::with(|config| config.database.url = url).await
    }

    /// Somebody with a browser who is not signed in.
    pub fn anybody(&self, name: &str) -> Person {
        Person::new(name, &self.url)
    }

    /// A signed-in member of staff of 石桥镇, by office: `mediator`, `clerk`, `director`, `lawyer`, `counsellor`,
    /// `grid_worker`, `liaison`, `incident_desk`, `admin`; or by username for those of another township.
    pub async fn staff(&self, username: &str) -> Person {
        let person = self.anybody(username);
        let login = person
            .post_json("/login", &serde_json::json!({"username": username, "password": town::PASSWORD}))
            .await
            .ok();
        let token = login["access_token"].as_str().expect("an access token").to_owned();
        person.with_token(&token)
    }

    /// Opens a live socket and says hello. Gives the socket and the snapshot.
    pub async fn live(&self, name: &str, session: &str, token: &str) -> (LiveSocket, serde_json::Value) {
        let mut socket = LiveSocket::open(name, &self.url, session).await;
        let snapshot = socket.hello(token, None).await;
        (socket, snapshot)
    }

    /// Stops tidily and waits; the database file stays until the app is dropped.
    pub async fn stop(&self) {
        assert_eq!(self.state.shutdown(Duration::from_secs(10)).await, 0, "every task ends");
    }
}

async fn run(config: Config, clock: ShiftedClock, listener: TcpListener) -> AppState {
    let machine =
        Machine { clock: Arc::new(clock), ids: Ids::new(SystemIds), random: Random::new(SystemRandom) };
    let state = compose(config, machine).await.expect("the server is put together");
    state.store.migrate().await.expect("tables");
    state.start().await.expect("rooms are governed");
    let limits = Limits::from(&state.config.http);
    let tasks = state.tasks.clone();
    state.tasks.spawn("accept", serve(listener, router(state.clone()), None, limits, tasks));
    state
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.state.tasks.stop_token().cancel();
        self.state.media.shutdown();
    }
}
