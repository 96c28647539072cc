//! The wire and the SFU alone, for trying any LiveKit client against them and for the browser tests.
//!
//! Besides the wire it offers, on the same port, what the application would call in-process:
//! `POST /govern?room=` · `POST /flip?room=&pairs=a>b,b>a` · `POST /mute?room=&identity=` ·
//! `POST /remove?room=&identity=` · `POST /close?room=` · `GET /hearing?room=` · `GET /token?room=&identity=`.

use std::collections::HashSet;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use clap::Parser;
use livekit::{Grant, LeaveReason, Wire, WireConfig};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Parser)]
struct Options {
    /// HTTP and WebSocket address; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    http: SocketAddr,
    /// UDP address of the media plane; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    udp: SocketAddr,
    /// ICE-TCP address of the media plane; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    tcp: SocketAddr,
    /// Address offered to clients as candidate.
    #[arg(long, default_value = "127.0.0.1")]
    advertised: Vec<IpAddr>,
    #[arg(long, default_value = "devkey")]
    key: String,
    #[arg(long, default_value = "secret")]
    secret: String,
    /// What is logged to standard error.
    #[arg(long, env = "ONEDOOR_WIRE_LOG", default_value = "info,str0m=error")]
    log: String,
    /// Browsers do not take candidates of 127.0.0.1 for granted; more workers spread rooms.
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    room: String,
    identity: String,
    pairs: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_env_filter(&options.log)
        .init();
    let media = media::Media::start(&media::Config {
        udp: options.udp,
        tcp: Some(options.tcp),
        advertised: options.advertised,
        workers: options.workers,
        gso: true,
    })?;
    let config = WireConfig { open_rooms: true, ..WireConfig::new(options.key, options.secret) };
    let wire = Wire::new(media, config);
    let control = Router::new()
        .route("/", get(async || "OK"))
        .route("/token", get(token))
        .route("/hearing", get(hearing))
        .route("/govern", post(govern))
        .route("/flip", post(flip))
        .route("/mute", post(mute))
        .route("/remove", post(remove))
        .route("/close", post(close))
        .with_state(wire.clone())
        .layer(tower_http::cors::CorsLayer::permissive());
    let listener = tokio::net::TcpListener::bind(options.http).await?;
    println!("{}", json!({ "url": format!("http://{}", listener.local_addr()?) }));
    let served = axum::serve(listener, control.merge(wire.router())).with_graceful_shutdown(async {
        let _ = tokio::signal::ctrl_c().await;
    });
    served.await?;
    wire.shutdown().await;
    Ok(())
}

async fn token(State(wire): State<Wire>, Query(ask): Query<Ask>) -> String {
    wire.token(Grant::new(ask.room, &ask.identity, &ask.identity)).unwrap_or_default()
}

async fn govern(State(wire): State<Wire>, Query(ask): Query<Ask>) {
    wire.govern(&ask.room).await;
}

async fn flip(State(wire): State<Wire>, Query(ask): Query<Ask>) -> Json<Value> {
    let pairs: HashSet<(String, String)> = ask
        .pairs
        .split(',')
        .filter_map(|pair| pair.split_once('>'))
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect();
    let flip = wire.flip(&ask.room, pairs).await;
    let generation = flip.generation;
    flip.announce().await;
    Json(json!({ "generation": generation }))
}

async fn hearing(State(wire): State<Wire>, Query(ask): Query<Ask>) -> Json<Value> {
    let counts = wire.hearing(&ask.room).await;
    let rows = counts.iter().map(|one| {
        json!({ "from": one.from, "to": one.to, "kind": format!("{:?}", one.kind), "packets": one.packets })
    });
    Json(rows.collect())
}

async fn mute(State(wire): State<Wire>, Query(ask): Query<Ask>) {
    wire.mute(&ask.room, &ask.identity, true, true).await;
}

async fn remove(State(wire): State<Wire>, Query(ask): Query<Ask>) {
    wire.remove(&ask.room, &ask.identity, LeaveReason::Removed).await;
}

async fn close(State(wire): State<Wire>, Query(ask): Query<Ask>) {
    wire.close_room(&ask.room, LeaveReason::RoomDeleted).await;
}
