//! The agreement of the two neighbours, told rule by rule.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::clause::Stance;
use crate::signature::{Drawing, Evidence, Point, Stroke};
use crate::{ClauseId, Source};

const ZHAO: PartyId = PartyId(Uuid::from_u128(1));
const QIAN: PartyId = PartyId(Uuid::from_u128(2));
const ZHAO_SEAT: SeatId = SeatId(Uuid::from_u128(11));
const QIAN_SEAT: SeatId = SeatId(Uuid::from_u128(12));
const MEDIATOR_SEAT: SeatId = SeatId(Uuid::from_u128(13));
const DITCH: ClauseId = ClauseId(Uuid::from_u128(21));
const MONEY: ClauseId = ClauseId(Uuid::from_u128(22));

fn at(minute: i64) -> DateTime<Utc> {
    "2026-04-29T02:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
}

fn roster() -> Roster {
    let party = |party_id, side, name: &str, seat| Participant {
        party_id,
        side,
        name: name.into(),
        seat_id: Some(seat),
    };
    Roster {
        parties: vec![
            party(ZHAO, Side::Applicant, "赵守田", ZHAO_SEAT),
            party(QIAN, Side::Respondent, "钱永福", QIAN_SEAT),
        ],
        mediator: (MEDIATOR_SEAT, "李春梅".into()),
    }
}

fn drafted(esign: ESign) -> Agreement {
    let id = |n| Uuid::from_u128(n);
    let mut agreement = Agreement::new(AgreementId(id(31)), CaseId(id(32)), SessionId(id(33)), esign);
    agreement.add_clause(MONEY, "5月10日前钱永福向赵守田转账1800元。", None).unwrap();
    agreement.add_clause(DITCH, "钱永福于5月20日前修排水沟一条。", Some(1)).unwrap();
    agreement
}

fn agreed(esign: ESign) -> Agreement {
    let mut agreement = drafted(esign);
    for clause in [DITCH, MONEY] {
        for party in [ZHAO, QIAN] {
            agreement.take_stance(clause, party, Stance::Agree, 1, at(0)).unwrap();
        }
    }
    agreement
}

fn text(hash: &str) -> FrozenText {
    FrozenText {
        paragraphs: vec!["人民调解协议书".into()],
        text_sha256: hash.into(),
        pages: 2,
        at: at(1),
        number: "（2026）石桥人调字第17号".into(),
        source: serde_json::Value::Null,
    }
}

fn signing() -> Agreement {
    let mut agreement = agreed(ESign::Allowed);
    agreement.freeze(&roster(), agreement.version, text("aa")).unwrap();
    agreement
}

fn evidence(hash: &str) -> Evidence {
    let points = vec![Point { x: 1.0, y: 1.0, t: 0.0 }, Point { x: 200.0, y: 90.0, t: 400.0 }];
    let drawing = Drawing::parse(300.0, 150.0, vec![Stroke { points }]).unwrap();
    Evidence {
        drawing,
        text_sha256: hash.into(),
        device: "phone".into(),
        address: "::1".into(),
        code_answered: true,
        acting: None,
    }
}

#[test]
fn clauses_stand_in_the_order_given() {
    let agreement = drafted(ESign::Allowed);
    assert_eq!(
        agreement.clauses.iter().map(|c| (c.id, c.position)).collect::<Vec<_>>(),
        [(DITCH, 1), (MONEY, 2)]
    );
}

#[test]
fn r17_an_edit_makes_old_the_stances_on_that_clause_only() {
    let mut agreement = agreed(ESign::Allowed);
    agreement.edit_clause(MONEY, "5月10日前钱永福向赵守田转账1700元。", 1).unwrap();
    let [ditch, money] = agreement.clauses.as_slice() else { panic!() };
    assert_eq!(ditch.stance_of(ZHAO), Some(Stance::Agree));
    assert_eq!((money.stance_of(ZHAO), money.is_stale_for(ZHAO)), (None, true));
    assert_eq!(money.previous_text.as_deref(), Some("5月10日前钱永福向赵守田转账1800元。"));
    let refusal = agreement.may_freeze(&roster(), agreement.version).unwrap_err();
    assert_eq!(refusal.code, "not_all_agreed");
    assert_eq!(refusal.params["clauses"], serde_json::json!([2]));
    assert_eq!(
        agreement.take_stance(MONEY, ZHAO, Stance::Agree, 1, at(3)).unwrap_err().code,
        "clause_changed"
    );
    assert_eq!(agreement.edit_clause(MONEY, "另写", 1).unwrap_err().code, "clause_changed");
    assert_eq!(agreement.remove_clause(MONEY, 1).unwrap_err().code, "clause_changed");
}

#[test]
fn the_same_words_again_change_nothing() {
    let mut agreement = agreed(ESign::Allowed);
    let before = agreement.clone();
    agreement.edit_clause(DITCH, " 钱永福于5月20日前修排水沟一条。 ", 1).unwrap();
    assert_eq!(agreement, before);
}

#[test]
fn freezing_wants_every_party_on_every_clause_and_the_version_that_was_read() {
    let mut agreement = agreed(ESign::Allowed);
    agreement.take_stance(DITCH, QIAN, Stance::Think, 1, at(1)).unwrap();
    let refusal = agreement.may_freeze(&roster(), agreement.version).unwrap_err();
    assert_eq!((refusal.code, &refusal.params["names"]), ("not_all_agreed", &serde_json::json!(["钱永福"])));
    agreement.take_stance(DITCH, QIAN, Stance::Agree, 1, at(2)).unwrap();
    assert_eq!(agreement.may_freeze(&roster(), 1).unwrap_err().code, "agreement_changed");
    assert_eq!(agreement.may_freeze(&roster(), agreement.version), Ok(()));
    let empty = Agreement::new(agreement.id, agreement.case_id, agreement.session_id, ESign::Allowed);
    assert_eq!(empty.may_freeze(&roster(), 1).unwrap_err().code, "no_clauses");
}

#[test]
fn r15_everyone_signs_the_mediator_last_and_the_seal_makes_it_effective() {
    let mut agreement = signing();
    assert_eq!(agreement.sign(MEDIATOR_SEAT, evidence("aa"), at(5)).unwrap_err().code, "mediator_signs_last");
    assert!(!agreement.sign(ZHAO_SEAT, evidence("aa"), at(6)).unwrap());
    assert_eq!(agreement.sign(ZHAO_SEAT, evidence("aa"), at(6)).unwrap_err().code, "already_signed");
    assert!(!agreement.sign(QIAN_SEAT, evidence("aa"), at(7)).unwrap());
    assert_eq!(effective_at(Regime::Committee, &agreement, Some(at(9))), None);
    assert_eq!(effective_at(Regime::CourtPlatform, &agreement, None), Some(at(7)));
    assert!(agreement.sign(MEDIATOR_SEAT, evidence("aa"), at(8)).unwrap());
    assert_eq!(agreement.state, AgreementState::Sealing);
    assert_eq!(effective_at(Regime::Committee, &agreement, None), None, "no seal yet");
    let document = DocumentId(Uuid::from_u128(41));
    assert_eq!(agreement.sealed(Regime::of(Source::GridReport), document, at(9)), Ok(at(9)));
    assert_eq!((agreement.state, agreement.effective_at), (AgreementState::Effective, Some(at(9))));
    assert_eq!(agreement.reopen("改金额").unwrap_err().code, "agreement_final");
    assert!(agreement.frozen.is_some());
}

#[test]
fn r17_taking_the_text_back_voids_every_signature_and_the_number() {
    let mut agreement = signing();
    agreement.sign(ZHAO_SEAT, evidence("aa"), at(6)).unwrap();
    assert_eq!(agreement.edit_clause(DITCH, "另写", 1).unwrap_err().code, "agreement_frozen");
    assert_eq!(agreement.reopen(" ").unwrap_err().code, "text_empty");
    assert_eq!(agreement.reopen("钱永福要求改期限").unwrap(), "（2026）石桥人调字第17号");
    assert!(agreement.required.is_empty() && agreement.frozen.is_none());
    assert_eq!(agreement.sign(QIAN_SEAT, evidence("aa"), at(7)).unwrap_err().code, "text_changed");
    agreement.freeze(&roster(), agreement.version, text("bb")).unwrap();
    assert_eq!(agreement.sign(QIAN_SEAT, evidence("aa"), at(8)).unwrap_err().code, "text_changed");
    assert!(!agreement.sign(QIAN_SEAT, evidence("bb"), at(8)).unwrap());
}

#[test]
fn r18_a_family_matter_is_not_signed_electronically() {
    let mut agreement = agreed(ESign::PaperOnly);
    agreement.freeze(&roster(), agreement.version, text("aa")).unwrap();
    assert_eq!(agreement.sign(ZHAO_SEAT, evidence("aa"), at(6)).unwrap_err().code, "esign_barred");
}

#[test]
fn a_stranger_does_not_sign() {
    let stranger = SeatId(Uuid::from_u128(99));
    assert_eq!(signing().sign(stranger, evidence("aa"), at(6)).unwrap_err().code, "not_signatory");
}
