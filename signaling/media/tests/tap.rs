//! Stories of a tap, over real UDP: it receives what the pairs let through, and nothing else, of each track the best
//! layer, beginning at a keyframe.

mod far_end;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use far_end::{FarEnd, PATIENCE, media};
use media::{Kind, PeerId, Quality, Tap, TapEnd, TappedPacket, TappedTrack, TrackId};

/// What a tap was told, in order.
#[derive(Debug, Clone)]
enum Told {
    Begun(TappedTrack),
    Packet(TrackId, TappedPacket),
    Ended(TapEnd),
}

/// A tap that keeps everything.
#[derive(Clone, Default)]
struct Keeper {
    told: Arc<Mutex<Vec<Told>>>,
    lost: Arc<Mutex<Option<TrackId>>>,
    faulty: bool,
}

impl Tap for Keeper {
    fn begin(&mut self, track: &TappedTrack) {
        assert!(!self.faulty, "a fault, on purpose");
        self.told.lock().expect("unpoisoned").push(Told::Begun(track.clone()));
    }
    fn packet(&mut self, track: &TrackId, packet: TappedPacket) {
        self.told.lock().expect("unpoisoned").push(Told::Packet(track.clone(), packet));
    }
    fn end(&mut self, _: &TrackId, why: TapEnd) {
        self.told.lock().expect("unpoisoned").push(Told::Ended(why));
    }
    fn lost_picture(&mut self, track: &TrackId) -> bool {
        let mut lost = self.lost.lock().expect("unpoisoned");
        lost.take_if(|lost| lost == track).is_some()
    }
}

impl Keeper {
    fn all(&self) -> Vec<Told> {
        self.told.lock().expect("unpoisoned").clone()
    }

    fn packets(&self, track: &TrackId) -> Vec<TappedPacket> {
        let of = |told| match told {
            Told::Packet(id, packet) if id == *track => Some(packet),
            _ => None,
        };
        self.all().into_iter().filter_map(of).collect()
    }

    async fn wait<T>(&self, what: &str, probe: impl Fn(&Self) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(found) = probe(self) {
                return found;
            }
            assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn more_of(&self, track: &TrackId) {
        let before = self.packets(track).len();
        self.wait(&format!("packets of {track}"), |keeper| {
            (keeper.packets(track).len() > before + 5).then_some(())
        })
        .await;
    }
}

fn pairs(all: &[(PeerId, PeerId)]) -> HashSet<(PeerId, PeerId)> {
    all.iter().copied().collect()
}

#[tokio::test]
async fn t5_a_tap_receives_only_whom_a_pair_names_and_nothing_after_it_is_gone() {
    let media = media();
    let room = media.room("recorded");
    room.govern().await;
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut respondent = FarEnd::join(&room, 'r').await;
    let keeper = Keeper::default();
    let tap = room.add_tap(Box::new(keeper.clone())).await.expect("a tap");
    let sound = applicant.publish(Kind::Audio, &[]).await;
    let picture = applicant.publish(Kind::Video, &[]).await;
    let unwilling = respondent.publish(Kind::Audio, &[]).await;
    respondent.offer_again().await;
    // Both are up and heard by each other; the tap has no pair.
    let joint = [(applicant.id, respondent.id), (respondent.id, applicant.id)];
    let _ = room.set_visibility(pairs(&joint)).await;
    applicant.offer_again().await;
    respondent.offer_again().await;
    respondent.hears('a', Kind::Audio).await;
    applicant.hears('r', Kind::Audio).await;
    assert_eq!(keeper.all().len(), 0, "before consent: nothing");

    let _ = room.set_visibility(pairs(&[joint[0], joint[1], (applicant.id, tap)])).await;
    keeper.more_of(&sound).await;
    keeper.more_of(&picture).await;
    assert_eq!(keeper.packets(&unwilling).len(), 0, "who has no pair is not recorded");
    let begun = |told| if let Told::Begun(track) = told { Some(track) } else { None };
    let begun: Vec<_> = keeper.all().into_iter().filter_map(begun).collect();
    assert_eq!(begun.len(), 2);
    assert!(begun.iter().all(|track| track.publisher == "PA_a"));
    assert!(keeper.packets(&picture)[0].keyframe, "a picture begins with a keyframe");
    let counts = room.hearing().await;
    assert!(
        counts.iter().any(|count| count.from == applicant.id && count.to == tap && count.packets > 0),
        "the ledger has it"
    );

    let flipped = room.set_visibility(pairs(&joint)).await;
    assert!(flipped.closed.iter().any(|count| count.to == tap && count.packets > 0));
    let told = keeper.all();
    respondent.hears('a', Kind::Audio).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(keeper.all().len(), told.len(), "nothing after the flip's answer");
    let ends: Vec<_> = told.iter().filter(|told| matches!(told, Told::Ended(TapEnd::Withdrawn))).collect();
    assert_eq!(ends.len(), 2);

    // The control: with the pair back, packets are back, at a keyframe.
    let _ = room.set_visibility(pairs(&[joint[0], joint[1], (applicant.id, tap)])).await;
    keeper.more_of(&picture).await;
    let again = keeper.all()[told.len()..].to_vec();
    let first = again.iter().find_map(|told| match told {
        Told::Packet(id, packet) if *id == picture => Some(packet.clone()),
        _ => None,
    });
    assert!(first.expect("a picture").keyframe);
    room.remove_tap(tap).await;
    let gone = keeper.all();
    assert_eq!(gone.iter().filter(|told| matches!(told, Told::Ended(TapEnd::Gone))).count(), 2);
    respondent.hears('a', Kind::Audio).await;
    assert_eq!(keeper.all().len(), gone.len(), "a removed tap is told nothing");
}

#[tokio::test]
async fn a_tap_takes_the_best_layer_and_the_next_when_it_goes_silent() {
    let media = media();
    let room = media.room("layers");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let keeper = Keeper::default();
    room.add_tap(Box::new(keeper.clone())).await.expect("a tap");
    let track = applicant.publish(Kind::Video, &["q", "h", "f"]).await;
    let layer = async |wanted: Quality| {
        keeper
            .wait(&format!("{wanted:?}"), |keeper| {
                keeper.packets(&track).last().is_some_and(|packet| packet.layer == wanted).then_some(())
            })
            .await;
    };
    layer(Quality::High).await;
    applicant.run(Kind::Video, Some('f'), false);
    layer(Quality::Medium).await;
    applicant.run(Kind::Video, Some('f'), true);
    layer(Quality::High).await;
    let packets = keeper.packets(&track);
    let mut last = None;
    for packet in &packets {
        if last != Some(packet.layer) {
            assert!(packet.keyframe, "{:?} begins without a keyframe", packet.layer);
            last = Some(packet.layer);
        }
    }
}

#[tokio::test]
async fn a_tap_that_lost_its_picture_gets_a_keyframe_and_a_muted_track_begins_anew() {
    let media = media();
    let room = media.room("lost");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let keeper = Keeper::default();
    room.add_tap(Box::new(keeper.clone())).await.expect("a tap");
    let track = applicant.publish(Kind::Video, &[]).await;
    keeper.more_of(&track).await;
    let keyframes = |keeper: &Keeper| keeper.packets(&track).iter().filter(|packet| packet.keyframe).count();
    let before = keyframes(&keeper);
    *keeper.lost.lock().expect("unpoisoned") = Some(track.clone());
    keeper.wait("a keyframe", |keeper| (keyframes(keeper) > before).then_some(())).await;

    room.set_muted(applicant.id, track.clone(), true).await;
    let muted = keeper.all();
    assert!(matches!(muted.last(), Some(Told::Ended(TapEnd::Muted))));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(keeper.all().len(), muted.len());
    room.set_muted(applicant.id, track.clone(), false).await;
    keeper.more_of(&track).await;
    let after = &keeper.all()[muted.len()..];
    assert!(matches!(&after[..2], [Told::Begun(_), Told::Packet(_, first)] if first.keyframe));
}

#[tokio::test]
async fn a_fault_in_a_tap_ends_the_tap_and_not_the_call() {
    let media = media();
    let room = media.room("faulty");
    let mut applicant = FarEnd::join(&room, 'a').await;
    let mut mediator = FarEnd::join(&room, 'm').await;
    room.add_tap(Box::new(Keeper { faulty: true, ..Keeper::default() })).await.expect("a tap");
    applicant.publish(Kind::Audio, &[]).await;
    mediator.offer_again().await;
    mediator.hears('a', Kind::Audio).await;
    assert_eq!(media.stats().await.faults, 0, "the room noticed nothing");
}

/// Who was recorded from when: one entry for each acknowledged flip.
type History = Vec<(Instant, HashSet<char>)>;

/// Packets that were made and arrived while nobody allowed it: at no moment from their making to their arrival was
/// their maker recorded.
fn leaks(packets: &[(char, Instant, Instant)], history: &History) -> usize {
    let allowed = |&(from, created, arrived): &(char, Instant, Instant)| {
        history.iter().enumerate().any(|(at, (since, recorded))| {
            let until = history.get(at + 1).map(|(until, _)| *until);
            recorded.contains(&from) && *since <= arrived && until.is_none_or(|until| until >= created)
        })
    };
    packets.iter().filter(|packet| !allowed(packet)).count()
}

#[tokio::test]
async fn t1_three_hundred_moves_leave_nothing_in_the_recording_that_was_made_after_them() {
    let media = media();
    let room = media.room("moves");
    room.govern().await;
    let names = ['m', 'a', 'r'];
    let mut people = Vec::new();
    for name in names {
        let mut far = FarEnd::join(&room, name).await;
        far.publish(Kind::Audio, &[]).await;
        far.publish(Kind::Video, &[]).await;
        people.push(far);
    }
    let keeper = Keeper::default();
    let tap = room.add_tap(Box::new(keeper.clone())).await.expect("a tap");
    let mut history: History = vec![(Instant::now(), HashSet::new())];
    let mut dice = 12_345_u32;
    for number in 0..300 {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Any of them may be recorded or not: caucus, withdrawal, late consent, double clicks.
        let recorded: HashSet<char> = names
            .iter()
            .enumerate()
            .filter(|(at, _)| dice >> (20 + at) & 1 == 1)
            .map(|(_, name)| *name)
            .collect();
        let to_tap = people.iter().filter(|far| recorded.contains(&far.name())).map(|far| (far.id, tap));
        // Who is added may be heard from the asking on; who is removed is heard until the answer.
        let before = history.last().map(|(_, recorded)| recorded.clone()).unwrap_or_default();
        history.push((Instant::now(), before.union(&recorded).copied().collect()));
        let flipped = room.set_visibility(to_tap.collect()).await;
        history.push((flipped.at, recorded));
        // Mostly quick, now and then long enough for a picture to begin.
        let rest = if number % 20 == 0 { 400 } else { dice >> 8 & 31 };
        tokio::time::sleep(Duration::from_millis(rest.into())).await;
    }
    let packets: Vec<(char, Instant, Instant)> = keeper
        .all()
        .iter()
        .filter_map(|told| match told {
            Told::Packet(_, packet) => {
                let (from, created) = far_end::maker(&packet.payload)?;
                Some((from, created, packet.arrived))
            }
            _ => None,
        })
        .collect();
    assert!(packets.len() > 500, "{} packets", packets.len());
    assert_eq!(leaks(&packets, &history), 0, "of {} packets", packets.len());
    // The control: had the applicant been taken out of every flip, all that is here of it would be a leak.
    let without: History = history
        .iter()
        .map(|(at, recorded)| (*at, recorded.iter().filter(|name| **name != 'a').copied().collect()))
        .collect();
    assert!(leaks(&packets, &without) > 100, "the control stays green");
    println!("{} packets over 300 moves, 0 leaks; control {}", packets.len(), leaks(&packets, &without));
}
