//! At the door: who is let in, and with which words others are turned away.

use std::time::Duration;

use livekit::{Grant, Keys, LeaveReason, VideoGrant, mint};

use crate::house::House;
use crate::seat::{Seat, knock, knock_older, request};

async fn get(house: &House, path: &str, bearer: Option<&str>) -> (u16, String, bool) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().expect("client");
    let mut request =
        client.get(format!("http://{}{path}", house.address)).header("origin", "https://elsewhere");
    if let Some(token) = bearer {
        request = request.bearer_auth(token);
    }
    let response = request.send().await.expect("answers");
    let cors = response.headers().get("access-control-allow-origin").is_some_and(|value| value == "*");
    (response.status().as_u16(), response.text().await.expect("text"), cors)
}

#[tokio::test]
async fn a_good_token_validates_in_the_query_and_in_the_header() {
    let house = House::plain().await;
    let token = house.token("hall", "mediator");
    for path in ["/rtc/v1/validate", "/rtc/validate"] {
        assert_eq!(
            get(&house, &format!("{path}?access_token={token}"), None).await,
            (200, "success".into(), true)
        );
        assert_eq!(get(&house, path, Some(&token)).await, (200, "success".into(), true));
    }
}

#[tokio::test]
async fn others_are_turned_away_with_a_reason_browsers_may_read() {
    let house = House::plain().await;
    let keys = [Keys { api_key: "devkey".into(), api_secret: "guessed".into() }];
    let mut claims = livekit::Claims { iss: "devkey".into(), sub: "applicant".into(), ..Default::default() };
    claims.video = VideoGrant { room_join: true, room: "hall".into(), ..Default::default() };
    claims.exp = u64::from(u32::MAX);
    let forged = mint(&claims, &keys).expect("signs");
    let lister = {
        let keys = [Keys { api_key: "devkey".into(), api_secret: "secret".into() }];
        claims.video.room_join = false;
        mint(&claims, &keys).expect("signs")
    };
    let path = |token: &str| format!("/rtc/v1/validate?access_token={token}");
    assert_eq!(get(&house, &path(""), None).await, (401, "no token".into(), true));
    assert_eq!(get(&house, &path("nonsense"), None).await, (401, "malformed token".into(), true));
    assert_eq!(get(&house, &path(&forged), None).await, (401, "bad signature".into(), true));
    let (status, text, _) = get(&house, &path(&lister), None).await;
    assert_eq!(status, 403, "{text}");
}

#[tokio::test]
async fn no_room_is_opened_uninvited() {
    let house = House::governed().await;
    let token = house.token("nowhere", "applicant");
    let (status, text, _) = get(&house, &format!("/rtc/v1/validate?access_token={token}"), None).await;
    assert_eq!((status, text.as_str()), (404, "requested room does not exist"));
    assert!(knock(&house, &token, &request()).await.is_err());
    assert!(knock_older(&house, &token, "").await.is_err(), "nor through the older door");
    house.wire.govern("nowhere").await;
    Seat::join(&house, "nowhere", "applicant").await;
}

#[tokio::test]
async fn a_removed_person_cannot_return_with_any_token_made_before() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut stranger = Seat::join(&house, "hall", "stranger").await;
    let (first, refreshed) = (house.token("hall", "stranger"), stranger.token.clone());
    mediator.drain().await;
    house.wire.remove("hall", "stranger", LeaveReason::Removed).await;
    let leave = stranger
        .expect("leave", |message| match message {
            livekit::proto::Response::Leave(leave) => Some(*leave),
            _ => None,
        })
        .await;
    assert_eq!(leave.reason(), livekit::proto::DisconnectReason::ParticipantRemoved);
    assert_eq!(leave.action(), livekit::proto::leave_request::Action::Disconnect);
    stranger.closed().await;
    assert_eq!(mediator.update().await[0].identity, "stranger");
    for token in [first, refreshed] {
        assert!(knock(&house, &token, &request()).await.is_err());
        assert_eq!(get(&house, "/rtc/v1/validate", Some(&token)).await.1, "token was revoked");
    }
    // Control: readmitted, they get a new token, and that one is good. Others were not touched.
    tokio::time::sleep(Duration::from_millis(2)).await;
    Seat::join(&house, "hall", "stranger").await;
    mediator.drain().await;
}

#[tokio::test]
async fn a_broken_join_request_is_a_bad_request() {
    let house = House::plain().await;
    let token = house.wire.token(Grant::new("hall", "applicant", "")).expect("token");
    let url = format!("ws://{}/rtc/v1?access_token={token}&join_request=%21%21", house.address);
    let error = tokio_tungstenite::connect_async(url).await.expect_err("refused").to_string();
    assert!(error.contains("400"), "{error}");
}
