//! The older wire: the server offers on a second connection, one offer at a time.

use std::collections::HashSet;

use livekit::proto::leave_request::Action;
use livekit::proto::{Request, Response, SessionDescription, SignalTarget, SyncState, TrickleRequest};
use livekit::{Grant, Source};

use crate::house::House;
use crate::publishing::{camera, microphone};
use crate::seat::{Seat, knock, knock_older, request};

/// What a browser would answer: it takes everything, on its own credentials.
fn answer(offer: &SessionDescription, ufrag: &str) -> SessionDescription {
    let lines = offer.sdp.lines().filter(|line| {
        !["a=ssrc", "a=msid", "a=candidate", "a=end-of-candidates", "a=ice-lite"]
            .iter()
            .any(|dropped| line.starts_with(dropped))
    });
    let mut sdp = String::new();
    for line in lines {
        let line = match line.split_once(':').map_or(line, |(name, _)| name) {
            "a=sendonly" => "a=recvonly".to_owned(),
            "a=setup" => "a=setup:active".to_owned(),
            "a=ice-ufrag" => format!("a=ice-ufrag:{ufrag}"),
            "a=ice-pwd" => "a=ice-pwd:0123456789abcdefghijklmn".to_owned(),
            _ => line.to_owned(),
        };
        sdp.push_str(&line);
        sdp.push_str("\r\n");
    }
    SessionDescription { r#type: "answer".into(), sdp, id: offer.id, ..SessionDescription::default() }
}

fn offers(messages: &[Response]) -> Vec<SessionDescription> {
    let offer = |message: &Response| match message {
        Response::Offer(offer) => Some(offer.clone()),
        _ => None,
    };
    messages.iter().filter_map(offer).collect()
}

async fn offer(seat: &mut Seat) -> SessionDescription {
    let pick = |message: &Response| match message {
        Response::Offer(offer) => Some(offer.clone()),
        _ => None,
    };
    seat.expect("an offer", pick).await
}

fn ice_name(offer: &SessionDescription) -> &str {
    offer.sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).expect("credentials")
}

fn sections(offer: &SessionDescription) -> usize {
    offer.sdp.matches("\r\nm=audio").count() + offer.sdp.matches("\r\nm=video").count()
}

#[tokio::test]
async fn the_greeting_comes_first_and_then_an_offer_of_data_alone() {
    let house = House::plain().await;
    let mut applicant = Seat::join_older(&house, "hall", "applicant").await;
    assert!(applicant.joined.subscriber_primary);
    let info = applicant.joined.server_info.clone().expect("server info");
    assert_eq!(info.protocol, 9, "no more than the client knows");
    let first = offer(&mut applicant).await;
    assert_eq!((first.r#type.as_str(), first.id, sections(&first)), ("offer", 1, 0));
    assert!(first.sdp.contains("m=application") && first.sdp.contains("a=setup:actpass"), "{}", first.sdp);
    let trickle = TrickleRequest { target: SignalTarget::Subscriber.into(), ..TrickleRequest::default() };
    applicant.send(Request::Trickle(trickle)).await;
    applicant.send(Request::Answer(answer(&first, "sEaT"))).await;
    applicant.expect_nothing().await;
}

#[tokio::test]
async fn one_offer_is_out_and_what_changes_meanwhile_is_one_more_after_the_people_it_names() {
    let house = House::plain().await;
    let mut applicant = Seat::join_older(&house, "hall", "applicant").await;
    let first = offer(&mut applicant).await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    mediator.negotiate().await;
    mediator.publish("mic", microphone()).await;
    mediator.publish("cam", camera()).await;
    let before = applicant.drain().await;
    assert!(offers(&before).is_empty(), "the first one is not answered");
    let stranger = SessionDescription { id: 7, ..answer(&first, "sEaT") };
    applicant.send(Request::Answer(stranger)).await;
    assert!(offers(&applicant.drain().await).is_empty(), "that was no answer to it");
    assert!(before.iter().any(|message| matches!(message, Response::Update(update)
        if update.participants.iter().any(|one| one.sid == mediator.sid && one.tracks.len() == 2))));

    applicant.send(Request::Answer(answer(&first, "sEaT"))).await;
    let second = offer(&mut applicant).await;
    assert_eq!((second.id, sections(&second), second.mid_to_track_id.len()), (2, 2, 2));
    assert_eq!(ice_name(&second), ice_name(&first), "the same connection");
    for track in second.mid_to_track_id.values() {
        let name = format!("a=msid:{}|{track} {track}", mediator.sid);
        assert!(second.sdp.contains(&name), "{name} in {}", second.sdp);
    }
    applicant.send(Request::Answer(answer(&second, "sEaT"))).await;
    assert!(offers(&applicant.drain().await).is_empty(), "nothing more to tell");
}

#[tokio::test]
async fn sections_are_given_back_and_reused_with_fresh_sources() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    mediator.negotiate().await;
    mediator.publish("cam", camera()).await;
    let mut applicant = Seat::join_older(&house, "hall", "applicant").await;
    let first = offer(&mut applicant).await;
    applicant.send(Request::Answer(answer(&first, "sEaT"))).await;
    mediator.send(Request::Leave(livekit::proto::LeaveRequest::default())).await;
    let emptied = offer(&mut applicant).await;
    assert!(emptied.mid_to_track_id.is_empty() && emptied.sdp.contains("a=inactive"), "{}", emptied.sdp);
    assert!(!emptied.sdp.contains("a=ssrc:"), "an idle section names no source");
    applicant.send(Request::Answer(answer(&emptied, "sEaT"))).await;
    let mut lawyer = Seat::join(&house, "hall", "lawyer").await;
    lawyer.negotiate().await;
    lawyer.publish("cam", camera()).await;
    let again = offer(&mut applicant).await;
    assert_eq!(sections(&again), 1, "the same section");
    let sources = |offer: &SessionDescription| -> HashSet<String> {
        offer
            .sdp
            .lines()
            .filter_map(|line| line.strip_prefix("a=ssrc:")?.split(' ').next())
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(sources(&again).len(), 2);
    assert!(sources(&again).is_disjoint(&sources(&first)));
}

#[tokio::test]
async fn a_section_goes_to_another_track_only_by_way_of_empty() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    let flip = async |to_see: &str| {
        let pairs = HashSet::from([(to_see.to_owned(), "applicant".to_owned())]);
        house.wire.flip("sitting", pairs).await.announce().await;
    };
    let mut cameras = Vec::new();
    for name in ["mediator", "lawyer"] {
        let mut seat = Seat::join(&house, "sitting", name).await;
        seat.negotiate().await;
        seat.publish("cam", camera()).await;
        cameras.push(seat);
    }
    let mut applicant = Seat::join_older(&house, "sitting", "applicant").await;
    let begun = offer(&mut applicant).await;
    applicant.send(Request::Answer(answer(&begun, "sEaT"))).await;
    let mut mids = Vec::new();
    for (seen, count) in [("mediator", 1), ("lawyer", 2), ("mediator", 2), ("lawyer", 2)] {
        flip(seen).await;
        let next = offer(&mut applicant).await;
        assert_eq!((sections(&next), next.mid_to_track_id.len()), (count, 1), "{seen}");
        mids.extend(next.mid_to_track_id.keys().cloned());
        applicant.send(Request::Answer(answer(&next, "sEaT"))).await;
    }
    assert!(mids[0] != mids[1] && mids[0] == mids[2] && mids[1] == mids[3], "to and fro: {mids:?}");
}

#[tokio::test]
async fn t9_an_offer_names_nobody_who_may_not_be_seen() {
    let house = House::governed().await;
    house.wire.govern("sitting").await;
    let mut mediator = Seat::join(&house, "sitting", "mediator").await;
    mediator.negotiate().await;
    let track = mediator.publish("cam", camera()).await;
    let mut applicant = Seat::join_older(&house, "sitting", "applicant").await;
    let mut respondent = Seat::join_older(&house, "sitting", "respondent").await;
    for seat in [&mut applicant, &mut respondent] {
        let first = offer(seat).await;
        assert_eq!(sections(&first), 0);
        seat.send(Request::Answer(answer(&first, "sEaT"))).await;
        seat.drain().await;
    }
    let pairs = HashSet::from([("mediator".to_owned(), "applicant".to_owned())]);
    house.wire.flip("sitting", pairs).await.announce().await;
    // Control: the one inside is offered it.
    let inside = offer(&mut applicant).await;
    assert!(inside.mid_to_track_id.values().any(|named| *named == track.sid));
    // A wish for what may not be seen brings nothing either.
    let wish = livekit::proto::UpdateSubscription {
        track_sids: vec![track.sid.clone()],
        subscribe: true,
        ..Default::default()
    };
    respondent.send(Request::Subscription(wish)).await;
    let said = respondent.drain().await;
    assert!(offers(&said).is_empty(), "{said:?}");
}

#[tokio::test]
async fn whoever_may_only_publish_counts_on_that_connection_and_is_offered_nothing() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    mediator.negotiate().await;
    mediator.publish("mic", microphone()).await;
    let grant =
        Grant { can_subscribe: false, sources: vec![Source::Camera], ..Grant::new("hall", "screen", "") };
    let token = house.wire.token(grant).expect("token");
    let (mut screen, first) = knock_older(&house, &token, "").await.expect("joins");
    assert!(matches!(&first, Response::Join(join) if !join.subscriber_primary), "{first:?}");
    assert!(offers(&screen.drain().await).is_empty());
    let mids = screen.negotiate().await.mid_to_track_id;
    assert!(mids.is_empty());
}

#[tokio::test]
async fn a_return_restarts_ice_after_the_lost_answer_is_found() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    mediator.negotiate().await;
    let mut applicant = Seat::join_older(&house, "hall", "applicant").await;
    let first = offer(&mut applicant).await;
    applicant.send(Request::Answer(answer(&first, "sEaT"))).await;
    mediator.publish("cam", camera()).await;
    let second = offer(&mut applicant).await;
    // The answer to the second offer is lost with the connection.
    let (sid, token) = applicant.vanish().await;
    let (mut back, greeting) =
        knock_older(&house, &token, &format!("&reconnect=1&sid={sid}")).await.expect("back");
    assert!(matches!(greeting, Response::Reconnect(_)), "{greeting:?}");
    assert!(offers(&back.drain().await).is_empty(), "first it must be clear what the client knows");
    let state = SyncState { answer: Some(answer(&second, "sEaT")), ..SyncState::default() };
    back.send(Request::SyncState(state)).await;
    let third = offer(&mut back).await;
    assert_eq!((third.id, sections(&third)), (3, 1), "the section the client has is not added again");
    assert_eq!(third.mid_to_track_id, second.mid_to_track_id);
    assert_ne!(ice_name(&third), ice_name(&second), "ICE begins anew");
    back.send(Request::Answer(answer(&third, "nEwS"))).await;
    back.expect_nothing().await;
}

#[tokio::test]
async fn a_return_of_one_who_never_had_the_offer_is_offered_the_same_anew() {
    let house = House::plain().await;
    let mut mediator = Seat::join(&house, "hall", "mediator").await;
    mediator.negotiate().await;
    let mut applicant = Seat::join_older(&house, "hall", "applicant").await;
    let first = offer(&mut applicant).await;
    let known = answer(&first, "sEaT");
    applicant.send(Request::Answer(known.clone())).await;
    mediator.publish("cam", camera()).await;
    offer(&mut applicant).await;
    let (sid, token) = applicant.vanish().await;
    let (mut back, _) = knock_older(&house, &token, &format!("&reconnect=1&sid={sid}")).await.expect("back");
    back.send(Request::SyncState(SyncState { answer: Some(known), ..SyncState::default() })).await;
    let again = offer(&mut back).await;
    assert_eq!((sections(&again), again.mid_to_track_id.len()), (1, 1));
    back.send(Request::Answer(answer(&again, "nEwS"))).await;
    back.expect_nothing().await;
}

#[tokio::test]
async fn a_session_is_not_resumed_on_the_other_wire() {
    let house = House::plain().await;
    let applicant = Seat::join_older(&house, "hall", "applicant").await;
    let (sid, token) = applicant.vanish().await;
    let returning = livekit::proto::JoinRequest { reconnect: true, participant_sid: sid, ..request() };
    let (_, first) = knock(&house, &token, &returning).await.expect("heard");
    assert!(matches!(&first, Response::Leave(leave) if leave.action() == Action::Reconnect), "{first:?}");
}
