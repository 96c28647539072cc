//! Stories of the craft: the opening, speech order, areas and invitations. Each with those who must not know.

use domain::PaperScope;

use super::papers;
use super::table::{
    APPLICANT, CLERK, CO_MEDIATOR, HELPER, INTERPRETER, MEDIATOR, OBSERVER, RESPONDENT, Table, seat, told,
};
use crate::{
    AreaId, Command, DeviceWish, Effect, IdentityMethod, Link, OpeningItem, Outcome, Phase, Readiness,
    Session, Setup, Signal,
};

fn caucus(t: &mut Table, n: u8) {
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(n)] });
}

fn identify(n: u8) -> Command {
    let method = IdentityMethod::DocumentOnCamera;
    Command::Identify { seat: seat(n), method, matches: true, id_tail: Some("123X".into()) }
}

// ---- before ------------------------------------------------------------------------------------------------------

#[test]
fn r08_the_opening_gates_the_start() {
    let setup = |s: Setup| Setup { checklist: true, ..s };
    let mut t = Table::with(&[MEDIATOR, APPLICANT, RESPONDENT], setup);
    t.everybody_connects();
    assert_eq!(t.refused(MEDIATOR, Command::Start), "opening_incomplete");
    for item in [OpeningItem::RightsTold, OpeningItem::ShamWarned, OpeningItem::AddressConfirmed] {
        t.good(MEDIATOR, Command::TickOff { item });
    }
    t.good(MEDIATOR, Command::DeclareConflict { disclosed: None });
    t.good(MEDIATOR, identify(APPLICANT));
    assert_eq!(t.refused(MEDIATOR, Command::Start), "opening_incomplete", "the respondent was not checked");
    t.good(MEDIATOR, identify(RESPONDENT));
    assert!(t.view(MEDIATOR).corridor.unwrap().opening.complete);
    t.good(MEDIATOR, Command::Start);
    assert_eq!(t.session.phase(), Phase::Live);
}

#[test]
fn r08_before_the_start_the_mediator_meets_one_person_at_the_door() {
    let mut t = Table::of(&[MEDIATOR, CO_MEDIATOR, APPLICANT, RESPONDENT, HELPER], &[]);
    t.everybody_connects();
    let greet = |n: u8| Command::Greet { seat: Some(seat(n)) };
    let pairs = |t: &Table| t.session.pairs().into_iter().collect::<Vec<_>>();
    assert_eq!(t.refused(APPLICANT, greet(RESPONDENT)), "host_only");
    assert!(pairs(&t).is_empty(), "in the lobby everybody is alone");
    let effects = t.good(MEDIATOR, greet(RESPONDENT));
    assert!(matches!(effects[0], Effect::Flip(_)), "the table first");
    let (host, qian) = (seat(MEDIATOR), seat(RESPONDENT));
    assert_eq!(
        pairs(&t),
        [(host, qian), (qian, host)]
            .into_iter()
            .collect::<crate::visibility::Pairs>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(t.view(RESPONDENT).hears_me.len(), 1);
    assert!(t.view(RESPONDENT).mine.greeted && t.view(RESPONDENT).area.seats.len() == 2);
    let others = told(&effects);
    assert!(
        !others.contains(&seat(APPLICANT)) && !others.contains(&seat(HELPER)),
        "the next in line learns nothing"
    );
    // The helper of the next person comes along; the one before is out in the same flip.
    t.good(MEDIATOR, greet(APPLICANT));
    assert!(pairs(&t).iter().all(|(a, b)| *a != qian && *b != qian));
    assert!(
        pairs(&t).contains(&(seat(HELPER), host)) && pairs(&t).contains(&(seat(HELPER), seat(APPLICANT)))
    );
    // A co-mediator does not listen at the door.
    assert!(pairs(&t).iter().all(|(a, b)| ![*a, *b].contains(&seat(CO_MEDIATOR))));
    t.good(MEDIATOR, Command::Greet { seat: None });
    assert!(pairs(&t).is_empty());
    t.good(MEDIATOR, greet(APPLICANT));
    t.good(MEDIATOR, Command::Start);
    assert_eq!(t.refused(MEDIATOR, greet(APPLICANT)), "already_started");
    assert!(
        pairs(&t).iter().all(|(a, b)| *a != seat(APPLICANT) && *b != seat(APPLICANT)),
        "not let in by the start"
    );
}

#[test]
fn r09_identity_is_checked_per_person_and_the_number_stays_with_the_hosts() {
    let mut t = Table::together();
    let long = Command::Identify {
        seat: seat(APPLICANT),
        method: IdentityMethod::KnownInPerson,
        matches: true,
        id_tail: Some("99000019590101123X".into()),
    };
    assert_eq!(t.refused(MEDIATOR, long), "id_tail");
    assert_eq!(t.refused(RESPONDENT, identify(APPLICANT)), "host_only");
    t.good(MEDIATOR, identify(APPLICANT));
    assert!(t.view(APPLICANT).me.private.unwrap().identified);
    assert!(!serde_json::to_string(&t.view(RESPONDENT)).unwrap().contains("123X"));
    assert!(
        !serde_json::to_string(&t.view(APPLICANT)).unwrap().contains("123X"),
        "not even on the own phone"
    );
    assert!(serde_json::to_string(&t.view(MEDIATOR)).unwrap().contains("123X"));
}

#[test]
fn r09_a_document_is_shown_to_the_mediator_alone_and_stays_so() {
    let mut t = Table::together();
    assert_eq!(t.refused(RESPONDENT, Command::AskDocument { seat: seat(APPLICANT) }), "host_only");
    let effects = t.good(MEDIATOR, Command::AskDocument { seat: seat(APPLICANT) });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)], "the other side does not learn of it");
    assert!(t.view(APPLICANT).mine.document_asked);

    let present = |n| Command::PresentDocument { paper: Some(papers::id(n)) };
    t.signal(Signal::PaperLodged(Box::new(papers::paper(1, APPLICANT, PaperScope::Mediator))));
    t.signal(Signal::PaperLodged(Box::new(papers::paper(2, APPLICANT, PaperScope::All))));
    assert_eq!(t.refused(RESPONDENT, present(1)), "unknown_paper");
    assert_eq!(t.refused(RESPONDENT, present(2)), "owner_only");
    assert_eq!(t.refused(APPLICANT, present(2)), "document_for_mediator", "everybody has seen that one");
    let effects = t.good(APPLICANT, present(1));
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    assert!(!t.view(APPLICANT).mine.document_asked);

    t.good(MEDIATOR, identify(APPLICANT));
    let corridor = t.view(MEDIATOR).corridor.unwrap();
    let seats = corridor.areas.iter().flat_map(|area| &area.seats);
    let zhao = seats.into_iter().find(|s| s.id == seat(APPLICANT)).unwrap().private.clone().unwrap();
    assert_eq!(zhao.identity.unwrap().document, Some(papers::id(1)), "what was compared is in the check");
    let widen = Command::WidenPaper { paper: papers::id(1), scope: PaperScope::All };
    assert_eq!(
        t.refused(APPLICANT, widen),
        "document_for_mediator",
        "no slip of a finger shows it to others"
    );
    assert!(!serde_json::to_string(&t.view(RESPONDENT)).unwrap().contains(&papers::id(1).to_string()));
    // Held to the camera instead: the question is answered, nothing is kept.
    t.good(MEDIATOR, Command::AskDocument { seat: seat(RESPONDENT) });
    t.good(RESPONDENT, Command::PresentDocument { paper: None });
    assert!(!t.view(RESPONDENT).mine.document_asked);
}

#[test]
fn t03_another_device_gets_the_seat_by_its_own_word_or_a_hosts_and_keeps_the_place() {
    let mut t = Table::together();
    let wish = |code: &str| DeviceWish { device: format!("hash {code}"), code: code.into() };
    let asks = |t: &mut Table, code| t.signal(Signal::DeviceAsks(seat(APPLICANT), wish(code)));
    let answer = |code: &str, yes| Command::AnswerDevice { seat: seat(APPLICANT), code: code.into(), yes };
    let effects = asks(&mut t, "47");
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    assert_eq!(t.refused(RESPONDENT, answer("47", true)), "host_only");
    t.good(APPLICANT, answer("47", false));
    assert_eq!(t.refused(APPLICANT, answer("47", true)), "device_wish_gone");
    // A stranger asks in between: a yes to the number one has read does not let in another.
    asks(&mut t, "47");
    asks(&mut t, "12");
    assert_eq!(t.refused(APPLICANT, answer("47", true)), "device_wish_gone");
    assert!(
        !serde_json::to_string(&t.view(MEDIATOR)).unwrap().contains("hash 12"),
        "a secret's hash is nobody's"
    );
    let area = t.view(APPLICANT).me.area;
    t.good(MEDIATOR, answer("12", true));
    let me = t.session.seat(seat(APPLICANT)).unwrap();
    assert_eq!((me.devices, me.area, &me.device_wish), (1, area, &None));
}

#[test]
fn r09_a_clerk_may_check_identities_and_nothing_else_of_a_host() {
    let mut t = Table::together_with(&[CLERK]);
    t.admit(CLERK);
    t.good(CLERK, identify(RESPONDENT));
    assert_eq!(t.refused(CLERK, Command::TickOff { item: OpeningItem::RightsTold }), "host_only");
}

#[test]
fn readiness_is_for_the_host_and_oneself() {
    let mut t = Table::together();
    let readiness = Readiness {
        camera: Some(true),
        microphone: Some(false),
        network: Some("relay".into()),
        company: vec!["儿子赵强".into()],
        ..Readiness::default()
    };
    let effects = t.good(APPLICANT, Command::Ready { readiness });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)], "the other side learns nothing");
    assert!(serde_json::to_string(&t.view(MEDIATOR)).unwrap().contains("儿子赵强"));
}

#[test]
fn r04_a_conflict_is_disclosed_to_everybody_before_and_during() {
    let mut t = Table::together();
    t.good(MEDIATOR, Command::DeclareConflict { disclosed: Some("与被申请人同村".into()) });
    for n in [APPLICANT, RESPONDENT] {
        assert_eq!(t.view(n).mine.conflict.unwrap().disclosed.unwrap(), "与被申请人同村");
    }
    t.good(RESPONDENT, Command::AskForAnother { reason: String::new() });
    assert!(!t.view(APPLICANT).mine.wants_another);
    let corridor = t.view(MEDIATOR).corridor.unwrap();
    let qian = corridor.areas.iter().flat_map(|a| &a.seats).find(|s| s.id == seat(RESPONDENT)).unwrap();
    assert!(qian.private.as_ref().unwrap().wants_another);
}

// ---- speech order ------------------------------------------------------------------------------------------------

#[test]
fn a_timed_statement_in_quiet_keeps_the_others_silent_and_ends_by_itself() {
    let mut t = Table::together();
    t.good(APPLICANT, Command::Hand { up: true });
    let give = Command::GiveFloor { seat: seat(APPLICANT), seconds: Some(120), quiet: true };
    let effects = t.good(MEDIATOR, give);
    let silences: Vec<_> = effects
        .iter()
        .filter_map(|e| if let Effect::Silence(s, on) = e { Some((*s, *on)) } else { None })
        .collect();
    assert_eq!(silences, [(seat(RESPONDENT), true)], "not the speaker, not the mediator");
    assert!(t.view(RESPONDENT).mine.silenced);
    assert!(!t.view(APPLICANT).me.hand, "the hand has served its purpose");
    assert_eq!(t.session.next_tick(), Some(t.now + chrono::TimeDelta::seconds(120)));
    t.later(120);
    let effects = t.signal(Signal::Tick);
    assert!(effects.contains(&Effect::Silence(seat(RESPONDENT), false)));
    assert!(t.view(APPLICANT).area.floor.is_none());
}

#[test]
fn a_lock_holds_and_nobody_is_ever_unmuted_from_afar() {
    let mut t = Table::together();
    let effects = t.good(MEDIATOR, Command::Lock { seat: seat(RESPONDENT), on: true });
    assert!(effects.contains(&Effect::Silence(seat(RESPONDENT), true)));
    assert_eq!(t.refused(MEDIATOR, Command::AskToSpeak { seat: seat(RESPONDENT) }), "silenced");
    assert_eq!(t.refused(MEDIATOR, Command::Lock { seat: seat(MEDIATOR), on: true }), "host_is_never_locked");
    t.good(MEDIATOR, Command::Lock { seat: seat(RESPONDENT), on: false });
    t.good(MEDIATOR, Command::AskToSpeak { seat: seat(RESPONDENT) });
    assert!(t.view(RESPONDENT).mine.asked_to_speak && !t.view(APPLICANT).mine.asked_to_speak);
    t.good(RESPONDENT, Command::AnswerAsk);
    assert!(!t.view(RESPONDENT).mine.asked_to_speak);
}

#[test]
fn hands_are_in_the_order_they_went_up() {
    let mut t = Table::together();
    t.good(RESPONDENT, Command::Hand { up: true });
    t.later(3);
    t.good(APPLICANT, Command::Hand { up: true });
    assert_eq!(t.session.hands(AreaId::Joint), [seat(RESPONDENT), seat(APPLICANT)]);
}

#[test]
fn talk_time_is_the_hosts_to_see() {
    let mut t = Table::together();
    t.signal(Signal::Talked(vec![(seat(APPLICANT), 9000), (seat(RESPONDENT), 500)]));
    let text = serde_json::to_string(&t.view(RESPONDENT)).unwrap();
    assert!(!text.contains("9000"), "{text}");
    assert!(serde_json::to_string(&t.view(MEDIATOR)).unwrap().contains("9000"));
}

// ---- areas -------------------------------------------------------------------------------------------------------

#[test]
fn who_is_asked_into_a_private_talk_may_stay_away() {
    let mut t = Table::together();
    caucus(&mut t, APPLICANT);
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    t.good(MEDIATOR, Command::Move { seat: seat(MEDIATOR), area: AreaId::Consult(1) });
    let effects = t.good(MEDIATOR, Command::Invite { seats: vec![seat(APPLICANT)] });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    t.good(APPLICANT, Command::AnswerInvitation { accept: false });
    assert_eq!(t.session.seat(seat(APPLICANT)).unwrap().area, AreaId::Joint);
    t.good(MEDIATOR, Command::Invite { seats: vec![seat(APPLICANT)] });
    t.good(APPLICANT, Command::AnswerInvitation { accept: true });
    assert!(t.sees(APPLICANT, MEDIATOR) && !t.sees(RESPONDENT, APPLICANT));
}

#[test]
fn a_locked_door_opens_only_from_inside_or_by_invitation() {
    let mut t = Table::together_with(&[CO_MEDIATOR]);
    caucus(&mut t, APPLICANT);
    t.good(MEDIATOR, Command::LockArea { area: AreaId::Caucus(1), on: true });
    let enter = Command::Move { seat: seat(CO_MEDIATOR), area: AreaId::Caucus(1) };
    assert_eq!(t.refused(CO_MEDIATOR, enter.clone()), "area_locked");
    t.good(MEDIATOR, enter);
    assert!(t.sees(CO_MEDIATOR, APPLICANT));
}

#[test]
fn a_knock_is_heard_by_the_host_alone() {
    let mut t = Table::together();
    caucus(&mut t, APPLICANT);
    let effects = t.good(RESPONDENT, Command::Knock { up: true });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(RESPONDENT)]);
}

#[test]
fn a_word_to_everybody_reaches_the_lobby_too() {
    let mut t = Table::together_with(&[OBSERVER]);
    caucus(&mut t, APPLICANT);
    t.good(MEDIATOR, Command::Announce { text: "十分钟后继续".into() });
    for n in [APPLICANT, RESPONDENT, OBSERVER] {
        assert_eq!(t.view(n).mine.announcement.unwrap().text, "十分钟后继续");
    }
}

#[test]
fn r39_an_interpreter_goes_where_the_one_goes_whom_it_serves() {
    let mut t = Table::together_with(&[INTERPRETER]);
    t.admit(INTERPRETER);
    caucus(&mut t, RESPONDENT);
    assert!(t.sees(INTERPRETER, RESPONDENT) && !t.sees(APPLICANT, INTERPRETER));
    let alone = Command::Move { seat: seat(INTERPRETER), area: AreaId::Joint };
    assert_eq!(t.refused(MEDIATOR, alone), "bound_seat");
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert!(t.sees(APPLICANT, INTERPRETER));
}

#[test]
fn a_helper_does_not_come_in_before_the_one_who_is_helped() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, HELPER], &[]);
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    assert_eq!(t.refused(MEDIATOR, Command::Admit { seat: seat(HELPER) }), "bound_seat");
    t.admit(APPLICANT);
    t.admit(HELPER);
    assert!(t.sees(HELPER, APPLICANT));
}

#[test]
fn r32_reported_violence_keeps_the_sides_apart_until_a_host_decides() {
    let mut t = Table::with(&[MEDIATOR, APPLICANT, RESPONDENT], |s| Setup { apart: true, ..s });
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    t.admit(APPLICANT);
    assert_eq!(t.refused(MEDIATOR, Command::Admit { seat: seat(RESPONDENT) }), "kept_apart");
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(RESPONDENT)] });
    assert!(t.sees(RESPONDENT, MEDIATOR) && !t.sees(RESPONDENT, APPLICANT));
    assert_eq!(t.refused(MEDIATOR, Command::AllowJoint { reason: " ".into() }), "nothing_said");
    t.good(MEDIATOR, Command::AllowJoint { reason: "双方书面要求同场，社工在场".into() });
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert!(t.sees(RESPONDENT, APPLICANT));
}

#[test]
fn r32_the_private_question_is_answered_to_the_mediator_alone_and_parts_the_sides() {
    let asked = |n: u8| crate::Invited { asked_safety: true, ..super::table::invited(n) };
    let mut t = Table::together();
    for n in [APPLICANT, RESPONDENT] {
        t.signal(Signal::Enrol(asked(n)));
        assert!(!t.view(n).mine.safety_question, "not while the other side could look on");
    }
    caucus(&mut t, APPLICANT);
    assert!(t.view(APPLICANT).mine.safety_question);
    assert_eq!(t.refused(MEDIATOR, Command::AnswerSafety { afraid: true }), "not_asked");
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });

    // Said in the middle of the joint sitting all the same: both sides wait outside, and nobody learns why.
    let effects = t.good(APPLICANT, Command::AnswerSafety { afraid: true });
    assert!(matches!(effects.first(), Some(Effect::Flip(_))), "first the table, then the rest");
    assert!(!t.sees(RESPONDENT, APPLICANT) && !t.sees(APPLICANT, RESPONDENT));
    assert_eq!(t.view(RESPONDENT).area.id, AreaId::Lobby);
    for n in [APPLICANT, RESPONDENT] {
        let view = t.view(n);
        assert!(view.me.private.unwrap().afraid.is_none(), "not even on the own screen");
    }
    let seats: Vec<_> = t.view(MEDIATOR).corridor.unwrap().areas.into_iter().flat_map(|a| a.seats).collect();
    let word = |n| seats.iter().find(|s| s.id == seat(n)).unwrap().private.clone().unwrap().afraid;
    assert_eq!((word(APPLICANT), word(RESPONDENT)), (Some(true), None));
    t.admit(APPLICANT);
    assert_eq!(t.refused(MEDIATOR, Command::Admit { seat: seat(RESPONDENT) }), "kept_apart");

    // A no does not take the yes back, and nobody is told anything by it.
    assert!(t.good(APPLICANT, Command::AnswerSafety { afraid: false }).is_empty());
    assert_eq!(
        t.refused(RESPONDENT, Command::ReportSafety { seat: seat(APPLICANT), action: "x".into() }),
        "host_only"
    );
    let effects =
        t.good(MEDIATOR, Command::ReportSafety { seat: seat(APPLICANT), action: "已报派出所".into() });
    assert_eq!(told(&effects), [seat(MEDIATOR)], "what was done is the mediators' affair");
    assert_eq!(t.view(MEDIATOR).corridor.unwrap().safety_reports.len(), 1);
    assert!(Session::replay(&t.stored).is_some_and(|again| again == t.session));
}

#[test]
fn the_chair_alone_begins_and_ends_and_may_hand_over() {
    let mut t = Table::together_with(&[CO_MEDIATOR]);
    assert_eq!(t.refused(CO_MEDIATOR, Command::End { outcome: Outcome::Failed }), "chair_only");
    t.good(MEDIATOR, Command::GiveChair { seat: seat(CO_MEDIATOR) });
    assert_eq!(t.refused(MEDIATOR, Command::End { outcome: Outcome::Failed }), "chair_only");
    assert_eq!(t.view(APPLICANT).host.name, "郭敏");
    t.good(CO_MEDIATOR, Command::End { outcome: Outcome::Failed });
}

#[test]
fn a_sitting_is_adjourned_to_a_date_and_everybody_sees_it() {
    let mut t = Table::together();
    let (past, next) = (t.now - chrono::TimeDelta::days(1), t.now + chrono::TimeDelta::days(7));
    assert_eq!(t.refused(MEDIATOR, Command::Adjourn { next_at: Some(past) }), "next_date");
    t.good(MEDIATOR, Command::Adjourn { next_at: Some(next) });
    assert_eq!(t.session.outcome(), Some(Outcome::Adjourned));
    assert_eq!(t.view(APPLICANT).mine.next_at, Some(next));
}

#[test]
fn nobody_is_absent_before_a_quarter_of_an_hour() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT], &[]);
    t.signal(Signal::Connected(seat(MEDIATOR), crate::Link::Live));
    t.signal(Signal::Connected(seat(APPLICANT), crate::Link::Live));
    assert_eq!(t.refused(MEDIATOR, Command::NoShow), "too_early");
    t.later(15 * 60);
    t.good(MEDIATOR, Command::NoShow);
    assert_eq!(t.session.outcome(), Some(Outcome::NoShow));
    let mut all = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT], &[]);
    all.everybody_connects();
    all.later(15 * 60);
    assert_eq!(all.refused(MEDIATOR, Command::NoShow), "all_came");
}

// ---- several people at one device --------------------------------------------------------------------------------

#[test]
fn r09_who_sits_at_anothers_device_is_there_with_it_and_is_checked_for_themselves() {
    let lead = seat(RESPONDENT);
    let setup = |s: Setup| Setup { checklist: true, ..s };
    let mut t = Table::with(&[MEDIATOR, APPLICANT, RESPONDENT], setup);
    let wife = crate::Invited {
        seat: seat(77),
        name: "钱永福的妻子".into(),
        party: None,
        bound_to: Some(lead),
        same_device: true,
        ..super::table::invited(RESPONDENT)
    };
    t.signal(Signal::Enrol(wife.clone()));
    assert!(!t.session.seat(wife.seat).unwrap().online());
    t.everybody_connects();
    let there = |t: &Table| t.session.seat(wife.seat).unwrap().online();
    assert!(there(&t), "there when the phone is there");
    assert_eq!(t.view(MEDIATOR).corridor.unwrap().opening.unchecked.len(), 3, "each person, not each phone");
    t.signal(Signal::Disconnected(lead, Link::Live));
    t.signal(Signal::Disconnected(lead, Link::Media));
    assert!(!there(&t));
    t.signal(Signal::Connected(lead, Link::Live));
    assert!(there(&t));
    // Gets up, and has to come by a link of their own.
    t.signal(Signal::Enrol(crate::Invited { bound_to: None, same_device: false, ..wife.clone() }));
    assert!(!there(&t));
}
