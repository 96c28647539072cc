//! Stories of pictures, over real UDP: which layer is sent, when keyframes are asked for, what is sent again.

mod far_end;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use far_end::{FarEnd, media};
use media::{Kind, PeerEvent, Quality, Wish};

#[tokio::test]
async fn the_asked_layer_is_sent_and_switches_at_a_keyframe_without_a_hole() {
    let media = media();
    let room = media.room("layers");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    let track = applicant.publish(Kind::Video, &["q", "h", "f"]).await;
    let layers = applicant
        .event("the track bound", |event| match event {
            PeerEvent::TrackBound { simulcast, .. } => Some(simulcast),
            _ => None,
        })
        .await;
    assert_eq!(layers, ["q", "h", "f"]);
    mediator.offer_again().await;
    let layer = async |wanted: char| {
        mediator
            .wait(&format!("layer {wanted}"), |state| {
                state.heard.last().filter(|heard| heard.layer == wanted).cloned()
            })
            .await
    };
    layer('f').await;
    let mut took = Vec::new();
    for (quality, name) in
        [(Quality::Low, 'q'), (Quality::High, 'f'), (Quality::Medium, 'h'), (Quality::Low, 'q')]
    {
        let asked = Instant::now();
        room.track_setting(mediator.id, track.clone(), Wish::of(quality)).await;
        layer(name).await;
        took.push(asked.elapsed().as_millis());
    }
    println!("layer switches took {took:?} ms");
    let requests = applicant.state().keyframe_requests.len();
    assert!(requests <= 9, "{requests} keyframe requests for four switches");
    // The layer that flows falls silent (the publisher saves bandwidth): the next one takes over.
    room.track_setting(mediator.id, track.clone(), Wish::of(Quality::High)).await;
    layer('f').await;
    applicant.run(Kind::Video, Some('f'), false);
    layer('h').await;
    let state = mediator.state();
    let pairs = state.heard.windows(2);
    for pair in pairs {
        assert_eq!(pair[1].sequence, pair[0].sequence + 1, "sequence goes on");
        assert_eq!(pair[1].picture_id, (pair[0].picture_id + 1) & 0x7fff, "pictures go on");
        assert!(pair[1].timestamp.wrapping_sub(pair[0].timestamp) < 90_000 * 3, "time goes on");
        assert!(pair[0].layer == pair[1].layer || pair[1].keyframe, "a switch is at a keyframe");
        assert_eq!(pair[0].ssrc, pair[1].ssrc);
    }
}

#[tokio::test]
async fn keyframes_are_asked_for_together_and_only_by_the_connected() {
    let media = media();
    let room = media.room("keyframes");
    let mut applicant = FarEnd::join(&room, 'a').await;
    applicant.publish(Kind::Video, &[]).await;
    // A subscriber that is answered but never gets connected makes nobody send keyframes.
    let absent = FarEnd::enter(&room, 'x').await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(applicant.state().keyframe_requests.len(), 0, "nobody connected wants it");
    let mut seats = Vec::new();
    for name in ['m', 'r', 'l', 'c'] {
        seats.push(FarEnd::join(&room, name).await);
    }
    let began = Instant::now();
    for seat in &mut seats {
        seat.offer_again().await;
    }
    for seat in &seats {
        seat.hears('a', Kind::Video).await;
    }
    let took = began.elapsed();
    let requests = applicant.state().keyframe_requests.clone();
    println!("4 subscribers: {} requests in {took:?}", requests.len());
    assert!(!requests.is_empty() && requests.len() <= 3, "{} requests for four subscribers", requests.len());
    for pair in requests.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= Duration::from_millis(280), "too close");
    }
    drop(absent);
}

#[tokio::test]
async fn lost_packets_are_sent_again_on_both_legs() {
    let media = media();
    let room = media.room("loss");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Video, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Video).await;
    applicant.state().lose_out = 20;
    mediator.state().lose_in = 17;
    tokio::time::sleep(Duration::from_secs(2)).await;
    applicant.state().lose_out = 0;
    mediator.state().lose_in = 0;
    let (lost_up, lost_down) = (applicant.state().lost, mediator.state().lost);
    assert!(lost_up >= 5 && lost_down >= 5, "the injector works: {lost_up} up, {lost_down} down");
    mediator.hears('a', Kind::Video).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let numbers: HashSet<_> = mediator.state().heard.iter().map(|heard| heard.number).collect();
    let (first, last) = (numbers.iter().min().copied(), numbers.iter().max().copied());
    let all = last.zip(first).map_or(0, |(last, first)| last - first + 1);
    println!("lost {lost_up} up and {lost_down} down; {} of {all} packets arrived", numbers.len());
    assert_eq!(numbers.len(), usize::try_from(all).expect("few"), "every packet came at last");
}
