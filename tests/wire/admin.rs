//! The room service over Twirp: what a tool with the key may do, what a seat with an admin grant may, and nobody else.

use std::collections::HashSet;
use std::time::Duration;

use livekit::proto::participant_info::State;
use livekit::proto::{
    DisconnectReason, ListParticipantsRequest, ListParticipantsResponse, Response, TrackInfo,
};
use livekit::{Claims, Grant, Keys, VideoGrant, mint};
use prost::Message as _;
use serde_json::{Value, json};

use crate::house::House;
use crate::publishing::microphone;
use crate::seat::{Seat, knock, request};

fn keys() -> [Keys; 1] {
    [Keys { api_key: "devkey".into(), api_secret: "secret".into() }]
}

pub fn token(identity: &str, video: VideoGrant) -> String {
    let mut claims = Claims { iss: "devkey".into(), sub: identity.into(), video, ..Claims::default() };
    claims.exp = u64::from(u32::MAX);
    mint(&claims, &keys()).expect("signs")
}

/// A server's token: every admin grant, no seat.
pub fn server(room: &str) -> String {
    let all = VideoGrant { room_admin: true, room_create: true, room_list: true, ..VideoGrant::default() };
    token("", VideoGrant { room: room.into(), ..all })
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(5)).build().expect("client")
}

pub async fn call(house: &House, token: &str, method: &str, body: Value) -> (u16, Value) {
    let url = format!("http://{}/twirp/livekit.RoomService/{method}", house.address);
    let response = client().post(url).bearer_auth(token).json(&body).send().await.expect("answers");
    (response.status().as_u16(), response.json().await.expect("json"))
}

pub fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

pub fn names(list: &Value) -> Vec<&str> {
    list["participants"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["identity"].as_str())
        .collect()
}

#[tokio::test]
async fn a_room_is_created_listed_described_and_deleted() {
    let house = House::governed().await;
    let key = server("hall");
    let made = call(
        &house,
        &key,
        "CreateRoom",
        json!({ "name": "hall", "metadata": "第一调解室", "maxParticipants": 1 }),
    )
    .await;
    assert_eq!(made.0, 200, "{made:?}");
    assert!(made.1["sid"].as_str().is_some_and(|sid| sid.starts_with("RM_")));
    assert_eq!(
        (made.1["empty_timeout"].as_u64(), made.1["metadata"].as_str()),
        (Some(300), Some("第一调解室"))
    );
    // It is there for whoever has a token, up to its size.
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    assert_eq!(mediator.joined.room.as_ref().expect("room").metadata, "第一调解室");
    let (_, first) = knock(&house, &house.token("hall", "applicant"), &request()).await.expect("is answered");
    assert!(matches!(first, Response::Leave(leave) if leave.reason() == DisconnectReason::JoinFailure));
    let (_, listed) = call(&house, &key, "ListRooms", json!({})).await;
    assert_eq!(listed["rooms"][0]["num_participants"], 1);
    let (_, listed) = call(&house, &key, "ListRooms", json!({ "names": ["elsewhere"] })).await;
    assert_eq!(listed["rooms"], json!([]));
    // New metadata reaches everybody.
    mediator.drain().await;
    let (status, _) =
        call(&house, &key, "UpdateRoomMetadata", json!({ "room": "hall", "metadata": "休庭" })).await;
    assert_eq!(status, 200);
    let told = mediator
        .expect("a room update", |message| match message {
            Response::RoomUpdate(update) => update.room.as_ref().map(|room| room.metadata.clone()),
            _ => None,
        })
        .await;
    assert_eq!(told, "休庭");
    assert_eq!(call(&house, &key, "DeleteRoom", json!({ "room": "hall" })).await, (200, json!({})));
    let leave = mediator
        .expect("leave", |message| match message {
            Response::Leave(leave) => Some(*leave),
            _ => None,
        })
        .await;
    assert_eq!(leave.reason(), DisconnectReason::RoomDeleted);
    assert_eq!(code(&call(&house, &key, "DeleteRoom", json!({ "room": "hall" })).await), (404, "not_found"));
}

#[tokio::test]
async fn people_are_listed_changed_muted_and_removed() {
    let house = House::plain().await;
    let key = server("hall");
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let TrackInfo { sid, .. } = applicant.publish("mic", microphone()).await;
    for seat in [&mut mediator, &mut applicant] {
        seat.drain().await;
    }
    let (_, listed) = call(&house, &key, "ListParticipants", json!({ "room": "hall" })).await;
    assert_eq!(names(&listed), ["applicant", "mediator"]);
    let who = json!({ "room": "hall", "identity": "applicant" });
    let (_, one) = call(&house, &key, "GetParticipant", who.clone()).await;
    assert_eq!(one["tracks"][0]["sid"], json!(sid));
    let nobody = call(&house, &key, "GetParticipant", json!({ "room": "hall", "identity": "x" })).await;
    assert_eq!(code(&nobody), (404, "not_found"));

    let mute =
        |muted: bool| json!({ "room": "hall", "identity": "applicant", "track_sid": sid, "muted": muted });
    let (_, muted) = call(&house, &key, "MutePublishedTrack", mute(true)).await;
    assert_eq!(muted["track"]["muted"], true);
    applicant.expect("mute", |message| matches!(message, Response::Mute(_)).then_some(())).await;
    assert!(mediator.update().await[0].tracks[0].muted);
    let unmute = call(&house, &key, "MutePublishedTrack", mute(false)).await;
    assert_eq!(code(&unmute), (412, "failed_precondition"), "that would open a microphone");

    let change = json!({
        "room": "hall", "identity": "applicant", "name": "李先生", "attributes": { "hand": "up" },
        "permission": { "can_subscribe": true, "can_publish": false },
    });
    let (_, changed) = call(&house, &key, "UpdateParticipant", change).await;
    assert_eq!(
        (changed["name"].as_str(), &changed["permission"]["can_publish"]),
        (Some("李先生"), &json!(false))
    );
    applicant
        .expect("unpublished", |message| matches!(message, Response::TrackUnpublished(_)).then_some(()))
        .await;
    let told = mediator.update().await;
    assert_eq!((told[0].name.as_str(), told[0].tracks.len()), ("李先生", 0));

    assert_eq!(call(&house, &key, "RemoveParticipant", who).await.0, 200);
    applicant.closed().await;
    let told = mediator.update().await;
    assert_eq!(
        (told[0].state(), told[0].disconnect_reason()),
        (State::Disconnected, DisconnectReason::ParticipantRemoved)
    );
    assert!(knock(&house, &applicant.token, &request()).await.is_err(), "the token went with them");
}

#[tokio::test]
async fn protobuf_is_spoken_as_well_and_errors_are_twirp_s() {
    let house = House::plain().await;
    Seat::join(&house, "hall", "mediator").await;
    let url = |method: &str| format!("http://{}/twirp/livekit.RoomService/{method}", house.address);
    let body = ListParticipantsRequest { room: "hall".into() }.encode_to_vec();
    let post = |method: &str, kind: &str, token: &str| {
        client().post(url(method)).bearer_auth(token).header("content-type", kind).body(body.clone()).send()
    };
    let key = server("hall");
    let answer = post("ListParticipants", "application/protobuf", &key).await.expect("answers");
    assert_eq!(answer.headers()["content-type"], "application/protobuf");
    let list = ListParticipantsResponse::decode(answer.bytes().await.expect("bytes")).expect("decodes");
    assert_eq!(list.participants[0].identity, "mediator");
    for (method, kind, token, expected) in [
        ("ListParticipants", "text/plain", key.as_str(), (404, "bad_route")),
        ("Unheard", "application/protobuf", key.as_str(), (404, "bad_route")),
        ("ForwardParticipant", "application/protobuf", key.as_str(), (501, "unimplemented")),
        ("ListParticipants", "application/json", key.as_str(), (400, "malformed")),
        ("ListParticipants", "application/protobuf", "", (401, "unauthenticated")),
        ("ListParticipants", "application/protobuf", "nonsense", (401, "unauthenticated")),
    ] {
        let answer = post(method, kind, token).await.expect("answers");
        let answer = (answer.status().as_u16(), answer.json().await.expect("json"));
        assert_eq!(code(&answer), expected, "{method} as {kind}");
    }
    let got = client().get(url("ListRooms")).send().await.expect("answers");
    assert_eq!(got.status(), 404, "only POST");
}

#[tokio::test]
async fn each_method_needs_its_own_grant() {
    let house = House::plain().await;
    let mediator = Seat::join(&house, "hall", "mediator").await;
    let only = |video: VideoGrant| token("", VideoGrant { room: "hall".into(), ..video });
    let create = only(VideoGrant { room_create: true, ..VideoGrant::default() });
    let list = only(VideoGrant { room_list: true, ..VideoGrant::default() });
    let admin = only(VideoGrant { room_admin: true, ..VideoGrant::default() });
    let elsewhere = token("", VideoGrant { room: "other".into(), room_admin: true, ..VideoGrant::default() });
    let methods = [
        ("CreateRoom", &create),
        ("DeleteRoom", &create),
        ("ListRooms", &list),
        ("ListParticipants", &admin),
        ("GetParticipant", &admin),
        ("RemoveParticipant", &admin),
        ("MutePublishedTrack", &admin),
        ("UpdateParticipant", &admin),
        ("UpdateSubscriptions", &admin),
        ("SendData", &admin),
        ("UpdateRoomMetadata", &admin),
    ];
    for (method, _) in methods {
        for wrong in [&create, &list, &admin, &elsewhere, &mediator.token] {
            let right = methods.iter().find(|(name, _)| *name == method).expect("listed").1;
            if wrong == right {
                continue;
            }
            let body = json!({ "room": "hall", "name": "hall", "identity": "mediator" });
            let refused = call(&house, wrong, method, body).await;
            assert_eq!(code(&refused), (403, "permission_denied"), "{method}");
        }
    }
    // Control: with its own grant each is at least looked at.
    for (method, right) in methods.into_iter().filter(|(method, _)| *method != "DeleteRoom") {
        let answer =
            call(&house, right, method, json!({ "room": "hall", "name": "hall", "identity": "?" })).await;
        assert_ne!(answer.0, 403, "{method}: {answer:?}");
    }
}

#[tokio::test]
async fn an_admin_grant_in_a_seat_s_token_opens_no_caucus() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    house.wire.govern("another").await;
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let caucus = HashSet::from([pair("mediator", "applicant"), pair("applicant", "mediator")]);
    house.wire.flip("sitting", caucus).await.announce().await;
    let mut seats = Vec::new();
    for who in ["mediator", "applicant", "respondent"] {
        seats.push(Seat::join(&house, "sitting", who).await);
    }
    let track = seats[1].publish("mic", microphone()).await;
    for seat in &mut seats {
        seat.drain().await;
    }
    let nosy = VideoGrant { room_join: true, room_admin: true, room_list: true, ..VideoGrant::default() };
    let respondent = token("respondent", VideoGrant { room: "sitting".into(), ..nosy });
    let (_, listed) = call(&house, &respondent, "ListParticipants", json!({ "room": "sitting" })).await;
    assert_eq!(names(&listed), ["respondent"]);
    let (_, rooms) = call(&house, &respondent, "ListRooms", json!({})).await;
    let rooms: Vec<_> = rooms["rooms"].as_array().expect("rooms").iter().collect();
    assert_eq!(rooms.len(), 1, "no other sitting is named");
    assert_eq!((&rooms[0]["num_participants"], &rooms[0]["num_publishers"]), (&json!(1), &json!(0)));
    let of = |who: &str| json!({ "room": "sitting", "identity": who, "track_sid": track.sid, "muted": true });
    for method in [
        "GetParticipant",
        "RemoveParticipant",
        "MutePublishedTrack",
        "UpdateParticipant",
        "UpdateSubscriptions",
    ] {
        let hidden = call(&house, &respondent, method, of("applicant")).await;
        let absent = call(&house, &respondent, method, of("nobody")).await;
        assert_eq!(hidden, absent, "{method}: the same answer for hidden and absent");
        assert_eq!(code(&hidden), (404, "not_found"), "{method}");
    }
    let speech = json!({ "room": "sitting", "metadata": "听见了吗" });
    assert_eq!(call(&house, &respondent, "UpdateRoomMetadata", speech).await.0, 403);
    let data = json!({ "room": "sitting", "data": "aGk=" });
    assert_eq!(call(&house, &respondent, "SendData", data).await.0, 200);
    for seat in &mut seats {
        seat.expect_nothing().await;
    }
    // Control: the mediator's seat is shown its caucus, and a server's key the whole sitting.
    let mediator = token(
        "mediator",
        VideoGrant { room: "sitting".into(), room_join: true, room_admin: true, ..VideoGrant::default() },
    );
    let (_, listed) = call(&house, &mediator, "ListParticipants", json!({ "room": "sitting" })).await;
    assert_eq!(names(&listed), ["applicant", "mediator"]);
    let (_, listed) =
        call(&house, &server("sitting"), "ListParticipants", json!({ "room": "sitting" })).await;
    assert_eq!(names(&listed), ["applicant", "mediator", "respondent"]);
    // And a removed seat's token opens the service no longer.
    house.wire.remove("sitting", "respondent", livekit::LeaveReason::Removed).await;
    let gone = call(&house, &respondent, "ListParticipants", json!({ "room": "sitting" })).await;
    assert_eq!(code(&gone), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_hidden_one_is_listed_to_the_server_only() {
    let house = House::plain().await;
    let hidden = Grant { hidden: true, ..Grant::new("hall", "observer", "") };
    let _observer = Seat::join_as(&house, &house.wire.token(hidden).expect("token"), &request()).await;
    let _mediator = Seat::join(&house, "hall", "mediator").await;
    let seat = VideoGrant { room: "hall".into(), room_join: true, room_admin: true, ..VideoGrant::default() };
    let (_, listed) =
        call(&house, &token("mediator", seat), "ListParticipants", json!({ "room": "hall" })).await;
    assert_eq!(names(&listed), ["mediator"]);
    let (_, listed) = call(&house, &server("hall"), "ListParticipants", json!({ "room": "hall" })).await;
    assert_eq!(names(&listed), ["mediator", "observer"], "control");
}
