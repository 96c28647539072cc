//! Stories of captions: written words follow the voice, and reach nobody the voice does not.

use super::table::{APPLICANT, CLERK, MEDIATOR, RESPONDENT, Table, seat};
use crate::{Command, Effect};

fn caption(of: u8) -> Command {
    Command::Caption { of: seat(of), text: "墙是我修的".into() }
}

fn table() -> Table {
    let mut t = Table::together_with(&[CLERK]);
    t.admit(CLERK);
    t
}

fn readers(effects: &[Effect]) -> Vec<domain::SeatId> {
    effects
        .iter()
        .find_map(|e| if let Effect::Said(said) = e { Some(said.readers.clone()) } else { None })
        .unwrap()
}

#[test]
fn r38_a_caption_reaches_whom_the_voice_reaches() {
    let mut t = table();
    let told = readers(&t.good(CLERK, caption(APPLICANT)));
    assert!([MEDIATOR, APPLICANT, RESPONDENT, CLERK].iter().all(|n| told.contains(&seat(*n))));
    let line = t.session.lines(seat(RESPONDENT)).last().unwrap();
    assert_eq!(line.of, Some(seat(APPLICANT)));
}

#[test]
fn a_caption_of_a_private_talk_stays_there() {
    let mut t = table();
    t.good(MEDIATOR, Command::OpenCaucus { seats: vec![seat(APPLICANT)] });
    assert_eq!(t.refused(CLERK, caption(APPLICANT)), "not_heard");
    let told = readers(&t.good(MEDIATOR, caption(APPLICANT)));
    assert!(!told.contains(&seat(RESPONDENT)) && !told.contains(&seat(CLERK)));
    t.good(MEDIATOR, Command::CloseCaucus { area: crate::AreaId::Caucus(1) });
    assert_eq!(t.session.lines(seat(RESPONDENT)).count(), 0, "not after the return either");
}

#[test]
fn a_party_does_not_put_words_into_the_others_mouth() {
    let mut t = Table::together();
    assert_eq!(t.refused(APPLICANT, caption(RESPONDENT)), "not_a_caption_writer");
    assert_eq!(t.refused(MEDIATOR, caption(MEDIATOR)), "not_heard");
}
