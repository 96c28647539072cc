//! Who acts for a party may do what its mandate names, and a minor's guardian acts (R28, R29).

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{Mandate, MandateKind, Power, SeatRole};

use super::table::{AGENT, APPLICANT, MEDIATOR, RESPONDENT, Table, invited, seat, told};
use crate::{Command, Invited, OfferKind, Session, Signal, Time};

fn agent(kind: MandateKind, powers: &[Power], until: Option<Time>) -> Invited {
    let party_id = invited(APPLICANT).party.unwrap();
    let powers: BTreeSet<Power> = powers.iter().copied().collect();
    Invited { mandate: Some(Mandate { party_id, kind, powers, until }), ..invited(AGENT) }
}

fn proposal() -> Command {
    Command::PutOffer {
        kind: OfferKind::Proposal,
        text: "一次性补偿12600元".into(),
        seats: vec![seat(AGENT), seat(RESPONDENT)],
    }
}

#[test]
fn r28_an_agent_answers_an_offer_that_settles_with_that_power_alone_and_while_it_lasts() {
    let mut t = Table::together_with(&[AGENT]);
    assert_eq!(t.refused(MEDIATOR, proposal()), "power_missing");
    t.signal(Signal::Enrol(agent(MandateKind::General, &[], None)));
    assert_eq!(t.refused(MEDIATOR, proposal()), "power_missing", "“full power” settles nothing");
    t.signal(Signal::Enrol(agent(MandateKind::Special, &[Power::Admit, Power::Sign], None)));
    assert_eq!(t.refused(MEDIATOR, proposal()), "power_missing");
    let until = t.now + TimeDelta::hours(1);
    t.signal(Signal::Enrol(agent(MandateKind::Special, &[Power::Settle], Some(until))));
    t.good(MEDIATOR, proposal());
    t.later(3600);
    assert_eq!(t.refused(AGENT, Command::AnswerOffer { offer: 1, answer: 1 }), "power_missing");
    let effects = t.signal(Signal::Enrol(agent(MandateKind::Special, &[Power::Settle], None)));
    assert!(
        !told(&effects).contains(&seat(RESPONDENT)),
        "an agent's powers are not the other side's to know"
    );
    t.good(AGENT, Command::AnswerOffer { offer: 1, answer: 1 });

    let mine = &t.view(APPLICANT).mine.represented_by;
    assert_eq!((mine.len(), mine[0].name.as_str()), (1, "郑敏"));
    assert!(t.view(RESPONDENT).mine.represented_by.is_empty());
    assert!(t.view(AGENT).me.private.unwrap().mandate.is_some());
    assert!(Session::replay(&t.stored).is_some_and(|again| again == t.session));
}

#[test]
fn r29_a_minors_guardian_is_there_at_the_start_and_answers() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT], &[]);
    t.signal(Signal::Enrol(Invited { minor: true, ..invited(APPLICANT) }));
    t.everybody_connects();
    assert_eq!(t.refused(MEDIATOR, Command::Start), "guardian_missing");
    let guardian = Invited { role: SeatRole::Guardian, ..agent(MandateKind::Statutory, &[], None) };
    t.signal(Signal::Enrol(guardian));
    assert_eq!(t.refused(MEDIATOR, Command::Start), "guardian_missing", "has a seat, and is not here");
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    let ask = |n| Command::PutOffer {
        kind: OfferKind::Bids,
        text: "多少".into(),
        seats: vec![seat(n), seat(RESPONDENT)],
    };
    assert_eq!(t.refused(MEDIATOR, ask(APPLICANT)), "guardian_acts");
    t.good(MEDIATOR, ask(AGENT));
    t.good(AGENT, Command::AnswerOffer { offer: 1, answer: 500_000 });
}
