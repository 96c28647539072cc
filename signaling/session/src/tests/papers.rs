//! Stories of papers: who sees what, who turns, who marks; and those who must not know.

use domain::{CaseId, Paper, PaperId, PaperKind, PaperScope, SessionId};
use uuid::Uuid;

use super::table::{
    APPLICANT, CLERK, HELPER, INTERPRETER, LAWYER, MEDIATOR, OBSERVER, RESPONDENT, Table, invited, seat, told,
};
use crate::{AreaId, Command, Effect, Event, Mark, Signal, Stamped, View};

pub(super) fn paper(n: u8, owner: u8, scope: PaperScope) -> Paper {
    let who = invited(owner);
    Paper {
        id: PaperId(Uuid::from_u128(0x9a9e_0000 + u128::from(n))),
        case_id: CaseId(Uuid::from_u128(0xca5e)),
        session_id: SessionId(Uuid::from_u128(0xabc)),
        seat: seat(owner),
        party: who.party,
        owner: who.name,
        side: who.side,
        scope,
        title: format!("材料{n}"),
        kind: PaperKind::Pdf,
        size: 1000,
        sha256: "00".repeat(32),
        pages: 3,
        at: chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
    }
}

pub(super) fn id(n: u8) -> PaperId {
    PaperId(Uuid::from_u128(0x9a9e_0000 + u128::from(n)))
}

fn lodge(t: &mut Table, n: u8, owner: u8, scope: PaperScope) -> Vec<Effect> {
    t.signal(Signal::PaperLodged(Box::new(paper(n, owner, scope))))
}

fn show(n: u8) -> Command {
    Command::ShowPaper { paper: id(n), page: None }
}

fn mark(n: u8, mark: Mark, text: &str) -> Command {
    Command::MarkPaper { paper: id(n), mark, text: text.into() }
}

/// Whether anything of this paper is on somebody's screen.
fn knows(t: &Table, viewer: u8, n: u8) -> bool {
    let text = serde_json::to_string(&t.view(viewer)).unwrap();
    text.contains(&format!("材料{n}")) || text.contains(&id(n).to_string())
}

#[test]
fn r07_a_paper_is_known_to_those_it_is_for_and_its_existence_to_nobody_else() {
    let mut t = Table::together_with(&[LAWYER, HELPER, CLERK]);
    t.admit(HELPER);
    t.admit(LAWYER);
    let effects = lodge(&mut t, 1, APPLICANT, PaperScope::Mediator);
    assert_eq!(
        told(&effects),
        [seat(MEDIATOR), seat(APPLICANT)],
        "nobody else learns that anything happened"
    );
    assert!([RESPONDENT, LAWYER, HELPER, CLERK].into_iter().all(|n| !knows(&t, n, 1)));
    let effects = lodge(&mut t, 2, RESPONDENT, PaperScope::Side);
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(RESPONDENT), seat(LAWYER)]);
    let effects = lodge(&mut t, 3, RESPONDENT, PaperScope::All);
    let table = [MEDIATOR, APPLICANT, RESPONDENT, LAWYER, HELPER].map(seat);
    assert_eq!(told(&effects), table, "who waits in the lobby sees nobody's paper");
    assert!(lodge(&mut t, 3, RESPONDENT, PaperScope::All).is_empty(), "told twice, it is there once");
}

#[test]
fn only_the_owner_widens_and_there_is_no_way_back() {
    let mut t = Table::together();
    lodge(&mut t, 1, APPLICANT, PaperScope::Mediator);
    let widen = |scope| Command::WidenPaper { paper: id(1), scope };
    assert_eq!(t.refused(MEDIATOR, widen(PaperScope::All)), "owner_only", "not even the mediator");
    assert_eq!(
        t.refused(RESPONDENT, widen(PaperScope::All)),
        "unknown_paper",
        "for him there is no such paper"
    );
    t.good(APPLICANT, widen(PaperScope::All));
    assert!(knows(&t, RESPONDENT, 1));
    assert_eq!(t.refused(APPLICANT, widen(PaperScope::Mediator)), "cannot_narrow");
    lodge(&mut t, 2, MEDIATOR, PaperScope::Mediator);
    let side = Command::WidenPaper { paper: id(2), scope: PaperScope::Side };
    assert_eq!(t.refused(MEDIATOR, side), "paper_scope", "a mediator has no side");
}

#[test]
fn a_page_is_shown_to_the_own_area_and_turned_by_who_shows_it() {
    let mut t = Table::together();
    lodge(&mut t, 1, APPLICANT, PaperScope::All);
    t.good(MEDIATOR, show(1));
    for n in [MEDIATOR, APPLICANT, RESPONDENT] {
        let shown = t.view(n).shown.unwrap();
        assert_eq!((shown.page, shown.mine), (1, n == MEDIATOR));
    }
    assert_eq!(t.refused(APPLICANT, Command::TurnPage { page: 2 }), "who_shows_turns");
    assert_eq!(t.refused(MEDIATOR, Command::TurnPage { page: 4 }), "no_such_page");
    t.good(MEDIATOR, Command::TurnPage { page: 3 });
    assert_eq!(t.view(RESPONDENT).shown.unwrap().page, 3);
    // The owner may show it as well, where the table is free; and may take it off at any time.
    assert_eq!(t.refused(APPLICANT, show(1)), "table_taken");
    assert_eq!(t.refused(RESPONDENT, Command::ClearTable), "who_shows_turns");
    t.good(APPLICANT, Command::ClearTable);
    assert!(t.view(RESPONDENT).shown.is_none());
    t.good(APPLICANT, show(1));
    assert_eq!(t.view(RESPONDENT).shown.unwrap().name, "赵守田");
    assert_eq!(t.refused(RESPONDENT, show(1)), "owner_only");
}

#[test]
fn nothing_is_laid_before_somebody_who_may_not_see_it() {
    let mut t = Table::together();
    lodge(&mut t, 1, APPLICANT, PaperScope::Side);
    assert_eq!(t.refused(MEDIATOR, show(1)), "not_for_all_here");
    assert_eq!(t.refused(APPLICANT, show(1)), "not_for_all_here");
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(APPLICANT)] });
    let effects = t.good(MEDIATOR, show(1));
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)], "the other side is told nothing");
    assert!(!knows(&t, RESPONDENT, 1));
    let effects = t.good(MEDIATOR, Command::TurnPage { page: 2 });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    // With the talk the paper is off the table: nobody finds it there again.
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert!([MEDIATOR, APPLICANT, RESPONDENT].into_iter().all(|n| t.view(n).shown.is_none()));
}

/// T1: a paper of everybody, shown in a private talk, stays a private page: not that page, not that it is shown.
#[test]
fn t1_what_lies_on_a_private_table_is_not_seen_from_outside() {
    let mut t = Table::together();
    lodge(&mut t, 1, APPLICANT, PaperScope::All);
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(APPLICANT)] });
    let effects = t.good(MEDIATOR, show(1));
    assert!(!told(&effects).contains(&seat(RESPONDENT)));
    assert!(t.view(RESPONDENT).shown.is_none());
    assert_eq!(t.session.point(seat(MEDIATOR)).unwrap().to, [seat(APPLICANT)].into());
    assert_eq!(t.session.point(seat(RESPONDENT)).unwrap_err().code, "nothing_shown");
    // Control: together again, both see page and pointer.
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    t.good(MEDIATOR, show(1));
    assert_eq!(t.session.point(seat(MEDIATOR)).unwrap().to, [seat(APPLICANT), seat(RESPONDENT)].into());
}

#[test]
fn who_shows_and_goes_takes_the_paper_along() {
    let mut t = Table::together();
    lodge(&mut t, 1, APPLICANT, PaperScope::All);
    t.good(APPLICANT, show(1));
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(APPLICANT)] });
    assert!(t.view(RESPONDENT).shown.is_none() && t.view(APPLICANT).shown.is_none());
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    t.good(MEDIATOR, show(1));
    t.good(MEDIATOR, Command::Pause);
    assert!(t.view(RESPONDENT).shown.is_none(), "in a break nothing is shown");
    t.good(MEDIATOR, Command::Resume);
    assert!(t.view(RESPONDENT).shown.is_some());
    t.good(APPLICANT, Command::Stop);
    assert!(t.session.on_table(AreaId::Joint).is_none());
}

#[test]
fn parties_say_seen_or_disputed_and_a_host_that_the_original_was_shown() {
    let mut t = Table::together_with(&[OBSERVER]);
    lodge(&mut t, 1, APPLICANT, PaperScope::All);
    assert_eq!(t.refused(APPLICANT, mark(1, Mark::Seen, "")), "own_paper");
    assert_eq!(t.refused(RESPONDENT, mark(1, Mark::OriginalShown, "")), "host_only");
    assert_eq!(t.refused(MEDIATOR, mark(1, Mark::Seen, "")), "party_only");
    assert_eq!(t.refused(OBSERVER, mark(1, Mark::Seen, "")), "unknown_paper", "from the lobby there is none");
    t.good(RESPONDENT, mark(1, Mark::Seen, ""));
    assert_eq!(t.refused(RESPONDENT, mark(1, Mark::Disputed, " ")), "nothing_said");
    t.good(RESPONDENT, mark(1, Mark::Disputed, "这不是我家的院坪"));
    t.good(MEDIATOR, mark(1, Mark::OriginalShown, ""));
    let marks = t.view(APPLICANT).papers[0].marks.clone();
    assert_eq!(marks.len(), 2, "the last word of each: {marks:?}");
    assert!(marks.iter().any(|m| m.text.as_deref() == Some("这不是我家的院坪") && m.name == "钱永福"));
    // While he is out of sight, his words are too; the mediator keeps them.
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(RESPONDENT)] });
    assert!(t.view(APPLICANT).papers[0].marks.is_empty());
    assert_eq!(t.view(MEDIATOR).papers[0].marks.len(), 2);
}

#[test]
fn who_goes_with_a_side_sees_what_the_side_sees() {
    let mut t = Table::together_with(&[INTERPRETER]);
    t.admit(INTERPRETER);
    lodge(&mut t, 1, RESPONDENT, PaperScope::Side);
    lodge(&mut t, 2, RESPONDENT, PaperScope::Mediator);
    lodge(&mut t, 3, APPLICANT, PaperScope::Side);
    assert!(knows(&t, INTERPRETER, 1) && !knows(&t, INTERPRETER, 2) && !knows(&t, INTERPRETER, 3));
}

#[test]
fn a_party_owns_its_paper_in_the_next_sitting_too() {
    let mut t = Table::together();
    let mut former = paper(1, APPLICANT, PaperScope::Mediator);
    (former.seat, former.session_id) = (seat(99), SessionId(Uuid::from_u128(0xdef)));
    t.signal(Signal::PaperLodged(Box::new(former)));
    assert!(t.view(APPLICANT).papers[0].mine && t.view(RESPONDENT).papers.is_empty());
    t.good(APPLICANT, Command::WidenPaper { paper: id(1), scope: PaperScope::All });
    assert_eq!(t.view(RESPONDENT).papers[0].owner, None, "the seat of then is nobody here");
}

/// Control: with the scope taken out of the rule, the stories above must fail.
#[test]
fn control_a_gate_that_ignores_scope_is_caught() {
    let mut t = Table::together();
    lodge(&mut t, 1, APPLICANT, PaperScope::Mediator);
    assert!(!knows(&t, RESPONDENT, 1));
    let mut stored: Vec<Stamped> = t.stored.clone();
    for fact in &mut stored {
        if let Event::PaperLodged(paper) = &mut fact.event {
            paper.scope = PaperScope::All;
        }
    }
    let open = crate::Session::replay(&stored).unwrap();
    let view = View::of(&open, seat(RESPONDENT)).unwrap();
    assert!(serde_json::to_string(&view).unwrap().contains("材料1"));
}
