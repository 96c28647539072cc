//! Controls of the random sittings: with a protection taken out they find it, and they do reach the states that matter.

use proptest::{strategy::Strategy, strategy::ValueTree, test_runner::TestRunner};

use super::steps::steps;
use super::{hidden_words, table, walk};
use crate::{AreaId, Command, Phase};

/// Control: a table that ignored areas would be caught by the same searches.
#[test]
fn control_a_view_of_another_seat_is_caught() {
    let mut t = table();
    t.good(super::super::table::MEDIATOR, Command::Start);
    let leaked = serde_json::to_string(&t.view(super::super::table::MEDIATOR)).unwrap();
    assert!(hidden_words(&t, super::super::table::RESPONDENT).iter().any(|word| leaked.contains(word)));
}

/// Control: a recorder that asked nobody would be caught by the same random sittings.
#[test]
fn control_r12_recording_without_asking_is_caught() {
    let mut runner = TestRunner::deterministic();
    let (mut ran, mut caught, mut paused) = (0, 0, 0);
    for _ in 0..1000 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        walk(steps, |before, _, t| {
            ran += u32::from(t.session.recording_since().is_some());
            paused += u32::from(before.recording_since().is_some() && t.session.recording_since().is_none());
            let careless = t.session.recording_asked_at().is_some() && t.session.phase() == Phase::Live;
            let here = || t.session.within(AreaId::Joint).filter(|(_, s)| s.online());
            caught += u32::from(careless && here().any(|(_, s)| s.recording != Some(true)));
        });
    }
    assert!(ran > 50 && caught > 150 && paused > 5, "{ran} {caught} {paused}");
}

/// Control: the random sittings do reach the states that matter.
#[test]
fn control_random_sittings_are_not_idle() {
    let mut runner = TestRunner::deterministic();
    let (mut live, mut caucus, mut pairs, mut parted, mut met) = (0, 0, 0, 0, 0);
    for _ in 0..200 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        walk(steps, |before, _, t| {
            live += u32::from(t.session.phase() == Phase::Live);
            caucus += u32::from(t.session.private_areas().next().is_some());
            pairs += u32::try_from(t.session.pairs().len()).unwrap();
            met += u32::from(t.session.phase() == Phase::Lobby && !t.session.pairs().is_empty());
            parted += u32::from(before.phase() == Phase::Live && t.session.phase() == Phase::Paused);
        });
    }
    assert!(
        live > 500 && caucus > 200 && pairs > 2000 && parted > 3 && met > 20,
        "{live} {caucus} {pairs} {parted} {met}"
    );
}
