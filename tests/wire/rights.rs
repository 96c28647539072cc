//! Rights that change while people are connected, and tokens that count no longer (T12).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use livekit::proto::leave_request::Action;
use livekit::proto::request_response::Reason;
use livekit::proto::{
    AddTrackRequest, DisconnectReason, ParticipantPermission, Request, Response, TrackSource,
};
use livekit::{LeaveReason, OutOfReach, Revocation, RevocationStore, WireConfig};

use crate::house::House;
use crate::publishing::{camera, microphone};
use crate::seat::{Seat, knock, request};

fn everything() -> ParticipantPermission {
    ParticipantPermission {
        can_publish: true,
        can_subscribe: true,
        can_publish_data: true,
        ..ParticipantPermission::default()
    }
}

fn only_sound() -> ParticipantPermission {
    ParticipantPermission { can_publish_sources: vec![TrackSource::Microphone.into()], ..everything() }
}

async fn may_publish(seat: &mut Seat, cid: &str, track: AddTrackRequest) -> bool {
    seat.send(Request::AddTrack(AddTrackRequest { cid: cid.into(), ..track })).await;
    seat.expect("an answer", |message| match message {
        Response::TrackPublished(_) => Some(true),
        Response::RequestResponse(refused) => {
            assert_eq!(refused.reason(), Reason::NotAllowed);
            Some(false)
        }
        _ => None,
    })
    .await
}

fn unpublished(said: &[Response]) -> Vec<String> {
    said.iter()
        .filter_map(|message| match message {
            Response::TrackUnpublished(gone) => Some(gone.track_sid.clone()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_source_that_is_taken_away_ends_its_track_and_everyone_is_told() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut witness = Seat::join(&house, "hall", "witness").await;
    mediator.negotiate().await;
    let camera_track = witness.publish("cam", camera()).await;
    let microphone_track = witness.publish("mic", microphone()).await;
    assert_eq!(mediator.negotiate().await.mid_to_track_id.len(), 2);
    for seat in [&mut mediator, &mut witness] {
        seat.drain().await;
    }
    assert!(house.wire.permit("hall", "witness", only_sound()).await);
    let said = witness.drain().await;
    assert_eq!(unpublished(&said), [camera_track.sid], "the microphone goes on");
    assert!(said.iter().any(|message| matches!(message, Response::RefreshToken(_))));
    let told = mediator.update().await;
    let permission = told[0].permission.clone().expect("told");
    assert_eq!(permission.can_publish_sources, only_sound().can_publish_sources);
    assert_eq!(told[0].tracks.iter().map(|track| &track.sid).collect::<Vec<_>>(), [&microphone_track.sid]);
    assert_eq!(mediator.negotiate().await.mid_to_track_id.len(), 1, "its section is free again");
    assert!(!may_publish(&mut witness, "cam-2", camera()).await);
    // And given back.
    assert!(house.wire.permit("hall", "witness", everything()).await);
    witness.publish("cam-3", camera()).await;
    assert!(!house.wire.permit("hall", "nobody", everything()).await);
}

#[tokio::test]
async fn whoever_may_no_longer_receive_loses_every_section_and_gets_them_back() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    applicant.publish("mic", microphone()).await;
    let mut witness = Seat::join(&house, "hall", "witness").await;
    assert_eq!(witness.negotiate().await.mid_to_track_id.len(), 1);
    witness.drain().await;
    let deaf = ParticipantPermission { can_subscribe: false, ..everything() };
    house.wire.permit("hall", "witness", deaf).await;
    assert!(witness.negotiate().await.mid_to_track_id.is_empty());
    house.wire.permit("hall", "witness", everything()).await;
    assert_eq!(witness.negotiate().await.mid_to_track_id.len(), 1);
}

#[tokio::test]
async fn an_older_token_does_not_bring_back_what_was_taken() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let first = house.token("hall", "witness");
    let witness = Seat::join_as(&house, &first, &request()).await;
    house.wire.permit("hall", "witness", only_sound()).await;
    drop(witness);
    let mut again = Seat::join_as(&house, &first, &request()).await;
    assert!(!may_publish(&mut again, "cam", camera()).await);
    // Control: the application gives a token anew, and that one counts in full.
    tokio::time::sleep(Duration::from_millis(2)).await;
    let mut anew = Seat::join(&house, "hall", "witness").await;
    assert!(may_publish(&mut anew, "cam", camera()).await);
    mediator.drain().await;
}

#[tokio::test]
async fn a_publisher_is_told_once_that_somebody_it_sees_receives_it() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    // The observer sees the applicant, who does not see the observer.
    let mut pairs = std::collections::HashSet::from([pair("applicant", "observer")]);
    house.wire.flip("sitting", pairs.clone()).await.announce().await;
    let mut applicant = Seat::join(&house, "sitting", "applicant").await;
    let mut observer = Seat::join(&house, "sitting", "observer").await;
    let track = applicant.publish("cam", camera()).await;
    applicant.drain().await;
    assert_eq!(observer.negotiate().await.mid_to_track_id.len(), 1, "control: it is received");
    applicant.expect_nothing().await;
    pairs.extend([pair("applicant", "mediator"), pair("mediator", "applicant")]);
    house.wire.flip("sitting", pairs).await.announce().await;
    let mut mediator = Seat::join(&house, "sitting", "mediator").await;
    applicant.drain().await;
    for _ in 0..2 {
        mediator.negotiate().await;
    }
    let subscribed: Vec<_> = applicant
        .drain()
        .await
        .into_iter()
        .filter_map(|message| match message {
            Response::TrackSubscribed(subscribed) => Some(subscribed.track_sid),
            _ => None,
        })
        .collect();
    assert_eq!(subscribed, [track.sid]);
}

#[tokio::test]
async fn t12_revoking_a_token_ends_its_socket_within_two_seconds() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut stranger = Seat::join(&house, "hall", "stranger").await;
    mediator.drain().await;
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_millis();
    let since = Instant::now();
    house.wire.revoke("hall", "stranger", u64::try_from(now).expect("fits")).await;
    let leave = stranger
        .expect("leave", |message| match message {
            Response::Leave(leave) => Some(*leave),
            _ => None,
        })
        .await;
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    assert_eq!((leave.reason(), leave.action()), (DisconnectReason::ParticipantRemoved, Action::Disconnect));
    stranger.closed().await;
    assert_eq!(mediator.update().await[0].identity, "stranger");
    // Control: the mediator's own token is as old, and good.
    assert!(knock(&house, &mediator.token, &request()).await.is_ok());
}

/// What an application would keep in its database.
#[derive(Default)]
struct Shelf {
    kept: Mutex<HashMap<(String, String), u64>>,
    broken: Mutex<bool>,
}

impl RevocationStore for Shelf {
    fn keep(&self, one: Revocation) -> BoxFuture<'_, Result<(), OutOfReach>> {
        self.kept.lock().expect("shelf").insert((one.room, one.identity), one.not_before_ms);
        std::future::ready(Ok(())).boxed()
    }

    fn find<'a>(
        &'a self,
        room: &'a str,
        identity: &'a str,
    ) -> BoxFuture<'a, Result<Option<u64>, OutOfReach>> {
        let found = if *self.broken.lock().expect("shelf") {
            Err(OutOfReach("the database is away".into()))
        } else {
            Ok(self.kept.lock().expect("shelf").get(&(room.to_owned(), identity.to_owned())).copied())
        };
        std::future::ready(found).boxed()
    }
}

#[tokio::test]
async fn t12_a_revocation_outlasts_a_restart_when_it_is_kept() {
    let shelf = Arc::new(Shelf::default());
    let open = |revocations: Option<Arc<dyn RevocationStore>>| {
        House::open(WireConfig { open_rooms: true, revocations, ..WireConfig::new("devkey", "secret") })
    };
    let house = open(Some(shelf.clone())).await;
    let stranger = Seat::join(&house, "hall", "stranger").await;
    house.wire.remove("hall", "stranger", LeaveReason::Removed).await;
    let restarted = open(Some(shelf.clone())).await;
    assert!(knock(&restarted, &stranger.token, &request()).await.is_err());
    Seat::join(&restarted, "hall", "mediator").await;
    // Out of reach, the list lets nobody in.
    *shelf.broken.lock().expect("shelf") = true;
    let refused = knock(&restarted, &house.token("hall", "mediator"), &request()).await.err();
    assert!(refused.is_some_and(|why| why.contains("503")));
    // Control: without the shelf the removed one is back after a restart.
    let forgetful = open(None).await;
    assert!(knock(&forgetful, &stranger.token, &request()).await.is_ok());
}

#[tokio::test]
async fn tokens_are_renewed_while_connected_and_each_new_one_is_good() {
    let config = WireConfig {
        open_rooms: true,
        refresh: Duration::from_millis(600),
        ..WireConfig::new("devkey", "secret")
    };
    let house = House::open(config).await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let first = mediator.token.clone();
    let renewed = mediator
        .expect("a fresh token", |message| match message {
            Response::RefreshToken(token) => Some(token.clone()),
            _ => None,
        })
        .await;
    assert_ne!(first, renewed);
    Seat::join_as(&house, &renewed, &request()).await;
}
