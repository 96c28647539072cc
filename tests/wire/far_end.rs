//! Another WebRTC stack at the far end: the `webrtc` crate publishes to and receives from our SFU, together and apart.
//!
//! Belongs to the package `participant` (`cargo test -p participant --test far_end`). Every packet carries who sent
//! it by its stream id, so a leak would name its source.

mod house;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use house::House;
use participant::clip::{Clip, Person};
use participant::{Event, JoinOptions, Participant, player};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What one seat has received: packets and the time of the last, by stream id and kind.
type Ears = Arc<Mutex<HashMap<(String, bool), (u64, Instant)>>>;

struct Seat {
    participant: Participant,
    ears: Ears,
    _stop: tokio_util::sync::DropGuard,
}

impl Seat {
    /// Joins, publishes camera and microphone, and plays a clip.
    async fn take(house: &House, room: &str, identity: &str, tasks: &TaskTracker) -> Self {
        let ears = Ears::default();
        let mut options = JoinOptions::new(format!("http://{}", house.address), house.token(room, identity));
        let heard = Arc::clone(&ears);
        options.heard = Arc::new(move |packet| {
            if packet.payload.is_empty() {
                return; // padding carries nobody's media
            }
            let mut ears = heard.lock().expect("not poisoned");
            let entry = ears.entry((packet.stream.to_owned(), packet.video)).or_insert((0, packet.at));
            *entry = (entry.0 + 1, packet.at);
        });
        let participant = Participant::join(options, tasks).await.expect("joins");
        let clip = Arc::new(Clip::of(Person::Elder).expect("the clip is whole"));
        let stop = CancellationToken::new();
        let camera = participant.publish(true, clip.size).await.expect("publishes a camera");
        tasks.spawn(player::show(Arc::clone(&clip), camera, stop.clone()));
        let microphone = participant.publish(false, (0, 0)).await.expect("publishes a microphone");
        tasks.spawn(player::speak(clip, microphone, stop.clone()));
        Self { participant, ears, _stop: stop.drop_guard() }
    }

    /// Packets received of a participant, by its sid: (sound, pictures).
    fn heard(&self, other: &Self) -> (u64, u64) {
        let ears = self.ears.lock().expect("not poisoned");
        let count = |video: bool| {
            ears.iter()
                .filter(|((stream, kind), _)| *kind == video && stream.starts_with(&other.participant.sid))
                .map(|(_, (packets, _))| packets)
                .sum()
        };
        (count(false), count(true))
    }

    async fn hears(&self, other: &Self, beyond: (u64, u64)) {
        let end = Instant::now() + Duration::from_secs(15);
        loop {
            let (sound, pictures) = self.heard(other);
            if sound > beyond.0 + 20 && pictures > beyond.1 + 20 {
                return;
            }
            let ears = self.ears.lock().expect("not poisoned").clone();
            assert!(
                Instant::now() < end,
                "{} of {}: {ears:?}",
                self.participant.identity,
                other.participant.identity
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Nothing more of the other arrives for `time`.
    async fn expect_nothing(&self, other: &Self, time: Duration) {
        let before = self.heard(other);
        tokio::time::sleep(time).await;
        assert_eq!(
            self.heard(other),
            before,
            "{} still receives {}",
            self.participant.identity,
            other.participant.identity
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_stacks_hear_and_see_each_other() {
    let (house, tasks) = (House::plain().await, TaskTracker::new());
    let applicant = Seat::take(&house, "hall", "applicant", &tasks).await;
    let respondent = Seat::take(&house, "hall", "respondent", &tasks).await;
    applicant.hears(&respondent, (0, 0)).await;
    respondent.hears(&applicant, (0, 0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_speaks_shows() {
    let (house, tasks) = (House::plain().await, TaskTracker::new());
    let applicant = Seat::take(&house, "hall", "applicant", &tasks).await;
    let mut respondent = Seat::take(&house, "hall", "respondent", &tasks).await;
    let spoke = async {
        while let Some(event) = respondent.participant.events.recv().await {
            let Event::Speakers(speakers) = event else { continue };
            if speakers.iter().any(|one| one.sid == applicant.participant.sid && one.active) {
                return true;
            }
        }
        false
    };
    let spoke = tokio::time::timeout(Duration::from_secs(15), spoke).await;
    assert!(spoke.is_ok_and(|spoke| spoke), "the applicant's voice is loud enough to be told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_caucus_the_other_side_receives_nothing() {
    let (house, tasks) = (House::governed().await, TaskTracker::new());
    house.wire.govern("sitting").await;
    let mut seats = HashMap::new();
    for name in ["mediator", "applicant", "respondent"] {
        seats.insert(name, Seat::take(&house, "sitting", name, &tasks).await);
    }
    let pairs = |all: &[(&str, &str)]| -> HashSet<(String, String)> {
        all.iter().flat_map(|(a, b)| [((*a).into(), (*b).into()), ((*b).into(), (*a).into())]).collect()
    };
    let together =
        pairs(&[("mediator", "applicant"), ("mediator", "respondent"), ("applicant", "respondent")]);
    house.wire.flip("sitting", together.clone()).await.announce().await;
    seats["respondent"].hears(&seats["applicant"], (0, 0)).await;

    let apart = pairs(&[("mediator", "applicant")]);
    house.wire.flip("sitting", apart).await.announce().await;
    // What was on its way when the table flipped is still read; nothing that came after it is.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let so_far = seats["mediator"].heard(&seats["applicant"]);
    seats["respondent"].expect_nothing(&seats["applicant"], Duration::from_secs(1)).await;
    seats["respondent"].expect_nothing(&seats["mediator"], Duration::from_millis(300)).await;
    seats["mediator"].hears(&seats["applicant"], so_far).await;

    // The control: with the pair put back, packets do arrive, so the silence above was the table's work.
    let before = seats["respondent"].heard(&seats["applicant"]);
    house.wire.flip("sitting", together).await.announce().await;
    seats["respondent"].hears(&seats["applicant"], before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t12_removal_ends_media_in_both_directions_within_two_seconds() {
    let (house, tasks) = (House::plain().await, TaskTracker::new());
    let stranger = Seat::take(&house, "hall", "stranger", &tasks).await;
    let applicant = Seat::take(&house, "hall", "applicant", &tasks).await;
    let respondent = Seat::take(&house, "hall", "respondent", &tasks).await;
    stranger.hears(&applicant, (0, 0)).await;
    applicant.hears(&stranger, (0, 0)).await;
    applicant.hears(&respondent, (0, 0)).await;

    let since = Instant::now();
    house.wire.remove("hall", "stranger", livekit::LeaveReason::Removed).await;
    assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
    println!("removed within {:?}", since.elapsed());
    // What was on its way is still read; the stranger's player itself goes on sending.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let so_far = applicant.heard(&respondent);
    applicant.expect_nothing(&stranger, Duration::from_secs(1)).await;
    stranger.expect_nothing(&applicant, Duration::from_millis(300)).await;
    // The control: the others go on, so the silence was the removal's work.
    applicant.hears(&respondent, so_far).await;
}
