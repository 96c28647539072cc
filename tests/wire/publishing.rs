//! Publishing and receiving, as far as it is said: sections, numbers, grants, mute. No packet flows here.

use livekit::proto::request_response::Reason;
use livekit::proto::{
    AddTrackRequest, MuteTrackRequest, ParticipantInfo, Request, Response, SubscriptionError, TrackSource,
    TrackType, UpdateSubscription,
};
use livekit::{Grant, Source, WireEvent};

use crate::house::House;
use crate::seat::{Seat, request};

pub fn microphone() -> AddTrackRequest {
    AddTrackRequest {
        r#type: TrackType::Audio.into(),
        source: TrackSource::Microphone.into(),
        ..AddTrackRequest::default()
    }
}

pub fn camera() -> AddTrackRequest {
    AddTrackRequest {
        r#type: TrackType::Video.into(),
        source: TrackSource::Camera.into(),
        ..AddTrackRequest::default()
    }
}

fn tracks(info: &ParticipantInfo) -> Vec<&str> {
    info.tracks.iter().map(|track| track.sid.as_str()).collect()
}

#[tokio::test]
async fn a_track_is_announced_bound_told_and_only_then_in_the_answer_of_others() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    mediator.negotiate().await;
    applicant.negotiate().await;
    mediator.drain().await;
    let track = applicant.publish("mic-1", microphone()).await;
    assert!(track.sid.starts_with("TR_"));
    let mut told = Vec::new();
    let asked = loop {
        match mediator.next().await.expect("connected") {
            Response::Update(update) => told.extend(update.participants),
            Response::MediaSectionsRequirement(asked) => break asked,
            _ => {}
        }
    };
    assert_eq!((asked.num_audios, asked.num_videos), (0, 0), "three free sections are enough");
    assert_eq!(tracks(told.last().expect("an update before the sections")), [track.sid.as_str()]);
    let answer = mediator.negotiate().await;
    assert_eq!(answer.mid_to_track_id.values().collect::<Vec<_>>(), [&track.sid]);
    assert!(answer.sdp.contains(&applicant.sid), "msid names the participant");
}

#[tokio::test]
async fn whoever_joins_later_finds_the_track_in_the_first_answer() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let microphone = applicant.publish("mic-1", microphone()).await;
    let camera = applicant.publish("cam-1", camera()).await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    assert_eq!(
        tracks(&mediator.joined.other_participants[0]),
        [microphone.sid.as_str(), camera.sid.as_str()]
    );
    let answer = mediator.negotiate().await;
    let mut given: Vec<_> = answer.mid_to_track_id.into_values().collect();
    given.sort();
    let mut published = vec![microphone.sid, camera.sid];
    published.sort();
    assert_eq!(given, published);
    mediator.expect_nothing().await;
}

#[tokio::test]
async fn more_tracks_than_sections_ask_for_the_missing_ones() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    for index in 0..5 {
        applicant.publish(&format!("mic-{index}"), microphone()).await;
    }
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    assert_eq!(mediator.negotiate().await.mid_to_track_id.len(), 3);
    let asked = mediator
        .expect("a requirement", |message| match message {
            Response::MediaSectionsRequirement(asked) => Some(*asked),
            _ => None,
        })
        .await;
    assert_eq!((asked.num_audios, asked.num_videos), (2, 0));
    mediator.expect_nothing().await;
}

#[tokio::test]
async fn without_auto_subscribe_nothing_is_sent_until_it_is_asked_for() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let track = applicant.publish("mic-1", microphone()).await;
    let shy = livekit::proto::JoinRequest {
        connection_settings: Some(livekit::proto::ConnectionSettings::default()),
        ..Default::default()
    };
    let mut mediator = Seat::join_as(&house, &house.token("hall", "mediator"), &shy).await;
    assert!(mediator.negotiate().await.mid_to_track_id.is_empty());
    mediator.drain().await;
    let wish =
        UpdateSubscription { track_sids: vec![track.sid.clone()], subscribe: true, ..Default::default() };
    mediator.send(Request::Subscription(wish)).await;
    mediator
        .expect("a requirement", |message| {
            matches!(message, Response::MediaSectionsRequirement(_)).then_some(())
        })
        .await;
    assert_eq!(mediator.negotiate().await.mid_to_track_id.into_values().collect::<Vec<_>>(), [track.sid]);
}

#[tokio::test]
async fn a_guessed_track_is_not_found() {
    let house = House::plain().await;
    let mut stranger = Seat::join(&house, "hall", "stranger").await;
    let wish =
        UpdateSubscription { track_sids: vec!["TR_guess".into()], subscribe: true, ..Default::default() };
    stranger.send(Request::Subscription(wish)).await;
    let refused = stranger
        .expect("a refusal", |message| match message {
            Response::SubscriptionResponse(refused) => Some(refused.clone()),
            _ => None,
        })
        .await;
    assert_eq!(refused.err(), SubscriptionError::SeTrackNotfound);
}

#[tokio::test]
async fn grants_limit_what_may_be_published() {
    let house = House::plain().await;
    let grant = Grant { sources: vec![Source::Microphone], ..Grant::new("hall", "witness", "") };
    let mut witness = Seat::join_as(&house, &house.wire.token(grant).expect("token"), &request()).await;
    witness.send(Request::AddTrack(AddTrackRequest { cid: "cam-1".into(), ..camera() })).await;
    let refused = witness
        .expect("a refusal", |message| match message {
            Response::RequestResponse(refused) => Some(refused.reason()),
            _ => None,
        })
        .await;
    assert_eq!(refused, Reason::NotAllowed);
    witness.publish("mic-1", microphone()).await;
}

#[tokio::test]
async fn mute_is_told_to_others_and_the_server_can_mute() {
    let house = House::plain().await;
    let mut events = house.wire.events();
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let track = applicant.publish("mic-1", microphone()).await;
    mediator.drain().await;
    applicant.send(Request::Mute(MuteTrackRequest { sid: track.sid.clone(), muted: true })).await;
    assert!(mediator.update().await[0].tracks[0].muted);
    applicant.send(Request::Mute(MuteTrackRequest { sid: track.sid.clone(), muted: false })).await;
    assert!(!mediator.update().await[0].tracks[0].muted);
    applicant.drain().await;
    house.wire.mute("hall", "applicant", true, false).await;
    let muted = applicant
        .expect("mute", |message| match message {
            Response::Mute(mute) => Some(mute.clone()),
            _ => None,
        })
        .await;
    assert_eq!((muted.sid.as_str(), muted.muted), (track.sid.as_str(), true));
    assert!(mediator.update().await[0].tracks[0].muted);
    let mut on_air = Vec::new();
    while on_air.len() < 4 {
        if let WireEvent::TracksChanged { audio, .. } = events.recv().await.expect("an event") {
            on_air.push(audio);
        }
    }
    assert_eq!(on_air, [true, false, true, false]);
}
