//! Who may have which track, as publishers and subscribers say themselves; and what a returning client says of it.

use livekit::proto::{
    JoinRequest, LeaveRequest, Request, Response, SubscriptionPermission, SubscriptionPermissionUpdate,
    SyncState, TrackPermission, UpdateSubscription,
};

use crate::house::House;
use crate::publishing::{camera, microphone};
use crate::seat::{Seat, knock, request};

fn permissions(said: &[Response]) -> Vec<SubscriptionPermissionUpdate> {
    said.iter()
        .filter_map(|message| match message {
            Response::SubscriptionPermissionUpdate(update) => Some(update.clone()),
            _ => None,
        })
        .collect()
}

fn only(identity: &str, tracks: &[&str]) -> Request {
    Request::SubscriptionPermission(SubscriptionPermission {
        all_participants: false,
        track_permissions: vec![TrackPermission {
            participant_identity: identity.to_owned(),
            track_sids: tracks.iter().map(ToString::to_string).collect(),
            ..TrackPermission::default()
        }],
    })
}

#[tokio::test]
async fn a_publisher_says_who_may_have_its_tracks_and_those_concerned_are_told() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let camera = applicant.publish("cam", camera()).await;
    let microphone = applicant.publish("mic", microphone()).await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut respondent = Seat::join(&house, "hall", "respondent").await;
    for seat in [&mut mediator, &mut respondent] {
        assert_eq!(seat.negotiate().await.mid_to_track_id.len(), 2);
        seat.drain().await;
    }
    applicant.send(only("mediator", &[&camera.sid])).await;
    applicant.drain().await;
    let told = permissions(&respondent.drain().await);
    assert!(told.iter().all(|update| !update.allowed && update.participant_sid == applicant.sid));
    assert_eq!(told.len(), 2);
    assert!(respondent.negotiate().await.mid_to_track_id.is_empty());
    let told = permissions(&mediator.drain().await);
    assert_eq!(told.iter().map(|update| &update.track_sid).collect::<Vec<_>>(), [&microphone.sid]);
    let left: Vec<_> = mediator.negotiate().await.mid_to_track_id.into_values().collect();
    assert_eq!(left, [camera.sid], "control: what is allowed goes on");
    let everyone = SubscriptionPermission { all_participants: true, track_permissions: Vec::new() };
    applicant.send(Request::SubscriptionPermission(everyone)).await;
    applicant.drain().await;
    assert!(permissions(&respondent.drain().await).iter().all(|update| update.allowed));
    assert_eq!(respondent.negotiate().await.mid_to_track_id.len(), 2);
}

#[tokio::test]
async fn how_many_are_in_the_room_is_told_when_it_changes_for_the_one_told() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    mediator.drain().await;
    let counts = |said: Vec<Response>| -> Vec<u32> {
        said.into_iter()
            .filter_map(|message| match message {
                Response::RoomUpdate(update) => update.room.map(|room| room.num_participants),
                _ => None,
            })
            .collect()
    };
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    assert_eq!(counts(mediator.drain().await), [2]);
    applicant.publish("mic", microphone()).await;
    assert!(counts(mediator.drain().await).is_empty(), "a track is no person");
    applicant.send(Request::Leave(LeaveRequest::default())).await;
    applicant.closed().await;
    assert_eq!(counts(mediator.drain().await), [1]);
}

#[tokio::test]
async fn a_returning_client_says_again_what_it_had_refused() {
    let house = House::plain().await;
    let mut applicant = Seat::join(&house, "hall", "applicant").await;
    let camera = applicant.publish("cam", camera()).await;
    let microphone = applicant.publish("mic", microphone()).await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    assert_eq!(mediator.negotiate().await.mid_to_track_id.len(), 2);
    let (sid, token) = mediator.vanish().await;
    let back = JoinRequest { reconnect: true, participant_sid: sid, ..request() };
    let (mut mediator, first) = knock(&house, &token, &back).await.expect("comes back");
    assert!(matches!(first, Response::Reconnect(_)));
    let refused = UpdateSubscription { track_sids: vec![camera.sid], subscribe: false, ..Default::default() };
    let state = SyncState { subscription: Some(refused), ..SyncState::default() };
    mediator.send(Request::SyncState(state)).await;
    mediator.drain().await;
    let left: Vec<_> = mediator.negotiate().await.mid_to_track_id.into_values().collect();
    assert_eq!(left, [microphone.sid]);
}

#[tokio::test]
async fn what_arrives_late_over_an_older_connection_changes_nothing() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    let mut old = Seat::join(&house, "hall", "applicant").await;
    mediator.drain().await;
    // The client came back by a new connection before the old one was known to be lost.
    let back = JoinRequest { reconnect: true, participant_sid: old.sid.clone(), ..request() };
    let (mut new, _) = knock(&house, &old.token, &back).await.expect("comes back");
    old.send(Request::Leave(LeaveRequest::default())).await;
    old.closed().await;
    new.drain().await;
    mediator.expect_nothing().await;
    // Control: over the new one it leaves.
    new.send(Request::Leave(LeaveRequest::default())).await;
    assert_eq!(mediator.update().await[0].identity, "applicant");
}
