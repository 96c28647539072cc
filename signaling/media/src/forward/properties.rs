//! Property tests: whatever the order of joins, flips, mutes and wishes, the targets are exactly what the
//! rules say, and counters belong to one interval of one pair.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::{Kind, PeerId, TrackId};

const PEERS: u64 = 5;

#[derive(Debug, Clone)]
enum Step {
    Join(u64),
    Leave(u64),
    Publish(u64, bool),
    Mute(usize, bool),
    Want(u64, usize, bool),
    Flip(Vec<(u64, u64)>),
    Govern,
    Packet(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let peer = 0..PEERS;
    let step = prop_oneof![
        peer.clone().prop_map(Step::Join),
        peer.clone().prop_map(Step::Leave),
        (peer.clone(), any::<bool>()).prop_map(|(who, audio)| Step::Publish(who, audio)),
        (0..8_usize, any::<bool>()).prop_map(|(track, muted)| Step::Mute(track, muted)),
        (peer.clone(), 0..8_usize, any::<bool>())
            .prop_map(|(who, track, wanted)| Step::Want(who, track, wanted)),
        proptest::collection::vec((peer.clone(), peer), 0..12).prop_map(Step::Flip),
        Just(Step::Govern),
        (0..8_usize).prop_map(Step::Packet),
    ];
    proptest::collection::vec(step, 1..60)
}

/// The rules again, written naively.
#[derive(Default)]
struct Model {
    peers: HashSet<u64>,
    allowed: Option<HashSet<(u64, u64)>>,
    tracks: Vec<(TrackKey, TrackId, u64, Kind, bool)>,
    refused: HashSet<(u64, usize)>,
}

impl Model {
    fn visible(&self, from: u64, to: u64) -> bool {
        from != to
            && self.peers.contains(&from)
            && self.peers.contains(&to)
            && self.allowed.as_ref().is_none_or(|pairs| pairs.contains(&(from, to)))
    }

    fn targets(&self, track: usize) -> HashSet<PeerId> {
        let (_, _, owner, _, muted) = self.tracks[track];
        (0..PEERS)
            .filter(|&to| !muted && self.visible(owner, to) && !self.refused.contains(&(to, track)))
            .map(PeerId)
            .collect()
    }
}

proptest! {
    #[test]
    fn targets_are_what_the_rules_say(steps in steps()) {
        let start = Instant::now();
        let mut table = ForwardTable::default();
        let mut model = Model::default();
        for (index, step) in steps.into_iter().enumerate() {
            let now = start + Duration::from_millis(index as u64);
            match step {
                Step::Join(who) => {
                    model.peers.insert(who);
                    table.add_peer(PeerId(who), now);
                }
                Step::Leave(who) => {
                    model.peers.remove(&who);
                    if let Some(allowed) = &mut model.allowed {
                        allowed.retain(|(from, to)| *from != who && *to != who);
                    }
                    let gone: Vec<_> =
                        (0..model.tracks.len()).filter(|&at| model.tracks[at].2 == who).collect();
                    for &at in gone.iter().rev() {
                        model.tracks.remove(at);
                        model.refused = model.refused.iter()
                            .filter(|(_, track)| *track != at)
                            .map(|&(peer, track)| (peer, if track > at { track - 1 } else { track }))
                            .collect();
                    }
                    model.refused.retain(|(peer, _)| *peer != who);
                    table.remove_peer(PeerId(who), now);
                }
                Step::Publish(who, audio) => {
                    if model.peers.contains(&who) {
                        let kind = if audio { Kind::Audio } else { Kind::Video };
                        let id = TrackId::from(format!("TR_{index}").as_str());
                        let key = table.add_track(PeerId(who), &id, now);
                        model.tracks.push((key, id, who, kind, false));
                    }
                }
                Step::Mute(track, muted) => if let Some(row) = model.tracks.get_mut(track) {
                    row.4 = muted;
                    table.set_muted(row.0, muted, now);
                },
                Step::Want(who, track, wanted) => if track < model.tracks.len() && model.peers.contains(&who) {
                    if wanted { model.refused.remove(&(who, track)); } else { model.refused.insert((who, track)); }
                    table.set_wanted(PeerId(who), &model.tracks[track].1.clone(), wanted, now);
                },
                Step::Flip(pairs) => {
                    model.allowed = Some(pairs.iter().copied().collect());
                    let before = table.hearing();
                    let change = table.set_visibility(
                        pairs.into_iter().map(|(from, to)| (PeerId(from), PeerId(to))).collect(), now);
                    for count in before {
                        let open = table.visible(count.from, count.to);
                        prop_assert_eq!(change.closed.contains(&count), !open, "a closed pair gives its final count");
                    }
                }
                Step::Govern => {
                    if model.allowed.is_none() { model.allowed = Some(HashSet::new()); }
                    table.govern(now);
                }
                Step::Packet(track) => if let Some(&(key, _, owner, kind, _)) = model.tracks.get(track) {
                    let before: u64 = table.hearing().iter().map(|count| count.packets).sum();
                    let mut at = 0;
                    while let Some(target) = table.target(key, at) {
                        table.count(target, kind, 100);
                        let row = table.hearing().into_iter()
                            .find(|count| count.from == PeerId(owner) && count.to == target.to && count.kind == kind);
                        prop_assert!(row.is_some_and(|row| row.packets > 0));
                        at += 1;
                    }
                    let after: u64 = table.hearing().iter().map(|count| count.packets).sum();
                    prop_assert_eq!(after - before, at as u64);
                },
            }
            for (at, row) in model.tracks.iter().enumerate() {
                let got: HashSet<_> = table.targets(row.0).iter().map(|target| target.to).collect();
                prop_assert_eq!(got, model.targets(at));
                prop_assert_eq!(table.facts(row.0), Some((PeerId(row.2), row.4)));
                for to in (0..PEERS).map(PeerId) {
                    if table.is_receivable(row.0, to) {
                        prop_assert!(table.visible(PeerId(row.2), to));
                    }
                }
            }
        }
    }
}

#[test]
fn a_reopened_pair_counts_from_nothing() {
    let now = Instant::now();
    let (mediator, applicant) = (PeerId(1), PeerId(2));
    let mut table = ForwardTable::default();
    table.govern(now);
    table.add_peer(mediator, now);
    table.add_peer(applicant, now);
    let key = table.add_track(applicant, &TrackId::from("TR_a"), now);
    let pair = HashSet::from([(applicant, mediator)]);
    table.set_visibility(pair.clone(), now);
    let target = table.target(key, 0).expect("the mediator hears the applicant");
    table.count(target, Kind::Audio, 160);
    let change = table.set_visibility(HashSet::new(), now);
    assert_eq!(change.closed.iter().map(|count| count.packets).sum::<u64>(), 1);
    assert!(table.targets(key).is_empty());
    let later = now + Duration::from_secs(1);
    table.set_visibility(pair, later);
    assert!(table.hearing().iter().all(|count| count.packets == 0 && count.opened_at == later));
}

#[test]
fn an_unchanged_pair_keeps_its_interval() {
    let now = Instant::now();
    let (mediator, applicant) = (PeerId(1), PeerId(2));
    let mut table = ForwardTable::default();
    table.add_peer(mediator, now);
    table.add_peer(applicant, now);
    let both = HashSet::from([(applicant, mediator), (mediator, applicant)]);
    table.set_visibility(both.clone(), now + Duration::from_secs(1));
    table.set_visibility(both, now + Duration::from_secs(2));
    assert!(
        table.hearing().iter().all(|count| count.opened_at == now),
        "plain → the same pairs: nothing closed"
    );
}
