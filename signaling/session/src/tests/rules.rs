//! Stories with named seats: what each may do, what the others learn of it.

use super::table::{
    APPLICANT, CLERK, CO_MEDIATOR, HELPER, LAWYER, MEDIATOR, RESPONDENT, THIRD, Table, seat, told,
};
use crate::{AreaId, Command, Effect, Event, Link, Outcome, PauseCause, Phase, Session, Signal};

fn caucus(n: u8) -> Command {
    Command::OpenCaucus { seats: vec![seat(n)] }
}
fn to(n: u8, area: AreaId) -> Command {
    Command::Move { seat: seat(n), area }
}

#[test]
fn in_the_lobby_everybody_is_alone() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT], &[]);
    t.everybody_connects();
    assert_eq!(t.session.phase(), Phase::Lobby);
    t.good(MEDIATOR, Command::Start);
    assert!(t.session.pairs().is_empty());
    let view = t.view(APPLICANT);
    assert_eq!((view.area.id, view.area.seats.len()), (AreaId::Lobby, 1));
    assert!(view.hears_me.is_empty() && view.waiting_since.is_some() && view.corridor.is_none());
    assert_eq!(view.host.name, "陈静");
    assert!(view.host.online && !view.host.here);
}

#[test]
fn admitted_people_see_each_other_once_the_sitting_is_live() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT], &[]);
    t.everybody_connects();
    t.admit(APPLICANT);
    t.admit(RESPONDENT);
    assert!(t.session.pairs().is_empty(), "before the start nobody hears anybody");
    t.good(MEDIATOR, Command::Start);
    assert_eq!(t.session.pairs().len(), 6);
    assert_eq!(t.view(APPLICANT).hears_me, ["陈静", "钱永福"]);
}

#[test]
fn a_caucus_tells_the_other_side_only_that_it_waits() {
    let mut t = Table::together();
    t.later(60);
    let effects = t.good(MEDIATOR, caucus(APPLICANT));
    let Effect::Flip(table) = &effects[0] else { panic!("the table is flipped first: {effects:?}") };
    assert_eq!(table.pairs.len(), 2, "mediator and applicant only");
    assert!(matches!(effects[1], Effect::Persist(_)));

    let inside = t.view(APPLICANT);
    assert!(inside.private);
    assert_eq!((inside.area.id, inside.hears_me), (AreaId::Caucus(1), vec!["陈静".to_owned()]));

    let outside = t.view(RESPONDENT);
    assert_eq!((outside.area.id, outside.area.seats.len(), outside.private), (AreaId::Joint, 1, false));
    assert_eq!(outside.waiting_since, Some(t.now));
    assert!(!outside.host.here && outside.host.online);
    let text = serde_json::to_string(&outside).unwrap();
    assert!(!text.contains("赵守田") && !text.contains("caucus"), "{text}");
}

#[test]
fn what_happens_in_a_caucus_is_told_to_nobody_outside() {
    let mut t = Table::together();
    t.good(MEDIATOR, caucus(APPLICANT));
    let effects = t.good(APPLICANT, Command::Hand { up: true });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    // control: in the joint area the respondent is told
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    let effects = t.good(APPLICANT, Command::Hand { up: false });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT), seat(RESPONDENT)]);
}

#[test]
fn closing_a_caucus_brings_everybody_back() {
    let mut t = Table::together();
    t.good(MEDIATOR, caucus(APPLICANT));
    t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) });
    assert_eq!(t.session.pairs().len(), 6);
    assert_eq!(t.session.private_areas().count(), 0);
    // Late double click: nothing happens, and the next caucus has a number of its own.
    assert_eq!(t.good(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) }), []);
    t.good(MEDIATOR, caucus(RESPONDENT));
    assert_eq!(t.view(RESPONDENT).area.id, AreaId::Caucus(2));
}

#[test]
fn a_caucus_holds_one_side_only() {
    let mut t = Table::together();
    let both = Command::OpenCaucus { seats: vec![seat(APPLICANT), seat(RESPONDENT)] };
    assert_eq!(t.refused(MEDIATOR, both), "opposed_sides");
    t.good(MEDIATOR, caucus(APPLICANT));
    assert_eq!(t.refused(MEDIATOR, to(RESPONDENT, AreaId::Caucus(1))), "opposed_sides");
    assert_eq!(t.refused(MEDIATOR, Command::OpenCaucus { seats: vec![] }), "nobody_named");
}

#[test]
fn moving_one_seat_leaves_the_other_areas_as_they_are() {
    let mut t = Table::of(&[MEDIATOR, CO_MEDIATOR, APPLICANT, RESPONDENT, LAWYER], &[]);
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    for n in [APPLICANT, RESPONDENT, LAWYER] {
        t.admit(n);
    }
    t.good(MEDIATOR, to(RESPONDENT, AreaId::Consult(1)));
    t.good(MEDIATOR, to(LAWYER, AreaId::Consult(1)));
    let before: Vec<_> = t.session.pairs().into_iter().filter(|(a, _)| *a == seat(LAWYER)).collect();
    t.good(MEDIATOR, caucus(APPLICANT));
    let after: Vec<_> = t.session.pairs().into_iter().filter(|(a, _)| *a == seat(LAWYER)).collect();
    assert_eq!(before, after);
    assert!(t.sees(LAWYER, RESPONDENT) && !t.sees(CO_MEDIATOR, RESPONDENT));
    assert_eq!(t.refused(MEDIATOR, to(APPLICANT, AreaId::Caucus(9))), "area_closed");
}

#[test]
fn leaving_cuts_at_once_and_coming_back_lands_in_the_same_place() {
    let mut t = Table::together();
    t.good(MEDIATOR, caucus(APPLICANT));
    t.good(APPLICANT, Command::Leave);
    assert!(t.session.pairs().is_empty());
    assert_eq!(t.refused(APPLICANT, Command::Hand { up: true }), "you_left");
    t.signal(Signal::Disconnected(seat(APPLICANT), Link::Live));
    assert!(
        t.signal(Signal::Connected(seat(APPLICANT), Link::Media))
            .iter()
            .all(|e| !matches!(e, Effect::Flip(_)))
    );
    t.signal(Signal::Connected(seat(APPLICANT), Link::Live));
    assert_eq!(t.view(APPLICANT).area.id, AreaId::Caucus(1));
    assert_eq!(t.session.pairs().len(), 2);
}

#[test]
fn a_reload_keeps_the_place_and_the_table() {
    let mut t = Table::together();
    t.good(MEDIATOR, caucus(APPLICANT));
    let pairs = t.session.pairs();
    t.signal(Signal::Disconnected(seat(APPLICANT), Link::Live));
    assert!(!t.view(MEDIATOR).area.seats.iter().find(|s| s.id == seat(APPLICANT)).unwrap().online);
    t.signal(Signal::Connected(seat(APPLICANT), Link::Live));
    assert_eq!(t.session.pairs(), pairs);
}

#[test]
fn r02_any_party_stops_the_mediation_without_a_reason() {
    for n in [APPLICANT, RESPONDENT] {
        let mut t = Table::together();
        t.good(n, Command::Stop);
        assert_eq!((t.session.phase(), t.session.outcome()), (Phase::Ended, Some(Outcome::Stopped)));
        assert!(t.session.pairs().is_empty());
        assert_eq!(t.good(n, Command::Stop), [], "a second tap is harmless");
        assert_eq!(t.refused(MEDIATOR, Command::Start), "session_over");
    }
    // In the lobby and in a caucus too; a helper or the clerk cannot, and a host cannot say it for a party.
    let mut t = Table::of(&[MEDIATOR, APPLICANT, HELPER, CLERK], &[]);
    t.everybody_connects();
    assert_eq!(t.refused(HELPER, Command::Stop), "party_only");
    assert_eq!(t.refused(CLERK, Command::Stop), "party_only");
    assert_eq!(t.refused(MEDIATOR, Command::End { outcome: Outcome::Stopped }), "party_only");
    t.good(APPLICANT, Command::Stop);
    assert_eq!(t.session.outcome(), Some(Outcome::Stopped));
}

#[test]
fn only_a_host_runs_the_sitting() {
    let mut t = Table::together();
    let commands = [
        Command::Start,
        Command::Pause,
        Command::Resume,
        Command::End { outcome: Outcome::Agreed },
        Command::Admit { seat: seat(RESPONDENT) },
        Command::SendBack { seat: seat(RESPONDENT) },
        caucus(RESPONDENT),
        Command::CloseCaucus { area: AreaId::Caucus(1) },
        to(APPLICANT, AreaId::Lobby),
        Command::Mute { seat: seat(RESPONDENT) },
        Command::DistressSeen { seat: seat(APPLICANT) },
    ];
    for command in commands {
        assert_eq!(t.refused(APPLICANT, command), "host_only");
    }
}

#[test]
fn an_unknown_seat_is_refused_as_actor_and_as_target() {
    let mut t = Table::together();
    assert_eq!(t.refused(THIRD, Command::Leave), "unknown_seat");
    assert_eq!(t.refused(MEDIATOR, Command::Admit { seat: seat(THIRD) }), "unknown_seat");
    assert_eq!(
        t.refused(MEDIATOR, Command::OpenCaucus { seats: vec![seat(APPLICANT), seat(THIRD)] }),
        "unknown_seat"
    );
    assert!(t.session.signal(t.now, Signal::Connected(seat(THIRD), Link::Live)).is_err());
}

#[test]
fn a_call_for_help_is_silent() {
    let mut t = Table::together();
    let before = t.view(RESPONDENT);
    let effects = t.good(APPLICANT, Command::Distress);
    assert!(effects.contains(&Effect::Alert(seat(APPLICANT))));
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    assert_eq!(t.view(RESPONDENT), before);
    assert_eq!(t.good(APPLICANT, Command::Distress), []);
    t.good(MEDIATOR, Command::DistressSeen { seat: seat(APPLICANT) });
    assert!(!t.view(MEDIATOR).area.seats.iter().any(|s| s.distress));
}

#[test]
fn a_note_goes_from_the_lobby_to_the_mediator_only() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT], &[]);
    t.everybody_connects();
    let effects = t.good(APPLICANT, Command::Note { text: "  我听不清楚  ".into() });
    assert_eq!(told(&effects), [seat(MEDIATOR), seat(APPLICANT)]);
    t.good(MEDIATOR, Command::Start);
    t.admit(APPLICANT);
    t.admit(RESPONDENT);
    assert!(!serde_json::to_string(&t.view(RESPONDENT)).unwrap().contains("听不清楚"));
    assert!(serde_json::to_string(&t.view(MEDIATOR)).unwrap().contains("听不清楚"));
    assert_eq!(t.refused(APPLICANT, Command::Note { text: "x".into() }), "only_from_lobby");
    t.good(MEDIATOR, Command::SendBack { seat: seat(APPLICANT) });
    assert_eq!(t.refused(APPLICANT, Command::Note { text: "长".repeat(301) }), "note_too_long");
}

#[test]
fn never_alone_when_the_last_host_goes_into_a_caucus_the_others_are_parted() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT, LAWYER, THIRD], &[]);
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    for n in [APPLICANT, RESPONDENT, LAWYER, THIRD] {
        t.admit(n);
    }
    assert!(t.sees(RESPONDENT, THIRD));
    t.good(MEDIATOR, caucus(APPLICANT));
    assert!(!t.sees(RESPONDENT, THIRD), "opposite sides are not left alone together");
    assert!(t.sees(RESPONDENT, LAWYER), "a party and the own lawyer may talk");
}

#[test]
fn never_alone_a_lost_host_parts_the_sides_after_the_grace_time() {
    let mut t = Table::together();
    t.signal(Signal::Connected(seat(MEDIATOR), Link::Media));
    t.signal(Signal::Disconnected(seat(MEDIATOR), Link::Live));
    assert_eq!(t.session.next_tick(), None, "still there by media");
    t.signal(Signal::Disconnected(seat(MEDIATOR), Link::Media));
    let due = t.session.next_tick().unwrap();
    assert_eq!(due, t.now + chrono::TimeDelta::seconds(10));
    assert!(!t.view(APPLICANT).host.online, "the screens say so at once");
    t.later(9);
    assert_eq!(t.signal(Signal::Tick), []);
    assert!(t.sees(APPLICANT, RESPONDENT), "control: within the grace time they still hear each other");
    t.later(1);
    t.signal(Signal::Tick);
    assert!(t.session.pairs().is_empty());
    assert_eq!(t.view(APPLICANT).pause_cause, Some(PauseCause::NeverAlone));
    // back, and the host decides when it goes on
    t.signal(Signal::Connected(seat(MEDIATOR), Link::Live));
    assert!(t.session.pairs().is_empty());
    t.good(MEDIATOR, Command::Resume);
    assert_eq!(t.session.pairs().len(), 6);
}

#[test]
fn never_alone_a_second_mediator_keeps_the_sitting_going() {
    let mut t = Table::of(&[MEDIATOR, CO_MEDIATOR, APPLICANT, RESPONDENT], &[]);
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    t.admit(APPLICANT);
    t.admit(RESPONDENT);
    t.good(MEDIATOR, Command::Leave);
    assert_eq!(t.session.phase(), Phase::Live);
    assert!(t.sees(APPLICANT, RESPONDENT));
    t.good(CO_MEDIATOR, Command::Leave);
    assert_eq!(t.session.phase(), Phase::Paused, "leaving on purpose needs no grace time");
}

#[test]
fn screened_people_never_share_an_area() {
    let mut t = Table::of(&[MEDIATOR, APPLICANT, RESPONDENT], &[(APPLICANT, RESPONDENT)]);
    t.everybody_connects();
    t.good(MEDIATOR, Command::Start);
    t.admit(APPLICANT);
    let code = t.refused(MEDIATOR, Command::Admit { seat: seat(RESPONDENT) });
    assert_eq!(code, "screened");
    t.good(MEDIATOR, caucus(APPLICANT));
    t.good(MEDIATOR, Command::Admit { seat: seat(RESPONDENT) });
    assert_eq!(t.refused(MEDIATOR, Command::CloseCaucus { area: AreaId::Caucus(1) }), "screened");

    // Screened in the middle: one of them goes back to the lobby at once.
    let mut t = Table::together();
    t.signal(Signal::Screen(seat(APPLICANT), seat(RESPONDENT)));
    assert!(!t.sees(APPLICANT, RESPONDENT) && t.sees(MEDIATOR, APPLICANT));
    assert_eq!(t.view(RESPONDENT).area.id, AreaId::Lobby);
}

#[test]
fn a_break_silences_everybody_and_keeps_the_places() {
    let mut t = Table::together();
    t.good(MEDIATOR, caucus(APPLICANT));
    t.good(MEDIATOR, Command::Pause);
    assert!(t.session.pairs().is_empty());
    assert_eq!(t.view(RESPONDENT).area.seats.len(), 1);
    t.good(MEDIATOR, Command::Resume);
    assert_eq!(t.view(APPLICANT).area.id, AreaId::Caucus(1));
    assert!(t.sees(MEDIATOR, APPLICANT));
}

#[test]
fn a_dismissed_seat_is_out_and_starts_again_in_the_lobby() {
    let mut t = Table::together();
    t.signal(Signal::Dismiss(seat(RESPONDENT)));
    assert!(!t.sees(APPLICANT, RESPONDENT) && !t.sees(RESPONDENT, APPLICANT));
    t.signal(Signal::Connected(seat(RESPONDENT), Link::Live));
    assert_eq!(t.view(RESPONDENT).area.id, AreaId::Lobby);
    // a dismissed host comes back where hosts are
    t.signal(Signal::Dismiss(seat(MEDIATOR)));
    t.signal(Signal::Connected(seat(MEDIATOR), Link::Live));
    assert_eq!(t.view(MEDIATOR).area.id, AreaId::Joint);
}

#[test]
fn a_host_stays_out_of_the_lobby() {
    let mut t = Table::together();
    assert_eq!(t.refused(MEDIATOR, Command::SendBack { seat: seat(MEDIATOR) }), "host_stays");
}

#[test]
fn after_a_restart_everybody_is_away_and_comes_back_to_the_same_place() {
    let mut t = Table::together();
    t.good(MEDIATOR, caucus(APPLICANT));
    let pairs = t.session.pairs();
    t.session = Session::replay(&t.stored).unwrap();
    t.signal(Signal::Recovered);
    assert_eq!(t.session.pairs(), pairs, "the table is the same before anybody is back");
    assert!(t.session.next_tick().is_some(), "but the mediator has to come back within the grace time");
    t.everybody_connects();
    assert_eq!(t.view(APPLICANT).area.id, AreaId::Caucus(1));
}

#[test]
fn a_clock_set_back_does_not_turn_the_order() {
    let mut t = Table::together();
    t.later(-86_400 * 2);
    t.good(MEDIATOR, caucus(APPLICANT));
    assert!(t.stored.windows(2).all(|w| w[0].at <= w[1].at && w[0].seq + 1 == w[1].seq));
}

#[test]
fn replay_refuses_a_gap_and_a_missing_beginning() {
    let t = Table::together();
    assert!(Session::replay(&t.stored).is_some(), "control");
    assert!(Session::replay(&t.stored[1..]).is_none());
    assert!(Session::replay(t.stored.iter().filter(|e| e.seq != 3)).is_none());
    assert!(matches!(t.stored[0].event, Event::Convened(_)));
}
