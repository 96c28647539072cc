//! A governed room: nobody is told of anybody until the application lets them see each other.

use std::collections::HashSet;

use livekit::proto::participant_info::State;
use livekit::proto::{MuteTrackRequest, Request, Response, SubscriptionError, UpdateSubscription};
use livekit::{LeaveReason, Wire};

use crate::house::House;
use crate::publishing::{camera, microphone};
use crate::seat::Seat;

/// Everyone in a group sees everyone in it.
fn together(groups: &[&[&str]]) -> HashSet<(String, String)> {
    let mut pairs = HashSet::new();
    for group in groups {
        for from in *group {
            for to in group.iter().filter(|to| *to != from) {
                pairs.insert(((*from).to_owned(), (*to).to_owned()));
            }
        }
    }
    pairs
}

async fn switch(wire: &Wire, groups: &[&[&str]]) {
    wire.flip("sitting", together(groups)).await.announce().await;
}

fn people(said: &[Response]) -> Vec<(String, State)> {
    said.iter()
        .filter_map(|message| match message {
            Response::Update(update) => Some(update),
            _ => None,
        })
        .flat_map(|update| update.participants.iter().map(|info| (info.identity.clone(), info.state())))
        .collect()
}

#[tokio::test]
async fn a_sitting_from_the_lobby_over_the_joint_room_to_a_caucus_and_back() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;

    // 1. In the lobby everyone is alone, in what is said as well.
    let mut mediator = Seat::join(&house, "sitting", "mediator").await;
    let mut applicant = Seat::join(&house, "sitting", "applicant").await;
    let mut respondent = Seat::join(&house, "sitting", "respondent").await;
    for seat in [&mut mediator, &mut applicant, &mut respondent] {
        assert!(seat.joined.other_participants.is_empty());
        assert_eq!(seat.joined.room.as_ref().expect("room").num_participants, 1);
        seat.negotiate().await;
        seat.publish("mic", microphone()).await;
    }
    for seat in [&mut mediator, &mut applicant, &mut respondent] {
        let own = seat.identity.clone();
        let said = seat.drain().await;
        assert!(people(&said).iter().all(|(who, _)| *who == own), "{own} was told {said:?}");
    }

    // 2. All are admitted: each is told of both others, with their tracks, in one message.
    switch(&house.wire, &[&["mediator", "applicant", "respondent"]]).await;
    let told = applicant.update().await;
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|info| info.tracks.len() == 1));
    assert_eq!(applicant.negotiate().await.mid_to_track_id.len(), 2);
    mediator.drain().await;
    respondent.drain().await;

    // 3. A caucus with the applicant: the respondent is told that both are gone, and nothing else from then on.
    switch(&house.wire, &[&["mediator", "applicant"]]).await;
    let mut gone = people(&respondent.drain().await);
    gone.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(gone, [("applicant".into(), State::Disconnected), ("mediator".into(), State::Disconnected)]);
    assert!(respondent.negotiate().await.mid_to_track_id.is_empty());
    applicant.drain().await;
    respondent.drain().await;
    let track = applicant.publish("cam", camera()).await;
    applicant.send(Request::Mute(MuteTrackRequest { sid: track.sid.clone(), muted: true })).await;
    applicant.drain().await;
    respondent.expect_nothing().await;
    assert!(
        people(&mediator.drain().await).iter().any(|(who, _)| who == "applicant"),
        "control: the mediator is told"
    );

    // 4. A track sid heard of elsewhere opens nothing.
    let wish = UpdateSubscription { track_sids: vec![track.sid], subscribe: true, ..Default::default() };
    respondent.send(Request::Subscription(wish)).await;
    let said = respondent.drain().await;
    let [Response::SubscriptionResponse(refused)] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(refused.err(), SubscriptionError::SeTrackNotfound);
    assert!(respondent.negotiate().await.mid_to_track_id.is_empty());

    // 5. Someone who joins during the caucus is told of nobody.
    let mut lawyer = Seat::join(&house, "sitting", "lawyer").await;
    assert!(lawyer.joined.other_participants.is_empty());
    lawyer.negotiate().await;
    lawyer.expect_nothing().await;

    // 6. Back together: the same people, under the same sids.
    switch(&house.wire, &[&["mediator", "applicant", "respondent", "lawyer"]]).await;
    let told = respondent.update().await;
    assert_eq!(told.len(), 3);
    let again = told.iter().find(|info| info.identity == "applicant").expect("the applicant");
    assert_eq!((again.sid.as_str(), again.tracks.len()), (applicant.sid.as_str(), 2));
}

#[tokio::test]
async fn between_flip_and_announcement_the_removed_are_silent_and_the_new_not_yet_told() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    let mut applicant = Seat::join(&house, "sitting", "applicant").await;
    let mut respondent = Seat::join(&house, "sitting", "respondent").await;
    let mut lawyer = Seat::join(&house, "sitting", "lawyer").await;
    switch(&house.wire, &[&["applicant", "respondent"]]).await;
    for seat in [&mut applicant, &mut respondent, &mut lawyer] {
        seat.negotiate().await;
        seat.drain().await;
    }
    let flip = house.wire.flip("sitting", together(&[&["applicant", "lawyer"]])).await;
    assert!(flip.generation > 0);
    respondent.publish("mic", microphone()).await;
    let said = people(&applicant.drain().await);
    assert!(said.iter().all(|(who, state)| who == "respondent" && *state == State::Disconnected), "{said:?}");
    lawyer.expect_nothing().await;
    flip.announce().await;
    assert_eq!(people(&lawyer.drain().await), [("applicant".to_owned(), State::Joined)]);
}

#[tokio::test]
async fn pairs_hold_for_whoever_connects_later_or_again() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    switch(&house.wire, &[&["mediator", "applicant"]]).await;
    let mut mediator = Seat::join(&house, "sitting", "mediator").await;
    let mut respondent = Seat::join(&house, "sitting", "respondent").await;
    mediator.drain().await;
    for _ in 0..2 {
        let applicant = Seat::join(&house, "sitting", "applicant").await;
        assert_eq!(applicant.joined.other_participants[0].identity, "mediator");
        let told = people(&mediator.drain().await);
        assert!(told.iter().any(|(who, _)| who == "applicant"));
        respondent.expect_nothing().await;
    }
}

#[tokio::test]
async fn governing_twice_keeps_what_was_decided() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    switch(&house.wire, &[&["mediator", "applicant"]]).await;
    house.wire.govern("sitting").await;
    Seat::join(&house, "sitting", "mediator").await;
    let applicant = Seat::join(&house, "sitting", "applicant").await;
    assert_eq!(applicant.joined.other_participants.len(), 1);
}

#[tokio::test]
async fn a_governed_room_that_ended_is_never_opened_again_as_a_plain_one() {
    let house = House::plain().await;
    house.wire.govern("sitting").await;
    let applicant = house.token("sitting", "applicant");
    house.wire.close_room("sitting", LeaveReason::RoomDeleted).await;
    Seat::join(&house, "sitting", "mediator").await;
    let seat = Seat::join_as(&house, &applicant, &crate::seat::request()).await;
    assert!(seat.joined.other_participants.is_empty());
    // Even where only the token remembers: another server, as after a restart.
    let restarted = House::plain().await;
    Seat::join_as(&restarted, &house.token("sitting", "mediator"), &crate::seat::request()).await;
    let seat = Seat::join_as(&restarted, &seat.token, &crate::seat::request()).await;
    assert!(seat.joined.other_participants.is_empty());
    // Control: with a token of a plain room they do see each other.
    Seat::join(&restarted, "hall", "mediator").await;
    assert_eq!(Seat::join(&restarted, "hall", "applicant").await.joined.other_participants.len(), 1);
}
