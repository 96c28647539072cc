//! R12 (PML 27, OMR 22) as stories: a recording needs everybody's own word, and whoever takes theirs back ends it.

use super::table::{APPLICANT, CO_MEDIATOR, LAWYER, MEDIATOR, RESPONDENT, Table, invited, seat, told};
use crate::{
    AreaId, Command, Effect, Event, Link, Outcome, RecordingEnd, RecordingPause, RecordingState,
    RecordingTrouble, Signal,
};

const YES: Command = Command::ConsentRecording { yes: true };
const NO: Command = Command::ConsentRecording { yes: false };

fn recorded(t: &Table) -> Vec<domain::SeatId> {
    t.session.recorded().into_iter().map(crate::Recorded::seat).collect()
}

/// Asked and agreed to by all three.
fn recording() -> Table {
    let mut t = Table::together();
    t.good(MEDIATOR, Command::Record { on: true });
    t.good(APPLICANT, YES);
    t.good(RESPONDENT, YES);
    assert_eq!(recorded(&t), [seat(MEDIATOR), seat(APPLICANT), seat(RESPONDENT)]);
    t
}

fn marks(t: &Table) -> Vec<RecordingState> {
    [MEDIATOR, APPLICANT, RESPONDENT].map(|n| t.view(n).recording.state).to_vec()
}

#[test]
fn r12_recording_begins_with_the_last_consent_in_every_order() {
    for order in [
        [APPLICANT, RESPONDENT, MEDIATOR],
        [RESPONDENT, MEDIATOR, APPLICANT],
        [MEDIATOR, APPLICANT, RESPONDENT],
    ] {
        let mut t = Table::together();
        for (n, who) in order.into_iter().enumerate() {
            let word = if who == MEDIATOR { Command::Record { on: true } } else { YES };
            let effects = t.good(who, word);
            let last = n == 2;
            assert_eq!(recorded(&t).len(), if last { 3 } else { 0 }, "{order:?} {n}");
            assert_eq!(effects.iter().any(|e| matches!(e, Effect::Flip(_))), last);
        }
        assert_eq!(marks(&t), [RecordingState::On; 3]);
    }
}

#[test]
fn r12_recording_is_off_until_a_host_asks_and_only_a_host_asks() {
    let mut t = Table::together();
    for n in [MEDIATOR, APPLICANT, RESPONDENT] {
        t.good(n, YES);
    }
    assert!(recorded(&t).is_empty());
    assert_eq!(t.refused(APPLICANT, Command::Record { on: true }), "host_only");
    assert_eq!(t.view(APPLICANT).recording.state, RecordingState::Off);
    t.good(MEDIATOR, Command::Record { on: true });
    assert_eq!(recorded(&t).len(), 3, "everybody had agreed before");
}

#[test]
fn r12_the_question_is_put_to_who_has_not_answered() {
    let mut t = Table::together();
    t.good(MEDIATOR, Command::Record { on: true });
    let view = t.view(APPLICANT).recording;
    assert_eq!(
        (view.state, view.why, view.question),
        (RecordingState::Asking, Some(RecordingPause::Consent), true)
    );
    assert!(!t.view(MEDIATOR).recording.question, "who asks agrees");
    t.good(APPLICANT, NO);
    assert!(!t.view(APPLICANT).recording.question, "a no is an answer");
    assert!(recorded(&t).is_empty());
}

#[test]
fn r12_withdrawing_stops_it_for_everybody_in_the_same_flip() {
    let mut t = recording();
    let effects = t.good(RESPONDENT, NO);
    let Effect::Flip(table) = &effects[0] else { panic!("{effects:?}") };
    assert!(table.recorded.is_empty());
    assert_eq!(table.pairs.len(), 6, "they still hear each other");
    assert_eq!(marks(&t), [RecordingState::Paused; 3]);
    assert!(t.stored.iter().any(|f| f.event == Event::RecordingPaused { why: RecordingPause::Consent }));
    t.good(RESPONDENT, YES);
    assert_eq!(recorded(&t).len(), 3);
}

#[test]
fn r12_who_said_no_is_told_to_hosts_only() {
    let mut t = recording();
    let effects = t.good(RESPONDENT, NO);
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT), seat(RESPONDENT)]);
    let answer = |viewer: u8| {
        t.view(viewer).area.seats.iter().find(|s| s.id == seat(RESPONDENT)).and_then(|s| s.recording)
    };
    assert_eq!((answer(MEDIATOR), answer(APPLICANT), answer(RESPONDENT)), (Some(false), None, Some(false)));
    assert_eq!(t.view(APPLICANT).recording.why, Some(RecordingPause::Consent));
}

#[test]
fn r12_a_newcomer_pauses_it_until_they_agree() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT, LAWYER], &[]);
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    t.admit(APPLICANT);
    t.good(MEDIATOR, Command::Record { on: true });
    t.good(APPLICANT, YES);
    assert_eq!(recorded(&t).len(), 2);
    let view = t.view(LAWYER).recording;
    assert!(view.question, "already asked in the lobby");
    assert_eq!(view.why, Some(RecordingPause::Elsewhere));

    let effects = t.admit(LAWYER);
    let Effect::Flip(table) = &effects[0] else { panic!("{effects:?}") };
    assert!(
        table.recorded.is_empty(),
        "the flip that lets the newcomer in is the one that stops the recorder"
    );
    t.good(LAWYER, YES);
    assert_eq!(recorded(&t).len(), 3);

    // Agreed while waiting: nothing pauses.
    t.good(RESPONDENT, YES);
    t.admit(RESPONDENT);
    assert_eq!(recorded(&t).len(), 4);
}

#[test]
fn r12_when_the_one_who_objects_leaves_it_goes_on() {
    for gone in [Some(Command::Leave), None] {
        let mut t = recording();
        t.good(RESPONDENT, NO);
        match gone {
            Some(leave) => drop(t.good(RESPONDENT, leave)),
            None => drop(t.good(MEDIATOR, Command::SendBack { seat: seat(RESPONDENT) })),
        }
        assert_eq!(recorded(&t), [seat(MEDIATOR), seat(APPLICANT)]);
        assert_ne!(t.view(RESPONDENT).recording.state, RecordingState::On);
    }
}

#[test]
fn r12_a_caucus_is_never_recorded_and_says_so() {
    let mut t = recording();
    let effects = t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(APPLICANT)] });
    let Effect::Flip(table) = &effects[0] else { panic!("{effects:?}") };
    assert!(table.recorded.is_empty(), "nor is who waits alone");
    assert_eq!(marks(&t), [RecordingState::Paused; 3]);
    assert_eq!(t.view(APPLICANT).recording.why, Some(RecordingPause::Elsewhere));
    assert_eq!(t.view(RESPONDENT).recording.why, Some(RecordingPause::Unattended));
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert_eq!(recorded(&t).len(), 3);
}

#[test]
fn r12_beside_a_caucus_the_joint_area_goes_on_with_its_own_mediator() {
    let mut t = Table::of(&[MEDIATOR, CO_MEDIATOR, APPLICANT, RESPONDENT], &[]);
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    t.admit(APPLICANT);
    t.admit(RESPONDENT);
    t.good(MEDIATOR, Command::Record { on: true });
    for n in [CO_MEDIATOR, APPLICANT, RESPONDENT] {
        t.good(n, YES);
    }
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(APPLICANT)] });
    assert_eq!(recorded(&t), [seat(CO_MEDIATOR), seat(RESPONDENT)]);
    assert_eq!(t.view(APPLICANT).recording.state, RecordingState::Paused);
}

#[test]
fn r12_a_break_pauses_and_the_end_ends_it() {
    let mut t = recording();
    t.good(MEDIATOR, Command::Pause);
    assert!(recorded(&t).is_empty());
    assert_eq!(t.view(APPLICANT).recording.why, Some(RecordingPause::Break));
    t.good(MEDIATOR, Command::Resume);
    assert_eq!(recorded(&t).len(), 3);
    t.good(MEDIATOR, Command::End { outcome: Outcome::Adjourned });
    assert!(recorded(&t).is_empty());
    assert_eq!(t.stored.last().unwrap().event, Event::RecordingStopped { cause: RecordingEnd::Over });
    assert_eq!(t.refused(APPLICANT, NO), "session_over");
}

#[test]
fn r12_the_case_files_word_counts_until_another_is_said() {
    let mut t = Table::together();
    for n in [APPLICANT, RESPONDENT] {
        t.signal(Signal::Enrol(crate::Invited { recording: Some(true), ..invited(n) }));
    }
    t.good(MEDIATOR, Command::Record { on: true });
    assert_eq!(recorded(&t).len(), 3);
    t.good(APPLICANT, NO);
    assert!(recorded(&t).is_empty());
    t.good(APPLICANT, YES);
    // Taken back at the office counter.
    t.signal(Signal::Enrol(crate::Invited { recording: Some(false), ..invited(RESPONDENT) }));
    assert!(recorded(&t).is_empty());
}

#[test]
fn r12_a_switch_left_off_at_the_door_is_no_answer_to_a_later_question() {
    let mut t = Table::together();
    t.signal(Signal::Enrol(crate::Invited { recording: Some(false), ..invited(APPLICANT) }));
    t.good(MEDIATOR, Command::Record { on: true });
    assert!(t.view(APPLICANT).recording.question);
    t.good(APPLICANT, YES);
    t.good(RESPONDENT, YES);
    assert_eq!(recorded(&t).len(), 3);
}

#[test]
fn r12_after_a_restart_it_goes_on_when_everybody_is_back() {
    let mut t = recording();
    t.signal(Signal::Recovered);
    assert!(recorded(&t).is_empty(), "nobody is there to be recorded");
    t.signal(Signal::Connected(seat(APPLICANT), Link::Live));
    assert!(recorded(&t).is_empty(), "no mediator yet");
    t.signal(Signal::Connected(seat(MEDIATOR), Link::Live));
    assert!(!recorded(&t).is_empty());
    assert_eq!(t.view(APPLICANT).recording.state, RecordingState::On);
}

#[test]
fn r12_a_full_disk_pauses_it_and_tells_the_host() {
    let mut t = recording();
    let effects = t.signal(Signal::Recorder(Some(RecordingTrouble::DiskLow)));
    assert_eq!(told(&effects), [seat(MEDIATOR)]);
    assert_eq!(recorded(&t).len(), 3, "it still runs");
    t.signal(Signal::Recorder(Some(RecordingTrouble::DiskFull)));
    assert!(recorded(&t).is_empty());
    assert_eq!(marks(&t), [RecordingState::Paused; 3]);
    assert_eq!(t.view(MEDIATOR).recording.trouble, Some(RecordingTrouble::DiskFull));
    assert_eq!(t.view(APPLICANT).recording.trouble, None);
    t.signal(Signal::Recorder(None));
    assert_eq!(recorded(&t).len(), 3, "there is room again");
    t.signal(Signal::Recorder(Some(RecordingTrouble::Failed)));
    assert_eq!(marks(&t), [RecordingState::Off; 3]);
    assert_eq!(t.view(MEDIATOR).recording.trouble, Some(RecordingTrouble::Failed));
    assert_eq!(t.signal(Signal::Recorder(None)), [], "it has nothing more to say");
    t.good(MEDIATOR, Command::Record { on: true });
    assert_eq!((recorded(&t).len(), t.view(MEDIATOR).recording.trouble), (3, None));
    t.good(MEDIATOR, Command::Record { on: false });
    assert!(recorded(&t).is_empty());
}
