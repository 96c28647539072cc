//! Agreements: written and read whole, numbers never twice, two hands at once leave both marks.

use domain::agreement::{Agreement, AgreementState, ESign, FrozenText, Participant, Roster};
use domain::agreement_number::NumberState;
use domain::clause::Stance;
use domain::signature::{Drawing, Evidence, Point, SigningCode, Stroke};
use domain::{AgreementId, CaseId, ClauseId, PartyId, SeatId, Side};

use crate::world::{World, at, on_both};

on_both!(
    an_agreement_comes_back_as_it_was_written,
    a_case_has_one_agreement,
    two_parties_at_once_leave_both_stances,
    r17_signatures_of_a_text_taken_back_stay_on_record,
    numbers_are_given_once_and_void_ones_never_again,
    r17_a_code_is_replaced_and_counts_down,
);

const NOW: &str = "2026-04-29T02:00:00";

struct Laid {
    case: CaseId,
    zhao: PartyId,
    qian: PartyId,
    roster: Roster,
    agreement: Agreement,
}

/// The neighbours' agreement with one clause, stored.
async fn lay(world: &World) -> Laid {
    let tx = world.store.begin().await.unwrap();
    let case = world.register(&tx, "排水纠纷").await;
    let zhao = world.party(&tx, case, Side::Applicant, "赵守田").await;
    let qian = world.party(&tx, case, Side::Respondent, "钱永福").await;
    let (session, seat) = world.sitting(&tx, case).await;
    let mut agreement = Agreement::new(AgreementId(world.id()), case, session, ESign::Allowed);
    agreement.add_clause(ClauseId(world.id()), "钱永福于5月20日前修排水沟一条。", None).unwrap();
    assert!(store::agreement::insert(&tx, &agreement).await.unwrap());
    store::agreement::save(&tx, &agreement).await.unwrap();
    tx.commit().await.unwrap();
    let party =
        |party_id, side, name: &str, seat_id| Participant { party_id, side, name: name.into(), seat_id };
    let roster = Roster {
        parties: vec![
            party(zhao, Side::Applicant, "赵守田", Some(seat)),
            party(qian, Side::Respondent, "钱永福", None),
        ],
        mediator: (SeatId(world.id()), "李和".into()),
    };
    Laid { case, zhao, qian, roster, agreement }
}

fn frozen(number: &str, hash: &str) -> FrozenText {
    FrozenText {
        paragraphs: vec!["人民调解协议书".into(), "一、修沟。".into()],
        text_sha256: hash.into(),
        pages: 2,
        at: at(NOW),
        number: number.into(),
        source: serde_json::json!({"copies": 3}),
    }
}

fn evidence(hash: &str) -> Evidence {
    let points = vec![Point { x: 1.5, y: 2.25, t: 0.0 }, Point { x: 200.0, y: 90.0, t: 400.5 }];
    let drawing = Drawing::parse(300.0, 150.0, vec![Stroke { points }]).unwrap();
    Evidence {
        drawing,
        text_sha256: hash.into(),
        device: "手机".into(),
        address: "::1".into(),
        code_answered: true,
        acting: None,
    }
}

async fn an_agreement_comes_back_as_it_was_written(world: World) {
    let mut laid = lay(&world).await;
    let clause = laid.agreement.clauses[0].id;
    laid.agreement.edit_clause(clause, "钱永福于5月21日前修排水沟一条。", 1).unwrap();
    for party in [laid.zhao, laid.qian] {
        laid.agreement.take_stance(clause, party, Stance::Agree, 2, at(NOW)).unwrap();
    }
    let version = laid.agreement.version;
    laid.agreement.freeze(&laid.roster, version, frozen("（2026）石桥人调字第1号", "aa")).unwrap();
    laid.agreement.sign(laid.roster.parties[0].seat_id.unwrap(), evidence("aa"), at(NOW)).unwrap();
    let tx = world.store.begin().await.unwrap();
    store::agreement::save(&tx, &laid.agreement).await.unwrap();
    tx.commit().await.unwrap();
    let tx = world.store.read().await.unwrap();
    assert_eq!(store::agreement::of_case(&tx, laid.case).await.unwrap(), Some(laid.agreement.clone()));
    assert_eq!(store::agreement::find(&tx, laid.agreement.id).await.unwrap(), Some(laid.agreement));
}

async fn a_case_has_one_agreement(world: World) {
    let laid = lay(&world).await;
    let second =
        Agreement::new(AgreementId(world.id()), laid.case, laid.agreement.session_id, ESign::Allowed);
    let tx = world.store.begin().await.unwrap();
    assert!(!store::agreement::insert(&tx, &second).await.unwrap());
    let kept = store::agreement::lock_of_case(&tx, laid.case).await.unwrap().unwrap();
    assert_eq!(kept.id, laid.agreement.id);
}

async fn two_parties_at_once_leave_both_stances(world: World) {
    let laid = lay(&world).await;
    let clause = laid.agreement.clauses[0].id;
    let hands = [laid.zhao, laid.qian].map(|party| {
        let (store, case) = (world.store.clone(), laid.case);
        async move {
            let tx = store.begin().await.unwrap();
            let mut agreement = store::agreement::lock_of_case(&tx, case).await.unwrap().unwrap();
            agreement.take_stance(clause, party, Stance::Agree, 1, at(NOW)).unwrap();
            store::agreement::save(&tx, &agreement).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    futures_util::future::join_all(hands).await;
    let tx = world.store.read().await.unwrap();
    let agreement = store::agreement::of_case(&tx, laid.case).await.unwrap().unwrap();
    assert_eq!(agreement.may_freeze(&laid.roster, agreement.version), Ok(()));
}

async fn r17_signatures_of_a_text_taken_back_stay_on_record(world: World) {
    let mut laid = lay(&world).await;
    let clause = laid.agreement.clauses[0].id;
    for party in [laid.zhao, laid.qian] {
        laid.agreement.take_stance(clause, party, Stance::Agree, 1, at(NOW)).unwrap();
    }
    let seat = laid.roster.parties[0].seat_id.unwrap();
    let tx = world.store.begin().await.unwrap();
    for (number, hash) in [("第1号", "aa"), ("第2号", "bb")] {
        let version = laid.agreement.version;
        laid.agreement.freeze(&laid.roster, version, frozen(number, hash)).unwrap();
        store::agreement::save(&tx, &laid.agreement).await.unwrap();
        let found = store::agreement::lock(&tx, laid.agreement.id).await.unwrap().unwrap();
        assert!(found.required.iter().all(|s| s.signed.is_none()), "a new text starts unsigned");
        laid.agreement.sign(seat, evidence(hash), at(NOW)).unwrap();
        store::agreement::save(&tx, &laid.agreement).await.unwrap();
        if hash == "aa" {
            laid.agreement.reopen("改期限").unwrap();
            store::agreement::save(&tx, &laid.agreement).await.unwrap();
        }
    }
    let record = store::agreement::signatures_ever(&tx, laid.agreement.id).await.unwrap();
    assert_eq!(record, [("aa".to_owned(), "赵守田".to_owned()), ("bb".to_owned(), "赵守田".to_owned())]);
}

async fn numbers_are_given_once_and_void_ones_never_again(world: World) {
    let laid = lay(&world).await;
    let reserve = |year| {
        let (store, organization, id) = (world.store.clone(), world.shiqiao.clone(), laid.agreement.id);
        async move {
            let tx = store.begin().await.unwrap();
            let number =
                store::agreement::reserve_number(&tx, &organization, year, id, at(NOW)).await.unwrap();
            tx.commit().await.unwrap();
            number
        }
    };
    let mut numbers = futures_util::future::join_all((0..6).map(|_| reserve(2026))).await;
    numbers.sort();
    assert_eq!(numbers, (1..=6).map(|n| format!("（2026）石桥人调字第{n}号")).collect::<Vec<_>>());
    assert_eq!(reserve(2027).await, "（2027）石桥人调字第1号");
    let tx = world.store.begin().await.unwrap();
    store::agreement::void_number(&tx, &numbers[5]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reserve(2026).await, "（2026）石桥人调字第7号");
    let tx = world.store.read().await.unwrap();
    let all = store::agreement::numbers_of(&tx, laid.agreement.id).await.unwrap();
    let void: Vec<_> = all.iter().filter(|(_, state)| *state == NumberState::Void).map(|(n, _)| n).collect();
    assert_eq!(void, [&numbers[5]]);
}

async fn r17_a_code_is_replaced_and_counts_down(world: World) {
    let laid = lay(&world).await;
    let seat = laid.roster.parties[0].seat_id.unwrap();
    let issue = |code| SigningCode::issue(laid.agreement.id, seat, "aa", code, at(NOW));
    let tx = world.store.begin().await.unwrap();
    store::agreement::keep_code(&tx, &issue("111111")).await.unwrap();
    store::agreement::keep_code(&tx, &issue("222222")).await.unwrap();
    let mut kept = store::agreement::code(&tx, laid.agreement.id, seat).await.unwrap().unwrap();
    assert!(kept.check("111111", "aa", at(NOW)).is_err());
    store::agreement::keep_code(&tx, &kept).await.unwrap();
    let mut kept = store::agreement::code(&tx, laid.agreement.id, seat).await.unwrap().unwrap();
    assert_eq!(kept.tries_left, domain::signature::CODE_TRIES - 1);
    assert_eq!(kept.check("222222", "aa", at(NOW)), Ok(()));
    assert_eq!(laid.agreement.state, AgreementState::Drafting);
}
