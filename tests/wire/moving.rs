//! `MoveParticipant`: to another plain room with the rights one has, and never into, out of or within a sitting.

use std::collections::HashSet;

use livekit::proto::leave_request::Action;
use livekit::proto::participant_info::State;
use livekit::proto::{DisconnectReason, ParticipantPermission, Response};
use livekit::{LeaveReason, VideoGrant};
use serde_json::json;

use crate::admin::{call, code, names, server, token};
use crate::house::House;
use crate::publishing::microphone;
use crate::seat::{Seat, knock, request};

/// A server's token: the admin of one room, who may move its people to the other.
fn mover(from: &str, to: &str) -> String {
    token(
        "",
        VideoGrant {
            room: from.into(),
            room_admin: true,
            destination_room: to.into(),
            ..VideoGrant::default()
        },
    )
}

/// The token for the other room, and the farewell after it.
async fn sent_away(seat: &mut Seat) -> String {
    let token = seat
        .expect("a token", |message| match message {
            Response::RefreshToken(token) => Some(token.clone()),
            _ => None,
        })
        .await;
    let leave = seat
        .expect("leave", |message| match message {
            Response::Leave(leave) => Some(*leave),
            _ => None,
        })
        .await;
    assert_eq!((leave.action(), leave.reason()), (Action::Reconnect, DisconnectReason::Migration));
    seat.closed().await;
    token
}

#[tokio::test]
async fn somebody_moved_comes_back_in_the_other_room_with_the_same_rights() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let mut expert = Seat::join(&house, "side", "expert").await;
    applicant.publish("mic", microphone()).await;
    let quiet = ParticipantPermission { can_subscribe: true, ..ParticipantPermission::default() };
    assert!(house.wire.permit("hall", "applicant", quiet).await);
    for seat in [&mut mediator, &mut applicant, &mut expert] {
        seat.drain().await;
    }
    let body = json!({ "room": "hall", "identity": "applicant", "destinationRoom": "side" });
    let moved = call(&house, &mover("hall", "side"), "MoveParticipant", body.clone()).await;
    assert_eq!(moved, (200, json!({})));

    let told = mediator.update().await;
    assert_eq!((told[0].identity.as_str(), told[0].state()), ("applicant", State::Disconnected));
    let token = sent_away(&mut applicant).await;
    let back = Seat::join_as(&house, &token, &request()).await;
    let joined = &back.joined;
    assert_eq!(joined.room.as_ref().expect("room").name, "side");
    let others: Vec<_> = joined.other_participants.iter().map(|one| one.identity.as_str()).collect();
    assert_eq!(others, ["expert"]);
    let me = joined.participant.as_ref().expect("participant").permission.clone().expect("rights");
    assert!(!me.can_publish && me.can_subscribe, "what was taken in the one room is not given in the other");
    assert_eq!(expert.update().await[0].identity, "applicant");
    // The way back is closed until somebody moves them back.
    assert!(knock(&house, &applicant.token, &request()).await.is_err(), "the token of the room left behind");
    assert_eq!(
        code(&call(&house, &mover("hall", "side"), "MoveParticipant", body).await),
        (404, "not_found")
    );
    let mut back = back;
    let return_trip = json!({ "room": "side", "identity": "applicant", "destinationRoom": "hall" });
    assert_eq!(call(&house, &mover("side", "hall"), "MoveParticipant", return_trip).await.0, 200);
    let home = Seat::join_as(&house, &sent_away(&mut back).await, &request()).await;
    assert_eq!(home.joined.room.expect("room").name, "hall");
}

#[tokio::test]
async fn moving_needs_a_grant_for_both_rooms_and_a_room_that_takes_them() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let key = server("hall");
    call(&house, &server("small"), "CreateRoom", json!({ "name": "small", "maxParticipants": 1 })).await;
    let _taken = Seat::join(&house, "small", "somebody").await;
    applicant.drain().await;
    let to = |room: &str| json!({ "room": "hall", "identity": "applicant", "destinationRoom": room });
    for (key, destination, expected) in [
        (&key, "side", (403, "permission_denied")),
        (&mover("hall", "other"), "side", (403, "permission_denied")),
        (&mover("side", "side"), "side", (403, "permission_denied")),
        (&mover("hall", "hall"), "hall", (400, "invalid_argument")),
        (&mover("hall", ""), "", (400, "invalid_argument")),
        (&mover("hall", "small"), "small", (429, "resource_exhausted")),
    ] {
        let refused = call(&house, key, "MoveParticipant", to(destination)).await;
        assert_eq!(code(&refused), expected, "to {destination:?}");
    }
    applicant.expect_nothing().await;
}

#[tokio::test]
async fn nobody_is_moved_into_or_out_of_a_sitting() {
    let house = House::plain().await;
    house.wire.govern("sitting").await;
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let caucus = HashSet::from([pair("mediator", "applicant"), pair("applicant", "mediator")]);
    house.wire.flip("sitting", caucus).await.announce().await;
    let mut applicant = Seat::join(&house, "sitting", "applicant").await;
    let mut respondent = Seat::join(&house, "sitting", "respondent").await;
    let mut guest = Seat::join(&house, "hall", "guest").await;
    let moving =
        |from: &str, who: &str, to: &str| json!({ "room": from, "identity": who, "destinationRoom": to });
    for seat in [&mut applicant, &mut respondent, &mut guest] {
        seat.drain().await;
    }
    for (from, who, to) in [("sitting", "applicant", "hall"), ("hall", "guest", "sitting")] {
        let refused = call(&house, &mover(from, to), "MoveParticipant", moving(from, who, to)).await;
        assert_eq!(code(&refused), (412, "failed_precondition"), "{who} to {to}");
    }
    // A seat with an admin grant learns nothing of a caucus by trying.
    let nosy = token(
        "respondent",
        VideoGrant {
            room: "sitting".into(),
            room_join: true,
            room_admin: true,
            destination_room: "hall".into(),
            ..VideoGrant::default()
        },
    );
    let hidden = call(&house, &nosy, "MoveParticipant", moving("sitting", "applicant", "hall")).await;
    let absent = call(&house, &nosy, "MoveParticipant", moving("sitting", "nobody", "hall")).await;
    assert_eq!(hidden, absent);
    for seat in [&mut applicant, &mut respondent, &mut guest] {
        seat.expect_nothing().await;
    }
    let (_, listed) =
        call(&house, &server("sitting"), "ListParticipants", json!({ "room": "sitting" })).await;
    assert_eq!(names(&listed), ["applicant", "respondent"]);
    house.wire.close_room("sitting", LeaveReason::RoomDeleted).await;
}
