//! Stories of the craft: guests, the release gate, offers, lines. Each with those who must not know.

use domain::Side;

use super::table::{APPLICANT, CO_MEDIATOR, COUNSELLOR, MEDIATOR, OBSERVER, RESPONDENT, Table, seat, told};
use crate::{AreaId, Command, Effect, OfferKind, Seal};

fn caucus(t: &mut Table, n: u8) {
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(n)] });
}

// ---- guests and experts ------------------------------------------------------------------------------------------

#[test]
fn r05_a_guest_comes_only_when_every_party_there_agreed() {
    let mut t = Table::together();
    t.comes_later(COUNSELLOR);
    let admit = Command::Admit { seat: seat(COUNSELLOR) };
    assert_eq!(t.refused(MEDIATOR, admit.clone()), "guest_needs_consent");
    t.good(MEDIATOR, Command::ProposeGuest { seat: seat(COUNSELLOR) });
    assert_eq!(t.view(APPLICANT).mine.guests[0].name, "方心怡");
    let answer = |yes| Command::AnswerGuest { seat: seat(COUNSELLOR), yes };
    t.good(APPLICANT, answer(true));
    assert_eq!(t.refused(MEDIATOR, admit.clone()), "guest_needs_consent", "one of two");
    t.good(RESPONDENT, answer(true));
    t.good(MEDIATOR, admit);
    assert!(t.sees(APPLICANT, COUNSELLOR));
    t.good(RESPONDENT, answer(false));
    assert!(!t.sees(APPLICANT, COUNSELLOR), "a word taken back counts at once");
}

#[test]
fn r05_who_enters_through_a_door_that_names_a_guest_agrees_to_the_guest() {
    let mut t = Table::together_with(&[COUNSELLOR, OBSERVER]);
    t.admit(COUNSELLOR);
    assert!(t.sees(APPLICANT, COUNSELLOR));
    assert_eq!(
        t.refused(MEDIATOR, Command::Admit { seat: seat(OBSERVER) }),
        "guest_needs_consent",
        "R6 is stricter"
    );
    t.good(APPLICANT, Command::AnswerGuest { seat: seat(COUNSELLOR), yes: false });
    assert!(!t.sees(RESPONDENT, COUNSELLOR), "and may take it back");
}

#[test]
fn r06_an_observer_sits_nowhere_without_all() {
    let mut t = Table::together_with(&[OBSERVER]);
    t.good(MEDIATOR, Command::ProposeGuest { seat: seat(OBSERVER) });
    t.good(APPLICANT, Command::AnswerGuest { seat: seat(OBSERVER), yes: true });
    t.good(RESPONDENT, Command::AnswerGuest { seat: seat(OBSERVER), yes: false });
    assert_eq!(t.refused(MEDIATOR, Command::Admit { seat: seat(OBSERVER) }), "guest_needs_consent");
    assert!(!serde_json::to_string(&t.view(OBSERVER)).unwrap().contains("赵守田"));
}

// ---- the release gate --------------------------------------------------------------------------------------------

#[test]
fn a_confidence_crosses_only_by_the_confiders_own_tap_in_the_exact_words() {
    let mut t = Table::together();
    let confide = |text: &str| Command::Confide { seat: seat(APPLICANT), text: text.into() };
    assert_eq!(t.refused(MEDIATOR, confide("一千就够")), "not_in_private_with");
    caucus(&mut t, APPLICANT);
    t.good(MEDIATOR, confide("一千就够"));
    let convey = Command::Convey { confidence: 1, seats: vec![seat(RESPONDENT)] };
    assert_eq!(t.refused(MEDIATOR, convey.clone()), "sealed");
    let release = |text: &str, go| Command::Release { confidence: 1, text: text.into(), go };
    assert_eq!(t.refused(MEDIATOR, release("一千就够", true)), "confider_only");
    assert_eq!(t.refused(RESPONDENT, release("一千就够", true)), "unknown_confidence");
    assert_eq!(t.refused(APPLICANT, release("一千二就够", true)), "other_words");
    t.good(APPLICANT, release("一千就够", true));
    assert!(t.view(RESPONDENT).mine.confidences.is_empty(), "released is not yet conveyed");
    t.good(APPLICANT, release("一千就够", false));
    assert_eq!(t.refused(MEDIATOR, convey.clone()), "sealed", "taken back in time");
    t.good(APPLICANT, release("一千就够", true));
    t.good(MEDIATOR, convey);
    let heard = &t.view(RESPONDENT).mine.confidences[0];
    assert_eq!((heard.text.as_str(), heard.of, heard.seal), ("一千就够", None, Seal::Conveyed));
    assert_eq!(t.refused(APPLICANT, release("一千就够", false)), "already_conveyed");
}

#[test]
fn a_co_mediator_who_was_not_in_the_room_does_not_read_what_was_confided() {
    let mut t = Table::together_with(&[CO_MEDIATOR]);
    caucus(&mut t, APPLICANT);
    let effects = t.good(MEDIATOR, Command::Confide { seat: seat(APPLICANT), text: "其实墙早裂了".into() });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    assert!(!serde_json::to_string(&t.view(CO_MEDIATOR)).unwrap().contains("墙早裂"));
}

// ---- offers ------------------------------------------------------------------------------------------------------

fn put(kind: OfferKind, text: &str) -> Command {
    Command::PutOffer { kind, text: text.into(), seats: vec![seat(APPLICANT), seat(RESPONDENT)] }
}

#[test]
fn sealed_bids_open_together_and_the_mediator_does_not_peep() {
    let mut t = Table::together();
    t.good(MEDIATOR, put(OfferKind::Bids, "修墙款"));
    t.good(APPLICANT, Command::AnswerOffer { offer: 1, answer: 180_000 });
    for n in [MEDIATOR, RESPONDENT] {
        assert!(!serde_json::to_string(&t.view(n)).unwrap().contains("180000"), "seat {n} peeps");
    }
    assert_eq!(t.refused(APPLICANT, Command::AnswerOffer { offer: 1, answer: 1 }), "already_answered");
    t.good(RESPONDENT, Command::AnswerOffer { offer: 1, answer: 150_000 });
    let bids = t.view(APPLICANT).mine.offers[0].bids.clone().unwrap();
    assert_eq!(
        bids.iter().map(|b| (b.side, b.fen)).collect::<Vec<_>>(),
        [(Side::Applicant, 180_000), (Side::Respondent, 150_000)]
    );
}

#[test]
fn who_said_yes_to_a_failed_proposal_is_never_known() {
    let mut t = Table::together();
    t.good(MEDIATOR, put(OfferKind::Proposal, "一千六百元，五月十日前付清"));
    t.good(APPLICANT, Command::AnswerOffer { offer: 1, answer: 1 });
    t.good(RESPONDENT, Command::AnswerOffer { offer: 1, answer: 0 });
    let seen = |n: u8| t.view(n).mine.offers[0].clone();
    assert_eq!(seen(RESPONDENT).accepted, Some(false));
    assert_eq!(seen(RESPONDENT).mine, Some(0));
    assert_eq!(
        (seen(MEDIATOR).accepted, seen(MEDIATOR).mine, seen(MEDIATOR).bids),
        (Some(false), None, None)
    );
}

#[test]
fn an_offer_taken_back_stays_sealed() {
    let mut t = Table::together();
    t.good(MEDIATOR, put(OfferKind::Bids, "修墙款"));
    t.good(APPLICANT, Command::AnswerOffer { offer: 1, answer: 180_000 });
    t.good(MEDIATOR, Command::WithdrawOffer { offer: 1 });
    assert_eq!(t.refused(RESPONDENT, Command::AnswerOffer { offer: 1, answer: 1 }), "offer_withdrawn");
    assert!(!serde_json::to_string(&t.view(MEDIATOR)).unwrap().contains("180000"));
}

// ---- lines -------------------------------------------------------------------------------------------------------

#[test]
fn a_line_reaches_whom_the_voice_reaches_then_and_later() {
    let mut t = Table::together();
    caucus(&mut t, APPLICANT);
    let effects = t.good(APPLICANT, Command::Say { text: "别告诉他".into() });
    let Some(Effect::Said(said)) = effects.iter().find(|e| matches!(e, Effect::Said(_))) else { panic!() };
    assert_eq!(said.readers, [seat(MEDIATOR), seat(APPLICANT)]);
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert_eq!(t.session.lines(seat(RESPONDENT)).count(), 0, "not after the return either");
    assert_eq!(t.session.lines(seat(APPLICANT)).count(), 1);
    caucus(&mut t, APPLICANT);
    assert_eq!(t.refused(RESPONDENT, Command::Say { text: "有人吗".into() }), "nobody_reads");
}
