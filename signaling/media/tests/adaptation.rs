//! Stories of short lines: the sound stays, the picture shrinks or rests and comes back; publishers are told what is
//! watched, people how well they are connected.

mod far_end;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use far_end::{FarEnd, media};
use media::{ConnectionQuality, Kind, PeerEvent, Quality, TrackId, Wish};

/// A publisher of sound and a picture in three layers (160, 480 and 800 kbit/s), and a viewer of it.
async fn applicant_and_mediator(room: &media::Room) -> (FarEnd, FarEnd, TrackId) {
    let mut applicant = FarEnd::join(room, 'a').await;
    let mut mediator = FarEnd::join(room, 'm').await;
    applicant.publish(Kind::Audio, &[]).await;
    let picture = applicant.publish(Kind::Video, &["q", "h", "f"]).await;
    mediator.offer_again().await;
    sees(&mediator, 'f').await;
    (applicant, mediator, picture)
}

/// Waits until the latest picture is of a layer.
async fn sees(viewer: &FarEnd, layer: char) {
    viewer
        .wait(&format!("layer {layer}"), |state| {
            let last = state.heard.iter().rev().find(|heard| heard.kind == Kind::Video)?;
            (last.layer == layer && last.created.elapsed() < Duration::from_secs(1)).then_some(())
        })
        .await;
}

/// Waits until the picture rests, or goes on.
async fn rests(viewer: &mut FarEnd, picture: &TrackId, wanted: bool) {
    viewer
        .event(if wanted { "the picture rests" } else { "the picture goes on" }, |event| match event {
            PeerEvent::StreamState { id, paused } if id == *picture && paused == wanted => Some(()),
            _ => None,
        })
        .await;
}

/// Share of the sound's packets that came, of those made in the next two seconds.
async fn sound_kept(viewer: &FarEnd) -> f64 {
    let from = Instant::now();
    let first = viewer.hears('a', Kind::Audio).await.number;
    let last = viewer
        .wait("two seconds of sound", |state| {
            let last = state.heard.iter().rev().find(|heard| heard.kind == Kind::Audio)?;
            (last.created > from + Duration::from_secs(2)).then_some(last.number)
        })
        .await;
    let numbers: HashSet<_> = viewer
        .state()
        .heard
        .iter()
        .filter(|heard| heard.kind == Kind::Audio && (first..=last).contains(&heard.number))
        .map(|heard| heard.number)
        .collect();
    f64::from(u32::try_from(numbers.len()).expect("few")) / f64::from(last - first + 1)
}

#[tokio::test]
async fn a_short_line_keeps_the_sound_sheds_the_picture_and_gets_it_back() {
    let media = media();
    let room = media.room("short line");
    let (applicant, mut mediator, picture) = applicant_and_mediator(&room).await;
    // 360 kbit/s: the smallest picture fits.
    mediator.state().limit_in = Some(45_000);
    let began = Instant::now();
    sees(&mediator, 'q').await;
    println!("down to the smallest picture in {:?}", began.elapsed());
    let kept = sound_kept(&mediator).await;
    assert!(kept > 0.97, "{kept} of the sound came while the small picture flowed");
    // 80 kbit/s: nothing but sound does.
    mediator.state().limit_in = Some(10_000);
    let began = Instant::now();
    rests(&mut mediator, &picture, true).await;
    println!("picture paused after {:?}", began.elapsed());
    let kept = sound_kept(&mediator).await;
    assert!(kept > 0.9, "{kept} of the sound came while the picture rested");
    // The line is whole again.
    mediator.state().limit_in = None;
    let began = Instant::now();
    rests(&mut mediator, &picture, false).await;
    println!("picture back after {:?}", began.elapsed());
    mediator.hears('a', Kind::Video).await;
    sees(&mediator, 'f').await;
    println!("whole picture back after {:?}", began.elapsed());
    let state = mediator.state();
    let mut pictures: Vec<_> = state.heard.iter().filter(|heard| heard.kind == Kind::Video).collect();
    // What was sent again came late.
    pictures.sort_by_key(|heard| heard.sequence);
    assert!(
        pictures.windows(2).all(|pair| pair[0].layer == pair[1].layer
            || pair[1].keyframe
            || pair[1].sequence > pair[0].sequence + 1),
        "layers change at keyframes"
    );
    drop(state);
    drop(applicant);
}

#[tokio::test]
async fn a_line_that_only_loses_keeps_its_picture() {
    // A sixth of everything is lost, however little is sent: sending less would not help. Until that is sure the
    // picture may shrink for a while.
    let media = media();
    let room = media.room("bad radio");
    let (_applicant, mediator, _) = applicant_and_mediator(&room).await;
    mediator.state().lose_in = 6;
    tokio::time::sleep(Duration::from_secs(12)).await;
    sees(&mediator, 'f').await;
    assert!(sound_kept(&mediator).await > 0.75);
}

#[tokio::test]
async fn a_picture_shrinks_for_the_short_line_only() {
    let media = media();
    let room = media.room("two lines");
    let (_applicant, mediator, _) = applicant_and_mediator(&room).await;
    let mut respondent = FarEnd::join(&room, 'r').await;
    respondent.offer_again().await;
    sees(&respondent, 'f').await;
    respondent.state().limit_in = Some(45_000);
    sees(&respondent, 'q').await;
    sees(&mediator, 'f').await;
    let from = Instant::now();
    mediator.hears('a', Kind::Video).await;
    assert!(
        mediator.created_after('a', from).iter().all(|heard| heard.kind == Kind::Audio || heard.layer == 'f')
    );
}

#[tokio::test]
async fn what_a_subscriber_puts_first_is_served_first() {
    let media = media();
    let room = media.room("priority");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut respondent = FarEnd::join(&room, 'r').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    let pictures = [
        applicant.publish(Kind::Video, &["q", "h", "f"]).await,
        respondent.publish(Kind::Video, &["q", "h", "f"]).await,
    ];
    mediator.offer_again().await;
    for who in ['a', 'r'] {
        mediator.hears(who, Kind::Video).await;
    }
    // 240 kbit/s: one smallest picture fits.
    mediator.state().limit_in = Some(30_000);
    // Unsaid comes last; of what was said the smaller number comes first.
    for ([first, second], shown, rests) in [([0, 1], 'r', 'a'), ([1, 2], 'a', 'r')] {
        for (picture, priority) in pictures.iter().zip([first, second]) {
            let wish = Wish { priority, ..Wish::default() };
            room.track_setting(mediator.id, picture.clone(), wish).await;
        }
        let seen = |who: char, within: u64| {
            move |heard: &&far_end::Heard| {
                let fresh = heard.created.elapsed() < Duration::from_millis(within);
                heard.kind == Kind::Video && heard.from == who && fresh
            }
        };
        mediator
            .wait(&format!("{shown} and not {rests}"), |state| {
                let mut all = state.heard.iter().rev().take(2000);
                let some = all.clone().any(|heard| seen(shown, 500)(&heard));
                (some && !all.any(|heard| seen(rests, 2500)(&heard))).then_some(())
            })
            .await;
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as a stream of events hands it over")]
fn layers_wanted(event: PeerEvent) -> Option<[bool; 3]> {
    if let PeerEvent::LayersWanted { wanted, .. } = event { Some(wanted) } else { None }
}

#[tokio::test]
async fn nobody_need_encode_what_nobody_watches_and_hidden_watchers_do_not_show() {
    let media = media();
    let room = media.room("dynacast");
    room.govern().await;
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    let mut observer = FarEnd::join(&room, 'o').await;
    let waiting = FarEnd::join(&room, 'w').await;
    let picture = applicant.publish(Kind::Video, &["q", "h", "f"]).await;
    // The observer is not seen by the applicant; who waits sees nobody.
    room.set_visibility(HashSet::from([
        (applicant.id, mediator.id),
        (mediator.id, applicant.id),
        (applicant.id, observer.id),
    ]))
    .await;
    mediator.offer_again().await;
    observer.offer_again().await;
    sees(&observer, 'f').await;
    for peer in [observer.id, waiting.id] {
        room.track_setting(peer, picture.clone(), Wish::of(Quality::High)).await;
    }
    let asked = Instant::now();
    room.track_setting(mediator.id, picture.clone(), Wish::of(Quality::Low)).await;
    let wanted = applicant.event("layers no longer used", layers_wanted).await;
    assert_eq!(wanted, [true, false, false], "neither hidden nor waiting people count");
    assert!(asked.elapsed() > Duration::from_secs(3), "not before they are surely unused");
    room.track_setting(mediator.id, picture.clone(), Wish::of(Quality::Medium)).await;
    assert_eq!(applicant.event("a layer is used again", layers_wanted).await, [true, true, false]);
    // A viewer that hides the picture uses nothing of it; the smallest layer stays for the next one.
    room.track_setting(mediator.id, picture, Wish { disabled: true, ..Wish::default() }).await;
    assert_eq!(applicant.event("nobody watches", layers_wanted).await, [true, false, false]);
}

/// The next qualities told of a peer.
fn quality_of(of: media::PeerId) -> impl FnMut(PeerEvent) -> Option<ConnectionQuality> {
    move |event| match event {
        PeerEvent::ConnectionQuality(score) if score.peer == of => Some(score.quality),
        _ => None,
    }
}

#[tokio::test]
async fn a_bad_connection_is_told_to_itself_and_to_who_may_see_it() {
    let media = media();
    let room = media.room("scores");
    room.govern().await;
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    let mut respondent = FarEnd::join(&room, 'r').await;
    applicant.publish(Kind::Audio, &[]).await;
    applicant.publish(Kind::Video, &[]).await;
    room.set_visibility(HashSet::from([(applicant.id, mediator.id), (mediator.id, applicant.id)])).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Video).await;
    let of = mediator.id;
    assert_eq!(mediator.event("own quality", quality_of(of)).await, ConnectionQuality::Excellent);
    assert_eq!(applicant.event("the mediator's quality", quality_of(of)).await, ConnectionQuality::Excellent);
    mediator.state().lose_in = 4;
    assert_eq!(mediator.event("own quality falls", quality_of(of)).await, ConnectionQuality::Poor);
    assert_eq!(applicant.event("the mediator's falls", quality_of(of)).await, ConnectionQuality::Poor);
    // Who hears nothing more of the applicant is told it is lost; the applicant itself never is.
    applicant.freeze(true);
    let of = applicant.id;
    let lost = |event| quality_of(of)(event).filter(|quality| *quality == ConnectionQuality::Lost);
    mediator.event("the applicant is lost", lost).await;
    while let Ok(event) = applicant.events.try_recv() {
        assert_ne!(quality_of(of)(event), Some(ConnectionQuality::Lost));
    }
    let own = respondent.id;
    while let Ok(event) = respondent.events.try_recv() {
        let told = if let PeerEvent::ConnectionQuality(score) = event { Some(score.peer) } else { None };
        assert!(told.is_none_or(|peer| peer == own), "the respondent sees nobody");
    }
}

#[tokio::test]
async fn who_takes_breath_does_not_flicker() {
    let media = media();
    let room = media.room("breath");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    applicant.publish(Kind::Audio, &[]).await;
    mediator.offer_again().await;
    let speaking = |event| match event {
        PeerEvent::Levels(levels) => levels.first().map(|(_, _, speaking)| *speaking),
        _ => None,
    };
    assert!(mediator.event("speech", speaking).await);
    for _ in 0..4 {
        applicant.speak(-80);
        tokio::time::sleep(Duration::from_millis(250)).await;
        applicant.speak(-20);
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    while let Ok(event) = mediator.events.try_recv() {
        assert_ne!(speaking(event), Some(false), "breath was taken for silence");
    }
    applicant.speak(-80);
    mediator.event("silence", |event| speaking(event).filter(|speaking| !speaking)).await;
}
