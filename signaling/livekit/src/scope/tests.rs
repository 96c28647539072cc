//! Every kind of message, sent about somebody who may not be seen.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use prost::Message as _;

use super::*;
use crate::proto::*;

const SECRET: &str = "SECRET";

/// Something of every kind the wire can send, each speaking of SECRET in every field that names a person, a
/// track or a count.
fn about_secret() -> Vec<Response> {
    let person = || ParticipantInfo {
        sid: "PA_SECRET".into(),
        identity: SECRET.into(),
        name: SECRET.into(),
        metadata: SECRET.into(),
        state: State::Active.into(),
        tracks: vec![TrackInfo { sid: "TR_SECRET".into(), name: SECRET.into(), ..TrackInfo::default() }],
        attributes: BTreeMap::from([(SECRET.to_owned(), SECRET.to_owned())]),
        ..ParticipantInfo::default()
    };
    vec![
        Response::Join(JoinResponse { other_participants: vec![person()], ..JoinResponse::default() }),
        Response::Answer(SessionDescription {
            mid_to_track_id: BTreeMap::from([("3".to_owned(), "TR_SECRET".to_owned())]),
            ..SessionDescription::default()
        }),
        Response::Update(ParticipantUpdate { participants: vec![person()] }),
        Response::SpeakersChanged(SpeakersChanged {
            speakers: vec![SpeakerInfo { sid: "PA_SECRET".into(), level: 0.5, active: true }],
        }),
        Response::ConnectionQuality(ConnectionQualityUpdate {
            updates: vec![ConnectionQualityInfo {
                participant_sid: "PA_SECRET".into(),
                ..Default::default()
            }],
        }),
        Response::StreamStateUpdate(StreamStateUpdate {
            stream_states: vec![StreamStateInfo {
                participant_sid: "PA_SECRET".into(),
                track_sid: "TR_SECRET".into(),
                state: 0,
            }],
        }),
        Response::SubscriptionPermissionUpdate(SubscriptionPermissionUpdate {
            participant_sid: "PA_SECRET".into(),
            track_sid: "TR_SECRET".into(),
            allowed: true,
        }),
        Response::SubscribedQualityUpdate(SubscribedQualityUpdate {
            track_sid: "TR_SECRET".into(),
            ..Default::default()
        }),
        Response::TrackSubscribed(TrackSubscribed { track_sid: "TR_SECRET".into() }),
        Response::Mute(MuteTrackRequest { sid: "TR_SECRET".into(), muted: true }),
        Response::Offer(SessionDescription {
            mid_to_track_id: BTreeMap::from([("3".to_owned(), "TR_SECRET".to_owned())]),
            ..SessionDescription::default()
        }),
    ]
}

/// The kinds that speak only of the receiver's own affairs.
fn own_affairs() -> Vec<Response> {
    vec![
        Response::TrackPublished(TrackPublishedResponse::default()),
        Response::TrackUnpublished(TrackUnpublishedResponse::default()),
        Response::Leave(LeaveRequest::default()),
        Response::RoomUpdate(RoomUpdate { room: Some(Room { num_publishers: 9, ..Room::default() }) }),
        Response::RefreshToken("token".into()),
        Response::Pong(1),
        Response::PongResp(Pong::default()),
        Response::Reconnect(ReconnectResponse::default()),
        Response::SubscriptionResponse(SubscriptionResponse::default()),
        Response::RequestResponse(RequestResponse::default()),
        Response::MediaSectionsRequirement(MediaSectionsRequirement::default()),
    ]
}

fn applicant_in_caucus<T>(told_before: bool, check: impl FnOnce(&View<'_>) -> T) -> T {
    let owner = |track: &str| (track == "TR_SECRET").then(|| "PA_SECRET".to_owned());
    check(&View { me: "PA_applicant", sees: &|_| false, told: &|_| told_before, owner: &owner })
}

fn leaks(message: &Response) -> bool {
    let bytes = SignalResponse { message: Some(message.clone()) }.encode_to_vec();
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

#[test]
fn no_kind_of_message_tells_of_someone_out_of_sight() {
    for message in about_secret() {
        assert!(leaks(&message), "control: {message:?} does speak of them");
        let passed = applicant_in_caucus(false, |view| pass(view, message.clone()));
        assert!(!passed.as_ref().is_some_and(leaks), "{passed:?}");
    }
}

#[test]
fn the_same_messages_pass_about_someone_in_sight() {
    let owner = |track: &str| (track == "TR_SECRET").then(|| "PA_SECRET".to_owned());
    let view = View { me: "PA_applicant", sees: &|_| true, told: &|_| true, owner: &owner };
    for message in about_secret() {
        let passed = pass(&view, message.clone());
        let own_track_only = matches!(
            message,
            Response::SubscribedQualityUpdate(_) | Response::TrackSubscribed(_) | Response::Mute(_)
        );
        assert_eq!(passed.as_ref().is_some_and(leaks), !own_track_only, "{message:?}");
    }
}

#[test]
fn every_kind_of_the_protocol_is_in_one_of_the_two_lists() {
    // Numbers of the oneof, from the protocol file itself: a kind added there must be put into a list here.
    let protocol = include_str!("../../proto/livekit_rtc.proto");
    let start = protocol.find("message SignalResponse").unwrap();
    let block = &protocol[start..start + protocol[start..].find("\n}\n").unwrap()];
    let numbers: BTreeSet<u32> = block
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .filter_map(|line| line.split_once(" = ")?.1.split_once(';')?.0.parse().ok())
        .collect();
    let tag = |message: &Response| {
        let bytes = SignalResponse { message: Some(message.clone()) }.encode_to_vec();
        u32::try_from(prost::decode_length_delimiter(bytes.as_slice()).unwrap() >> 3).unwrap()
    };
    let covered: BTreeSet<u32> = about_secret().iter().chain(&own_affairs()).map(tag).collect();
    assert_eq!(numbers, covered);
}

#[test]
fn someone_who_vanished_is_named_only_to_whoever_knew_them_and_barely() {
    let gone = |told| {
        let mut info = match about_secret().remove(2) {
            Response::Update(update) => update.participants.into_iter().next().unwrap(),
            other => panic!("{other:?}"),
        };
        info.state = State::Disconnected.into();
        info.name = "new name".into();
        let update = Response::Update(ParticipantUpdate { participants: vec![info] });
        applicant_in_caucus(told, |view| pass(view, update))
    };
    assert!(gone(false).is_none());
    let Some(Response::Update(update)) = gone(true) else { panic!("must be told") };
    let info = &update.participants[0];
    assert_eq!(info.identity, SECRET);
    assert!(
        info.name.is_empty()
            && info.metadata.is_empty()
            && info.tracks.is_empty()
            && info.attributes.is_empty()
    );
}

#[test]
fn counts_are_those_of_the_ones_in_sight() {
    let room = Some(Room { num_participants: 9, num_publishers: 7, ..Room::default() });
    let others = vec![ParticipantInfo { sid: "PA_other".into(), ..ParticipantInfo::default() }];
    let join = Response::Join(JoinResponse { room, other_participants: others, ..JoinResponse::default() });
    let Some(Response::Join(join)) = applicant_in_caucus(false, |view| pass(view, join)) else {
        panic!("join")
    };
    let room = join.room.unwrap();
    assert_eq!((room.num_participants, room.num_publishers), (1, 0));
}

#[test]
fn a_governed_scope_is_directed_and_closed_by_default() {
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let mut scope = Scope::Governed(HashSet::from([pair("mediator", "applicant")]));
    assert!(scope.sees("applicant", "mediator"));
    assert!(!scope.sees("mediator", "applicant"), "one direction only");
    assert!(!scope.sees("respondent", "mediator"));
    scope.open("applicant", "mediator");
    assert!(scope.sees("mediator", "applicant"));
    assert!(Scope::Plain.sees("anyone", "anyone else"));
}
