//! Joining a plain room: what everyone is told, and in which order.

use livekit::proto::leave_request::Action;
use livekit::proto::participant_info::State;
use livekit::proto::request_response::Reason;
use livekit::proto::{DisconnectReason, LeaveRequest, Request, Response, UpdateParticipantMetadata};
use livekit::{Grant, LeaveReason, WireEvent};

use crate::house::House;
use crate::seat::{Seat, knock, request};

#[tokio::test]
async fn the_first_message_says_who_i_am_and_who_is_here() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    assert!(mediator.joined.other_participants.is_empty());
    mediator.drain().await;
    let applicant = Seat::join(&house, "hall", "applicant").await;
    let joined = &applicant.joined;
    let me = joined.participant.as_ref().expect("me");
    assert!(me.sid.starts_with("PA_") && joined.room.as_ref().expect("room").sid.starts_with("RM_"));
    assert!(me.permission.as_ref().expect("without it clients refuse to publish").can_publish);
    assert_eq!(joined.other_participants.len(), 1);
    assert_eq!(joined.other_participants[0].identity, "mediator");
    assert_eq!(joined.server_info.as_ref().expect("server").protocol, 17);
    assert!(!joined.subscriber_primary);
    let told = mediator.update().await;
    assert_eq!((told.len(), told[0].identity.as_str()), (1, "applicant"));
}

#[tokio::test]
async fn offers_are_answered_in_order_with_their_number() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    for id in 1..=3 {
        let answer = mediator.negotiate().await;
        assert_eq!((answer.id, answer.r#type.as_str()), (id, "answer"));
        assert!(answer.sdp.contains("a=ice-lite"));
    }
}

#[tokio::test]
async fn an_offer_in_the_join_request_is_answered_after_the_join() {
    let house = House::plain().await;
    let mut offer = crate::offer::Offer::default();
    let with_offer = livekit::proto::JoinRequest { publisher_offer: Some(offer.next()), ..request() };
    let (mut seat, first) =
        knock(&house, &house.token("hall", "mediator"), &with_offer).await.expect("joins");
    assert!(matches!(first, Response::Join(_)));
    let second = seat.next().await;
    assert!(matches!(&second, Some(Response::Answer(answer)) if answer.id == 1), "{second:?}");
}

#[tokio::test]
async fn the_same_identity_again_replaces_the_earlier_session_under_a_new_sid() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut first = Seat::join(&house, "hall", "applicant").await;
    mediator.drain().await;
    let second = Seat::join(&house, "hall", "applicant").await;
    assert_ne!(first.sid, second.sid);
    let leave = first
        .expect("leave", |message| match message {
            Response::Leave(leave) => Some(*leave),
            _ => None,
        })
        .await;
    assert_eq!(leave.reason(), DisconnectReason::DuplicateIdentity);
    first.closed().await;
    let told = mediator.update().await;
    let told: Vec<_> = told.iter().map(|info| (info.sid.clone(), info.state())).collect();
    assert_eq!(told, [(first.sid.clone(), State::Disconnected), (second.sid.clone(), State::Joined)]);
}

#[tokio::test]
async fn leaving_is_told_at_once_and_to_the_application() {
    let house = House::plain().await;
    let mut events = house.wire.events();
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    mediator.drain().await;
    applicant.send(Request::Leave(LeaveRequest::default())).await;
    applicant.closed().await;
    let told = mediator.update().await;
    assert_eq!(
        (told[0].state(), told[0].disconnect_reason()),
        (State::Disconnected, DisconnectReason::ClientInitiated)
    );
    let event = events.recv().await.expect("an event");
    assert_eq!(event, WireEvent::Disconnected { room: "hall".into(), identity: "applicant".into() });
}

#[tokio::test]
async fn a_closed_room_says_so_to_everyone() {
    let house = House::plain().await;
    let mut seats =
        [Seat::join(&house, "hall", "mediator").await, Seat::join(&house, "hall", "applicant").await];
    house.wire.close_room("hall", LeaveReason::RoomDeleted).await;
    for seat in &mut seats {
        let leave = seat
            .expect("leave", |message| match message {
                Response::Leave(leave) => Some(*leave),
                _ => None,
            })
            .await;
        assert_eq!((leave.reason(), leave.action()), (DisconnectReason::RoomDeleted, Action::Disconnect));
    }
    // The name is free again.
    let again = Seat::join(&house, "hall", "mediator").await;
    assert!(again.joined.other_participants.is_empty());
}

#[tokio::test]
async fn metadata_is_refused_without_the_grant_and_the_request_is_answered() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let update = UpdateParticipantMetadata { name: "调解员".into(), request_id: 7, ..Default::default() };
    applicant.send(Request::UpdateMetadata(update)).await;
    let answer = applicant
        .expect("an answer", |message| match message {
            Response::RequestResponse(answer) => Some(answer.clone()),
            _ => None,
        })
        .await;
    assert_eq!((answer.request_id, answer.reason()), (7, Reason::NotAllowed));
}

#[tokio::test]
async fn a_hidden_participant_sees_and_is_not_seen() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    mediator.drain().await;
    let hidden = Grant { hidden: true, ..Grant::new("hall", "recorder", "") };
    let recorder = Seat::join_as(&house, &house.wire.token(hidden).expect("token"), &request()).await;
    assert_eq!(recorder.joined.other_participants[0].identity, "mediator");
    mediator.expect_nothing().await;
}
