//! T1: after a flip was acknowledged, not one packet created later passes a removed pair.
//!
//! Packets are stamped with their creation. The detector is proven by a control: the same moves without the
//! flip let packets through.

mod far_end;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use far_end::{FarEnd, media};
use media::{Kind, Media, PeerId, Room};

/// The fastest way of a packet through this machine, and the grain of the sender's clock.
const MARGIN: Duration = Duration::from_millis(15);

struct Sitting {
    media: Media,
    room: Room,
    mediator: FarEnd,
    applicant: FarEnd,
    respondent: FarEnd,
}

impl Sitting {
    async fn open(governed: bool) -> Self {
        let media = media();
        let room = media.room("sitting");
        if governed {
            room.govern().await;
        }
        let mut seats = Vec::new();
        for name in ['m', 'a', 'r'] {
            let mut seat = FarEnd::join(&room, name).await;
            seat.publish(Kind::Audio, &[]).await;
            seat.publish(Kind::Video, &[]).await;
            seats.push(seat);
        }
        let (respondent, applicant, mediator) =
            (seats.pop().expect("three"), seats.pop().expect("three"), seats.pop().expect("three"));
        Self { media, room, mediator, applicant, respondent }
    }

    fn joint(&self) -> HashSet<(PeerId, PeerId)> {
        let all = [self.mediator.id, self.applicant.id, self.respondent.id];
        all.iter().flat_map(|from| all.iter().filter(move |to| *to != from).map(|to| (*from, *to))).collect()
    }

    fn caucus(&self, with: PeerId) -> HashSet<(PeerId, PeerId)> {
        HashSet::from([(self.mediator.id, with), (with, self.mediator.id)])
    }

    async fn offer_all(&mut self) {
        for seat in [&mut self.mediator, &mut self.applicant, &mut self.respondent] {
            if seat.room.requirement(seat.id).await.is_some() {
                seat.offer_again().await;
            }
        }
    }

    async fn everybody_hears_everybody(&self) {
        for (seat, others) in
            [(&self.mediator, ['a', 'r']), (&self.applicant, ['m', 'r']), (&self.respondent, ['m', 'a'])]
        {
            for other in others {
                seat.hears(other, Kind::Audio).await;
                seat.hears(other, Kind::Video).await;
            }
        }
    }
}

#[tokio::test]
async fn a_governed_room_shows_nobody_until_told() {
    let mut sitting = Sitting::open(true).await;
    sitting.offer_all().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    for seat in [&sitting.mediator, &sitting.applicant, &sitting.respondent] {
        assert!(seat.state().heard.is_empty(), "heard something in the lobby");
    }
    assert!(sitting.room.hearing().await.is_empty());
}

/// What was said in a private talk stays there, however late it arrives: the applicant's line stands still, the talk
/// ends, and then all of it comes.
#[tokio::test]
async fn t1_the_last_words_of_a_caucus_stay_in_it_however_late_they_come() {
    let mut sitting = Sitting::open(true).await;
    sitting.room.set_visibility(sitting.joint()).await;
    sitting.offer_all().await;
    sitting.everybody_hears_everybody().await;
    sitting.room.set_visibility(sitting.caucus(sitting.applicant.id)).await;
    sitting.mediator.hears('a', Kind::Audio).await;
    let stuck = Instant::now();
    sitting.applicant.state().held = Some(Vec::new());
    tokio::time::sleep(Duration::from_millis(500)).await;
    sitting.room.set_visibility(sitting.joint()).await;
    let opened = Instant::now();
    sitting.offer_all().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    sitting.applicant.state().release();
    sitting.everybody_hears_everybody().await;
    let said_before = |seat: &FarEnd| {
        let heard = seat.created_after('a', stuck);
        heard.iter().filter(|packet| packet.created + MARGIN < opened).count()
    };
    assert_eq!(said_before(&sitting.respondent), 0, "said in private, heard by the other side");
    // The control: the same packets came to the mediator, who was there.
    assert!(said_before(&sitting.mediator) > 10, "nothing was late");
    assert!(sitting.media.stats().await.packets_held_back > 10);
}

#[tokio::test]
async fn a_caucus_is_private_from_the_acknowledgement_on() {
    let mut sitting = Sitting::open(true).await;
    let mut switches = Vec::new();
    let mut flips = Vec::new();
    for round in 0..6 {
        sitting.room.set_visibility(sitting.joint()).await;
        sitting.offer_all().await;
        sitting.everybody_hears_everybody().await;
        // Alternately with each side; every other time the caucus is opened while packets are being lost,
        // so that retransmissions of the other side's packets are outstanding.
        let lossy = round % 2 == 1;
        let (inside, outside) = if round % 4 < 2 { ('a', 'r') } else { ('r', 'a') };
        if lossy {
            sitting.applicant.state().lose_in = 5;
            sitting.respondent.state().lose_in = 5;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let with = if inside == 'a' { sitting.applicant.id } else { sitting.respondent.id };
        let began = Instant::now();
        let flipped = sitting.room.set_visibility(sitting.caucus(with)).await;
        let acknowledged = Instant::now();
        flips.push(began.elapsed());
        assert!(flipped.at <= acknowledged && !flipped.closed.is_empty());
        sitting.offer_all().await;
        sitting.applicant.state().lose_in = 0;
        sitting.respondent.state().lose_in = 0;
        let inner = if inside == 'a' { &sitting.applicant } else { &sitting.respondent };
        sitting.mediator.hears(inside, Kind::Video).await;
        inner.hears('m', Kind::Video).await;
        switches.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(250)).await;
        let outer = if inside == 'a' { &sitting.respondent } else { &sitting.applicant };
        assert_eq!(inner.created_after(outside, acknowledged).len(), 0, "the caucus hears outside");
        for other in ['m', inside] {
            assert_eq!(outer.created_after(other, acknowledged).len(), 0, "the caucus is heard outside");
        }
        assert_eq!(sitting.mediator.created_after(outside, acknowledged).len(), 0);
    }
    println!("flips took {flips:?}; to the first new picture {switches:?}");
}

#[tokio::test]
async fn control_without_the_flip_the_detector_finds_packets() {
    // A room nobody governs, and the same moves without the flip: what the test above forbids does happen.
    let mut sitting = Sitting::open(false).await;
    sitting.offer_all().await;
    sitting.everybody_hears_everybody().await;
    let moment = Instant::now();
    for (seat, other) in [(&sitting.applicant, 'r'), (&sitting.respondent, 'm')] {
        seat.hears(other, Kind::Video).await;
        assert!(!seat.created_after(other, moment).is_empty());
    }
}

#[tokio::test]
async fn revoke_and_grant_within_fifty_milliseconds_leaks_nothing() {
    let mut sitting = Sitting::open(true).await;
    sitting.room.set_visibility(sitting.joint()).await;
    sitting.offer_all().await;
    sitting.everybody_hears_everybody().await;
    for _ in 0..40 {
        sitting.room.set_visibility(sitting.caucus(sitting.applicant.id)).await;
        let hidden_from = Instant::now();
        tokio::time::sleep(Duration::from_millis(17)).await;
        // Everything created in this window is private for ever, whatever is granted later.
        let hidden_until = Instant::now();
        sitting.room.set_visibility(sitting.joint()).await;
        sitting.offer_all().await;
        sitting.respondent.hears('a', Kind::Audio).await;
        let leaked = sitting
            .respondent
            .created_after('a', hidden_from)
            .into_iter()
            .filter(|heard| heard.created < hidden_until.checked_sub(Duration::from_millis(5)).unwrap())
            .count();
        assert_eq!(leaked, 0, "packets of the private window came out later");
    }
}

#[tokio::test]
async fn a_track_that_left_and_returned_unseen_is_shown_as_new() {
    // Two flips before the client's next offer: to a browser a section that keeps its stream never changed, and
    // the application, which has let go of the old track, would wait for the new one for ever.
    let mut sitting = Sitting::open(true).await;
    sitting.room.set_visibility(sitting.joint()).await;
    sitting.offer_all().await;
    let before = sitting.mediator.offer_again().await.mid_to_track;
    assert_eq!(before.len(), 4);
    sitting.room.set_visibility(HashSet::new()).await;
    sitting.room.set_visibility(sitting.joint()).await;
    let mut rounds = 0;
    while sitting.room.requirement(sitting.mediator.id).await.is_some() {
        let after = sitting.mediator.offer_again().await.mid_to_track;
        if rounds == 0 {
            assert!(after.iter().all(|carried| !before.contains(carried)), "{before:?} {after:?}");
        }
        rounds += 1;
        assert!(rounds <= 2, "two offers suffice");
    }
    for name in ['a', 'r'] {
        sitting.mediator.hears(name, Kind::Audio).await;
        sitting.mediator.hears(name, Kind::Video).await;
    }
}

#[tokio::test]
async fn each_assignment_of_a_slot_has_a_fresh_source() {
    let mut sitting = Sitting::open(true).await;
    let mut sources = HashSet::new();
    let mut slots = HashSet::new();
    for _ in 0..4 {
        for (seat, name) in [(sitting.applicant.id, 'a'), (sitting.respondent.id, 'r')] {
            sitting.room.set_visibility(sitting.caucus(seat)).await;
            sitting.offer_all().await;
            let heard = sitting.mediator.hears(name, Kind::Video).await;
            assert!(sources.insert(heard.ssrc), "a source came back");
            slots.insert(heard.mid);
        }
    }
    assert_eq!(slots.len(), 1, "one section was reused all the time");
}

/// What came to a seat of somebody's media, by whatever way, this long after a moment.
fn came_late(seat: &FarEnd, from: char, moment: Instant) -> usize {
    let late = moment + Duration::from_millis(100);
    let state = seat.state();
    state.raw.iter().filter(|raw| raw.at > late && raw.stamp.is_some_and(|(maker, ..)| maker == from)).count()
}

/// Media that had come before and came again, as padding or retransmission.
fn came_again(seat: &FarEnd, from: char) -> usize {
    let mut seen = HashSet::new();
    let state = seat.state();
    state
        .raw
        .iter()
        .filter_map(|raw| raw.stamp)
        .filter(|(maker, created, number)| *maker == from && !seen.insert((*created, *number)))
        .count()
}

#[tokio::test]
async fn nothing_old_is_sent_again_after_a_flip_by_padding_or_probing() {
    // Idle lines are padded with packets sent before, and probed. After a flip these must not be of a closed pair.
    let mut sitting = Sitting::open(true).await;
    sitting.room.set_visibility(sitting.joint()).await;
    sitting.offer_all().await;
    sitting.everybody_hears_everybody().await;
    let mut padded = 0;
    for round in 0..3 {
        for seat in [&sitting.mediator, &sitting.applicant, &sitting.respondent] {
            seat.run(Kind::Video, None, true);
            seat.state().lose_in = 20;
        }
        sitting.room.set_visibility(sitting.joint()).await;
        sitting.offer_all().await;
        sitting.everybody_hears_everybody().await;
        let inside = if round % 2 == 0 { sitting.applicant.id } else { sitting.respondent.id };
        sitting.room.set_visibility(sitting.caucus(inside)).await;
        let acknowledged = Instant::now();
        for seat in [&sitting.mediator, &sitting.applicant, &sitting.respondent] {
            seat.state().lose_in = 0;
        }
        sitting.offer_all().await;
        let (inner, outer, others) = if round % 2 == 0 {
            (&sitting.applicant, &sitting.respondent, ['a', 'r'])
        } else {
            (&sitting.respondent, &sitting.applicant, ['r', 'a'])
        };
        let enough = |state: &mut far_end::State| {
            let of = state.heard.iter().filter(|heard| heard.from == others[0] && heard.kind == Kind::Video);
            (of.filter(|heard| heard.created > acknowledged).count() > 30).then_some(())
        };
        sitting.mediator.wait("the one inside", enough).await;
        // The lines fall idle: this is when padding resends what the cache holds.
        let before = came_again(&sitting.mediator, others[0]);
        sitting.mediator.run(Kind::Video, None, false);
        inner.run(Kind::Video, None, false);
        tokio::time::sleep(Duration::from_millis(3200)).await;
        assert_eq!(
            came_late(&sitting.mediator, others[1], acknowledged),
            0,
            "of the one outside, to the mediator"
        );
        assert_eq!(came_late(inner, others[1], acknowledged), 0, "of the one outside, to the one inside");
        for maker in ['m', others[0]] {
            assert_eq!(came_late(outer, maker, acknowledged), 0, "of the caucus, to the one outside");
        }
        padded += came_again(&sitting.mediator, others[0]) - before;
        for seat in [&sitting.mediator, &sitting.applicant, &sitting.respondent] {
            seat.state().raw.clear();
        }
    }
    assert!(padded > 0, "padding does flow, of the open pair");
}

#[tokio::test]
async fn control_without_the_flip_padding_sends_old_media_again() {
    let mut sitting = Sitting::open(false).await;
    sitting.offer_all().await;
    sitting.everybody_hears_everybody().await;
    let moment = Instant::now();
    for seat in [&sitting.applicant, &sitting.respondent] {
        seat.run(Kind::Video, None, false);
    }
    sitting.mediator.wait("old packets again", |state| (!state.raw.is_empty()).then_some(())).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    for maker in ['a', 'r'] {
        assert!(came_late(&sitting.mediator, maker, moment) > 0);
    }
    assert!(
        came_again(&sitting.mediator, 'a') + came_again(&sitting.mediator, 'r') > 0,
        "the detector sees them"
    );
}
