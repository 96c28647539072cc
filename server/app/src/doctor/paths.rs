//! The ways a phone may come: the address people type, the WebSocket, media over UDP and TCP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use participant::{Event, JoinOptions, Participant};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use super::{Finding, found};
use crate::config::Config;
use crate::serve::{Limits, serve};
use crate::state::AppState;
use crate::{router, tls};

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// A `WrappedJoinRequest` with nothing in it, base64url: no compression, an empty request.
const EMPTY_JOIN: &str = "CAASAA";

/// Whether OneDoor already listens where the settings say.
pub(super) async fn is_running(config: &Config) -> bool {
    let Ok(http) = client(config) else { return false };
    let answer = http.get(format!("{}/healthz", here(config))).send().await;
    matches!(answer, Ok(answer) if answer.status() == StatusCode::OK)
}

/// The address media is sent to: the first one told to browsers.
pub(super) fn media_address(config: &Config) -> IpAddr {
    let told = config.media.advertised.first().copied();
    told.or_else(tls::lan_address).unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// Walks every way; `app` serves for the length of the test when nothing is running.
pub(super) async fn look(config: &Config, app: AppState, running: bool) -> Vec<Finding> {
    if !running && let Err(error) = serve_meanwhile(config, &app).await {
        return vec![found("a server for this test", Err(error), "see the faults above")];
    }
    let findings = walk(config).await;
    app.shutdown(PATIENCE).await;
    findings
}

async fn serve_meanwhile(config: &Config, app: &AppState) -> Result<(), String> {
    let listener = TcpListener::bind(config.http.listen).await.map_err(|error| error.to_string())?;
    let tls = tls::acceptor(config).map_err(|error| error.to_string())?;
    let (router, limits, tasks) =
        (router::router(app.clone()), Limits::from(&config.http), app.tasks.clone());
    app.tasks.spawn("doctor", serve(listener, router, tls, limits, tasks));
    Ok(())
}

async fn walk(config: &Config) -> Vec<Finding> {
    let http = match client(config) {
        Ok(http) => http,
        Err(error) => {
            return vec![found("an HTTP client", Err(error.to_string()), "check the machine's certificates")];
        }
    };
    let public = config.public_url();
    let door = match http.get(format!("{public}/healthz")).send().await {
        Ok(answer) if answer.status() == StatusCode::OK => Ok(()),
        Ok(answer) => Err(format!("something else answers there: {}", answer.status())),
        Err(error) => Err(why(&error)),
    };
    let reached = door.is_ok();
    let mut findings = vec![found(
        format!("the address people type ({public})"),
        door,
        "check the name, the reverse proxy, its certificate and the firewall: http.public_url must lead to http.listen",
    )];
    let check = open_check(&http, &here(config)).await;
    let tokens = match check {
        Ok(tokens) => tokens,
        Err(error) => {
            findings.push(found("a connection check", Err(error), "wait a minute and look again"));
            return findings;
        }
    };
    if reached {
        findings.push(found(
            "WebSocket",
            upgrade(&http, public, &tokens.1).await,
            "let the proxy pass `Connection: Upgrade` and `Upgrade: websocket` for /rtc and /api, with long read times",
        ));
    }
    findings.push(found(
        format!("media over UDP ({}, port {})", media_address(config), config.media.udp_port),
        media(config, &tokens.0).await,
        "let UDP through to media.udp_port, and set media.advertised to the address that phones reach",
    ));
    if config.media.tcp_port != 0 {
        let there = SocketAddr::new(media_address(config), config.media.tcp_port);
        findings.push(found(
            format!("media over TCP ({there})"),
            connect(there).await,
            "let TCP through to media.tcp_port, or set it to 0 so that phones do not try it",
        ));
    }
    findings
}

/// Whether somebody takes TCP connections there.
async fn connect(there: SocketAddr) -> Result<(), String> {
    match tokio::time::timeout(PATIENCE, TcpStream::connect(there)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// Tokens of a fresh check: the one who sends, the one who receives.
async fn open_check(http: &reqwest::Client, base: &str) -> Result<(String, String), String> {
    let answer =
        http.post(format!("{base}/api/v1/connection-checks")).send().await.map_err(|error| why(&error))?;
    let check: Value = answer.json().await.map_err(|error| why(&error))?;
    let token =
        |name: &str| check[name].as_str().map(str::to_owned).ok_or_else(|| format!("refused: {check}"));
    Ok((token("sender_token")?, token("receiver_token")?))
}

/// An upgrade through whatever stands before the server; the token travels in a header and is not logged.
async fn upgrade(http: &reqwest::Client, public: &str, token: &str) -> Result<(), String> {
    let ask = http
        .get(format!("{public}/rtc/v1?join_request={EMPTY_JOIN}"))
        .bearer_auth(token)
        .header("connection", "Upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "b25lZG9vciBkb2N0b3IgIQ==");
    match ask.send().await {
        Ok(answer) if answer.status() == StatusCode::SWITCHING_PROTOCOLS => Ok(()),
        Ok(answer) => Err(format!("the upgrade was answered {}", answer.status())),
        Err(error) => Err(why(&error)),
    }
}

/// A peer connection of another WebRTC stack to the media server: ICE and DTLS have gone through.
async fn media(config: &Config, token: &str) -> Result<(), String> {
    let tasks = tokio_util::task::TaskTracker::new();
    let mut options = JoinOptions::new(here(config), token);
    options.bind = SocketAddr::new(towards(media_address(config)).map_err(|error| error.to_string())?, 0);
    let mut participant = Participant::join(options, &tasks).await.map_err(|error| error.to_string())?;
    let connected = async {
        // Nothing is negotiated until there is something to send.
        let _microphone = participant.publish(false, (0, 0)).await.map_err(|error| error.to_string())?;
        while let Some(event) = participant.events.recv().await {
            match event {
                Event::Connected => return Ok(()),
                Event::Ended(why) => return Err(why),
                _ => {}
            }
        }
        Err("the server ended it".to_owned())
    };
    let connected = tokio::time::timeout(PATIENCE, connected).await;
    connected.unwrap_or_else(|_| Err("no packet came through in time".to_owned()))
}

/// The own address that leads there. Connecting a UDP socket only asks the routing table; nothing is sent.
fn towards(there: IpAddr) -> std::io::Result<IpAddr> {
    let any = if there.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect((there, 9))?;
    Ok(socket.local_addr()?.ip())
}

/// The listener itself, without any proxy before it. It takes plain HTTP even where it serves TLS.
fn here(config: &Config) -> String {
    let listen = config.http.listen;
    let address = if listen.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { listen.ip() };
    format!("http://{}", SocketAddr::new(address, listen.port()))
}

fn client(config: &Config) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .tls_danger_accept_invalid_certs(config.http.self_signed)
        .build()
}

/// The innermost reason: “connection refused” says more than “error sending request”.
fn why(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(deeper) = reason.source() {
        reason = deeper;
    }
    reason.to_string()
}
