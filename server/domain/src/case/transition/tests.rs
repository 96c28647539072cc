//! The table of states, tried with the guards of the law.

use chrono::{DateTime, Duration, Utc};

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn code(result: Result<S, Refusal>) -> &'static str {
    result.unwrap_err().code
}

#[test]
fn a_quarrel_of_neighbours_goes_its_whole_way() {
    let walk = [
        (Event::Triage, By::Officer, S::Triaged),
        (Event::Accept { consent: Ok(()) }, By::Committee, S::Accepted),
        (Event::Assign { no_conflict_declared: true }, By::Director, S::Assigned),
        (Event::Start { checklist_done: true }, By::Mediator, S::Mediating),
        (Event::OpenSigning { lint_passed: true }, By::Mediator, S::Signing),
        (Event::ReopenText, By::Mediator, S::Mediating),
        (Event::OpenSigning { lint_passed: true }, By::Mediator, S::Signing),
        (Event::TakeEffect { all_signed: true }, By::System, S::Effective),
        (Event::Perform, By::Mediator, S::Performed),
        (Event::Close { open: vec![] }, By::Director, S::Closed),
        (Event::Archive { index_complete: true }, By::Archivist, S::Archived),
    ];
    let mut state = S::Registered;
    for (event, by, expected) in walk {
        state = next(state, &event, by).unwrap();
        assert_eq!(state, expected, "after {event:?}");
    }
}

#[test]
fn r1_no_case_is_accepted_without_each_partys_consent() {
    let missing = Event::Accept { consent: Err(Refusal::conflict("consent_missing")) };
    assert_eq!(code(next(S::Triaged, &missing, By::Committee)), "consent_missing");
}

#[test]
fn r2_a_party_may_stop_at_any_time_before_effect_and_never_after() {
    let stop = Event::Fail { ground: Ground::PartyUnwilling };
    for state in S::ALL {
        let ended = next(state, &stop, By::Party);
        assert_eq!(ended.is_ok(), BEFORE_EFFECT.contains(&state), "{state:?}");
    }
}

#[test]
fn r14_land_labour_and_medical_agreements_are_never_oral() {
    for kind in [DisputeKind::LandForest, DisputeKind::Labour, DisputeKind::Medical] {
        assert_eq!(code(next(S::Mediating, &Event::AgreeOrally { kind }, By::Mediator)), "writing_required");
    }
    let consumer = Event::AgreeOrally { kind: DisputeKind::Consumer };
    assert_eq!(next(S::Mediating, &consumer, By::Mediator), Ok(S::Effective));
}

#[test]
fn r15_only_the_program_itself_brings_an_agreement_into_effect() {
    let event = Event::TakeEffect { all_signed: true };
    assert_eq!(code(next(S::Signing, &event, By::Mediator)), "not_yours_to_do");
    assert_eq!(
        code(next(S::Signing, &Event::TakeEffect { all_signed: false }, By::System)),
        "signature_missing"
    );
}

#[test]
fn r19_confirmation_is_asked_for_jointly_and_within_thirty_days() {
    let effective_at = at("2026-05-01T02:00:00Z");
    let ask = |jointly, days| Event::AskConfirmation {
        jointly,
        effective_at,
        now: effective_at + Duration::days(days),
    };
    assert_eq!(code(next(S::Effective, &ask(false, 3), By::Party)), "not_jointly");
    assert_eq!(next(S::Effective, &ask(true, 30), By::Party), Ok(S::Confirming));
    assert_eq!(code(next(S::Effective, &ask(true, 31), By::Party)), "confirmation_too_late");
}

#[test]
fn what_stands_in_no_row_is_refused() {
    assert_eq!(code(next(S::Archived, &Event::Perform, By::Mediator)), "wrong_state");
    assert_eq!(code(next(S::Effective, &Event::ReopenText, By::Mediator)), "wrong_state");
    assert_eq!(
        code(next(S::Performed, &Event::Close { open: vec!["follow_up"] }, By::Director)),
        "closing_open"
    );
}

#[test]
fn every_state_but_the_first_can_be_reached_and_all_but_the_last_left() {
    for state in S::ALL {
        assert!(state == S::Registered || ROWS.iter().any(|r| r.to == Some(state)), "{state:?} is reached");
        assert!(ROWS.iter().any(|r| r.to.is_some() && r.from.contains(&state)), "{state:?} is left");
    }
}
