//! TURN credentials: made for each participant, and anew at every resume.

use std::time::Duration;

use livekit::proto::{IceServer, JoinRequest, Response};
use livekit::{IceServers, Turn, WireConfig};

use crate::house::House;
use crate::seat::{Seat, knock, request};

fn expiry(server: &IceServer) -> u64 {
    server.username.split_once(':').and_then(|(expiry, _)| expiry.parse().ok()).expect("expiry:identity")
}

#[tokio::test]
async fn credentials_are_told_in_join_and_renewed_in_reconnect() {
    let urls = ["turn:turn.example:3478?transport=udp", "turns:turn.example:5349?transport=tcp"];
    let turn = Turn {
        urls: urls.map(String::from).to_vec(),
        secret: "north".into(),
        lifetime: Duration::from_hours(1),
    };
    let ice_servers = IceServers { stun: vec!["stun:turn.example:3478".into()], turn: Some(turn.clone()) };
    let config = WireConfig { open_rooms: true, ice_servers, ..WireConfig::new("devkey", "secret") };
    let house = House::open(config).await;
    let applicant = Seat::join(&house, "hall", "applicant").await;
    let [stun, told] = applicant.joined.ice_servers.as_slice() else { panic!("two") };
    assert!(stun.username.is_empty());
    assert_eq!(told.urls, urls);
    assert!(told.username.ends_with(":applicant"));
    let made = turn.credential("applicant", (expiry(told) - 3600) * 1000);
    assert_eq!((&told.username, &told.credential), (&made.username, &made.password));
    let first = expiry(told);
    // A second later the same session comes back: a credential of its own, good for longer.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (sid, token) = applicant.vanish().await;
    let back = JoinRequest { reconnect: true, participant_sid: sid, ..request() };
    let (_, first_word) = knock(&house, &token, &back).await.expect("comes back");
    let Response::Reconnect(reconnect) = first_word else { panic!("{first_word:?}") };
    assert!(expiry(&reconnect.ice_servers[1]) > first);
}
