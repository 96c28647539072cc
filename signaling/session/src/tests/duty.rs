//! Stories of experts on call, of calls for help, and of the room's own camera. Each with those who must not know.

use chrono::TimeDelta;

use super::table::{
    ADVISER, APPLICANT, CAMERA, COUNSELLOR, MEDIATOR, OBSERVER, RESPONDENT, Table, seat, told,
};
use crate::{AreaId, Command, Effect, Expert, Link, Signal};

fn caucus(t: &mut Table, n: u8) {
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(n)] });
}

fn ring(expert: Expert, question: &str) -> Command {
    Command::Ring { expert, department: String::new(), question: question.into() }
}

fn agrees(t: &mut Table, party: u8, guest: u8) {
    t.good(party, Command::AnswerGuest { seat: seat(guest), yes: true });
}

#[test]
fn a_called_expert_comes_for_ten_minutes_to_who_asked_and_to_nobody_else() {
    let mut t = Table::together();
    t.comes_later(COUNSELLOR);
    caucus(&mut t, APPLICANT);
    let effects = t.good(MEDIATOR, ring(Expert::Counsellor, "老人情绪激动"));
    assert!(effects.iter().any(|e| matches!(e, Effect::Ring(call) if call.area == AreaId::Caucus(1))));
    assert_eq!(told(&effects), [seat(MEDIATOR)], "neither side learns that somebody is rung, nor why");
    t.signal(Signal::TakeCall(1, seat(COUNSELLOR)));
    assert!(!t.sees(COUNSELLOR, APPLICANT), "not before the party agreed");
    agrees(&mut t, APPLICANT, COUNSELLOR);
    assert!(t.sees(COUNSELLOR, APPLICANT) && !t.sees(RESPONDENT, COUNSELLOR));
    assert_eq!(t.view(COUNSELLOR).mine.until, Some(t.now + TimeDelta::minutes(10)));
    t.good(MEDIATOR, Command::SendBack { seat: seat(COUNSELLOR) });
    assert!(!t.sees(COUNSELLOR, APPLICANT), "and does not come back by itself");
    assert!(t.view(RESPONDENT).mine.guests.is_empty(), "who has not answered is asked no more");
}

#[test]
fn a_call_is_taken_once() {
    let mut t = Table::together_with(&[COUNSELLOR, OBSERVER]);
    t.good(MEDIATOR, ring(Expert::Counsellor, ""));
    t.signal(Signal::TakeCall(1, seat(COUNSELLOR)));
    let late = t.session.signal(t.now, Signal::TakeCall(1, seat(OBSERVER))).unwrap_err();
    assert_eq!(late.code, "call_taken");
}

#[test]
fn the_host_sees_whose_desk_rings_and_nobody_else_does() {
    let mut t = Table::together();
    t.good(MEDIATOR, ring(Expert::Lawyer, "违约金能不能调低"));
    let effects = t.signal(Signal::CallRings(1, Some("许明达".into())));
    assert_eq!(told(&effects), [seat(MEDIATOR)]);
    assert_eq!(t.view(MEDIATOR).corridor.unwrap().calls[0].ringing.as_deref(), Some("许明达"));
    for n in [APPLICANT, RESPONDENT] {
        let screen = serde_json::to_string(&t.view(n)).unwrap();
        assert!(!screen.contains("许明达") && !screen.contains("违约金"), "seat {n}");
    }
    assert!(t.signal(Signal::CallRings(1, Some("许明达".into()))).is_empty(), "told once");
    t.signal(Signal::CallRings(1, None));
    assert!(t.view(MEDIATOR).corridor.unwrap().calls[0].unanswered);
    // Nobody came: the same question can be asked again.
    t.good(MEDIATOR, ring(Expert::Lawyer, "违约金能不能调低"));
    assert_eq!(t.session.calls().len(), 2);
    t.good(MEDIATOR, ring(Expert::Lawyer, "违约金能不能调低"));
    assert_eq!(t.session.calls().len(), 2, "while it rings, a double click is one call");
}

#[test]
fn r05_both_sides_are_told_that_a_guest_is_asked_for_but_not_what_for() {
    let mut t = Table::together();
    t.comes_later(ADVISER);
    t.good(MEDIATOR, ring(Expert::Lawyer, "违约金能不能调低"));
    t.signal(Signal::TakeCall(1, seat(ADVISER)));
    for n in [APPLICANT, RESPONDENT] {
        assert_eq!(t.view(n).mine.guests[0].name, "许明达");
        assert!(!serde_json::to_string(&t.view(n)).unwrap().contains("违约金"));
    }
    assert!(!t.sees(APPLICANT, ADVISER));
    agrees(&mut t, APPLICANT, ADVISER);
    assert!(!t.sees(APPLICANT, ADVISER), "one of two");
    agrees(&mut t, RESPONDENT, ADVISER);
    assert!(t.sees(APPLICANT, ADVISER) && t.sees(RESPONDENT, ADVISER));
}

#[test]
fn ten_minutes_end_by_themselves_unless_the_host_adds_some() {
    let mut t = Table::together();
    t.comes_later(ADVISER);
    t.good(MEDIATOR, ring(Expert::Lawyer, ""));
    t.signal(Signal::TakeCall(1, seat(ADVISER)));
    agrees(&mut t, APPLICANT, ADVISER);
    agrees(&mut t, RESPONDENT, ADVISER);
    let end = t.now + TimeDelta::minutes(10);
    assert_eq!(t.session.next_tick(), Some(end + TimeDelta::minutes(1)), "a minute to finish the sentence");
    t.later(9 * 60);
    assert_eq!(t.refused(APPLICANT, Command::Prolong { seat: seat(ADVISER) }), "host_only");
    t.good(MEDIATOR, Command::Prolong { seat: seat(ADVISER) });
    assert_eq!(t.view(ADVISER).mine.until, Some(end + TimeDelta::minutes(10)));
    t.later(11 * 60);
    assert!(t.signal(Signal::Tick).is_empty(), "the last minute");
    t.later(60);
    t.signal(Signal::Tick);
    assert!(!t.sees(APPLICANT, ADVISER) && !t.sees(ADVISER, APPLICANT));
    assert!(t.session.calls()[0].over && t.view(ADVISER).mine.until.is_none());
}

#[test]
fn who_was_called_and_leaves_is_not_waited_for() {
    let mut t = Table::together();
    t.comes_later(ADVISER);
    t.good(MEDIATOR, ring(Expert::Lawyer, ""));
    t.signal(Signal::TakeCall(1, seat(ADVISER)));
    agrees(&mut t, APPLICANT, ADVISER);
    agrees(&mut t, RESPONDENT, ADVISER);
    t.good(ADVISER, Command::Leave);
    assert!(t.session.calls()[0].over);
    t.signal(Signal::Disconnected(seat(ADVISER), Link::Live));
    t.signal(Signal::Connected(seat(ADVISER), Link::Live));
    assert!(!t.sees(APPLICANT, ADVISER), "the way back is through the door");
}

#[test]
fn r05_a_guest_of_one_side_stays_outside_when_the_private_talk_ends() {
    let mut t = Table::together();
    t.comes_later(COUNSELLOR);
    caucus(&mut t, APPLICANT);
    t.good(MEDIATOR, ring(Expert::Counsellor, ""));
    t.signal(Signal::TakeCall(1, seat(COUNSELLOR)));
    agrees(&mut t, APPLICANT, COUNSELLOR);
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert!(t.sees(APPLICANT, RESPONDENT));
    assert!(!t.sees(RESPONDENT, COUNSELLOR) && !t.sees(APPLICANT, COUNSELLOR));
}

// ---- distress ----------------------------------------------------------------------------------------------------

#[test]
fn what_a_human_decided_about_a_call_for_help_is_kept() {
    let mut t = Table::together();
    t.good(APPLICANT, Command::Distress);
    assert_eq!(
        t.refused(MEDIATOR, Command::CloseDistress { seat: seat(APPLICANT), action: String::new() }),
        "nothing_said"
    );
    let action = "已分开，社工陪同，家属来接".to_owned();
    let effects = t.good(MEDIATOR, Command::CloseDistress { seat: seat(APPLICANT), action });
    assert!(!told(&effects).contains(&seat(RESPONDENT)));
    assert!(!t.session.seat(seat(APPLICANT)).unwrap().distress);
}

#[test]
fn the_host_and_the_caller_learn_that_the_desk_is_there_and_the_other_side_does_not() {
    let mut t = Table::together();
    t.good(APPLICANT, Command::Distress);
    let effects = t.signal(Signal::DeskAnswered(seat(APPLICANT)));
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    assert!(t.signal(Signal::DeskAnswered(seat(APPLICANT))).is_empty());
    t.good(MEDIATOR, Command::DistressSeen { seat: seat(APPLICANT) });
    t.good(APPLICANT, Command::Distress);
    assert!(t.session.seat(seat(APPLICANT)).unwrap().desk_answered.is_none(), "a new call is a new call");
}

#[test]
fn who_is_in_distress_is_taken_aside_and_may_go_without_a_word() {
    let mut t = Table::together();
    t.good(APPLICANT, Command::Distress);
    caucus(&mut t, APPLICANT);
    assert!(!t.sees(RESPONDENT, APPLICANT) && !t.sees(APPLICANT, RESPONDENT));
    let effects = t.good(APPLICANT, Command::Leave);
    assert!(!told(&effects).contains(&seat(RESPONDENT)), "the other side learns nothing of it");
    assert!(t.session.seat(seat(APPLICANT)).unwrap().distress, "and help is still on its way");
}

// ---- the room's own camera ---------------------------------------------------------------------------------------

fn with_camera() -> Table {
    let mut t = Table::together();
    t.comes_later(CAMERA);
    t.good(MEDIATOR, Command::ProposeGuest { seat: seat(CAMERA) });
    assert_eq!(t.refused(MEDIATOR, Command::Admit { seat: seat(CAMERA) }), "guest_needs_consent");
    agrees(&mut t, APPLICANT, CAMERA);
    agrees(&mut t, RESPONDENT, CAMERA);
    t.admit(CAMERA);
    t
}

#[test]
fn a_rooms_camera_is_seen_by_everybody_and_sees_nobody() {
    let mut t = with_camera();
    for n in [MEDIATOR, APPLICANT, RESPONDENT] {
        assert!(t.sees(n, CAMERA) && !t.sees(CAMERA, n), "seat {n}");
        assert!(t.view(n).area.seats.iter().any(|s| s.name == "二号调解室"), "labelled for seat {n}");
        assert!(!t.view(n).hears_me.contains(&"二号调解室".to_owned()));
    }
    assert_eq!(t.refused(CAMERA, Command::Hand { up: true }), "camera_only_shows");
    assert_eq!(t.refused(CAMERA, Command::Say { text: "在吗".into() }), "camera_only_shows");
}

#[test]
fn t1_a_rooms_camera_shows_nothing_while_a_private_talk_may_be_held_before_it() {
    let mut t = with_camera();
    caucus(&mut t, APPLICANT);
    assert!(!t.sees(RESPONDENT, CAMERA), "the talk may be held in that very room");
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert!(t.sees(RESPONDENT, CAMERA));
}

#[test]
fn r12_a_rooms_camera_is_never_recorded_and_does_not_hinder_a_recording() {
    let mut t = with_camera();
    t.good(MEDIATOR, Command::Record { on: true });
    t.good(APPLICANT, Command::ConsentRecording { yes: true });
    t.good(RESPONDENT, Command::ConsentRecording { yes: true });
    assert!(t.session.is_recorded(seat(APPLICANT)) && !t.session.is_recorded(seat(CAMERA)));
}
