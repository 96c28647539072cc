//! Coming back after a lost connection.

use std::collections::HashSet;

use livekit::proto::leave_request::Action;
use livekit::proto::participant_info::State;
use livekit::proto::{
    DisconnectReason, JoinRequest, LeaveRequest, Request, Response, SyncState, TrackInfo,
    TrackPublishedResponse,
};

use crate::house::House;
use crate::publishing::microphone;
use crate::seat::{Seat, knock, request};

fn resuming(sid: &str) -> JoinRequest {
    JoinRequest { reconnect: true, participant_sid: sid.to_owned(), ..request() }
}

#[tokio::test]
async fn a_resumed_session_starts_with_reconnect_and_a_snapshot() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    applicant.negotiate().await;
    let track = applicant.publish("mic", microphone()).await;
    mediator.drain().await;
    let (sid, token) = applicant.vanish().await;
    let (mut back, first) = knock(&house, &token, &resuming(&sid)).await.expect("comes back");
    assert!(matches!(first, Response::Reconnect(_)), "reconnect must come first, not {first:?}");
    let snapshot = back.update().await;
    let mut names: Vec<_> = snapshot.iter().map(|info| info.identity.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["applicant", "mediator"], "oneself included");
    let own = TrackInfo { sid: track.sid, ..TrackInfo::default() };
    let state = SyncState {
        publish_tracks: vec![TrackPublishedResponse { cid: "mic".into(), track: Some(own) }],
        ..SyncState::default()
    };
    back.send(Request::SyncState(state)).await;
    back.drain().await;
    assert!(mediator.drain().await.is_empty(), "others noticed nothing");
}

#[tokio::test]
async fn whoever_left_meanwhile_is_told_as_departed_but_not_who_was_never_in_sight() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    let pairs = ["mediator", "lawyer"].map(|from| (from.to_owned(), "applicant".to_owned()));
    house.wire.flip("sitting", HashSet::from(pairs)).await.announce().await;
    let _mediator = Seat::join(&house, "sitting", "mediator").await;
    let mut lawyer = Seat::join(&house, "sitting", "lawyer").await;
    let mut respondent = Seat::join(&house, "sitting", "respondent").await;
    let mut applicant = Seat::join(&house, "sitting", "applicant").await;
    applicant.drain().await;
    let (sid, token) = applicant.vanish().await;
    for seat in [&mut lawyer, &mut respondent] {
        seat.send(Request::Leave(LeaveRequest::default())).await;
        seat.closed().await;
    }
    let (mut back, _) = knock(&house, &token, &resuming(&sid)).await.expect("comes back");
    let mut told: Vec<_> =
        back.update().await.into_iter().map(|info| (info.identity.clone(), info.state())).collect();
    told.sort_by(|a, b| a.0.cmp(&b.0));
    let expected =
        [("applicant", State::Joined), ("lawyer", State::Disconnected), ("mediator", State::Joined)];
    assert_eq!(told, expected.map(|(who, state)| (who.to_owned(), state)));
}

#[tokio::test]
async fn a_session_unknown_here_must_be_joined_anew() {
    let house = House::plain().await;
    let token = house.token("hall", "applicant");
    let (_, first) = knock(&house, &token, &resuming("PA_unknown")).await.expect("is answered");
    let Response::Leave(leave) = first else { panic!("{first:?}") };
    assert_eq!((leave.reason(), leave.action()), (DisconnectReason::StateMismatch, Action::Reconnect));
}

#[tokio::test]
async fn nobody_resumes_the_session_of_another() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let (_, first) =
        knock(&house, &house.token("hall", "applicant"), &resuming(&mediator.sid)).await.expect("answered");
    assert!(matches!(first, Response::Leave(_)));
    mediator.drain().await;
}

#[tokio::test]
async fn a_client_that_believes_to_publish_what_is_unknown_here_must_join_anew() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    applicant.drain().await;
    let (sid, token) = applicant.vanish().await;
    let (mut back, _) = knock(&house, &token, &resuming(&sid)).await.expect("comes back");
    let unknown = TrackInfo { sid: "TR_elsewhere".into(), ..TrackInfo::default() };
    let state = SyncState {
        publish_tracks: vec![TrackPublishedResponse { cid: "mic".into(), track: Some(unknown) }],
        ..SyncState::default()
    };
    back.send(Request::SyncState(state)).await;
    let leave = back
        .expect("leave", |message| match message {
            Response::Leave(leave) => Some(*leave),
            _ => None,
        })
        .await;
    assert_eq!((leave.reason(), leave.action()), (DisconnectReason::StateMismatch, Action::Reconnect));
}
