//! Random sittings: thousands of commands and reports in any order, right and wrong ones alike.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::table::{ALL, Table, seat};
use crate::{
    AreaId, Command, Effect, Link, Outcome, Phase, RecordingState, RecordingTrouble, Session, Signal, View,
    visible,
};

#[derive(Clone, Debug)]
enum Step {
    Command(u8, Command),
    Signal(Signal),
    Later(i64),
}

fn who() -> impl Strategy<Value = u8> {
    1..=12u8
}

fn area() -> impl Strategy<Value = AreaId> {
    prop_oneof![
        1 => Just(AreaId::Lobby),
        3 => Just(AreaId::Joint),
        3 => (1..4u32).prop_map(AreaId::Caucus),
        1 => (1..3u32).prop_map(AreaId::Consult),
    ]
}

fn ordinary() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => Just(Command::Start),
        1 => Just(Command::Pause),
        3 => Just(Command::Resume),
        12 => who().prop_map(|n| Command::Admit { seat: seat(n) }),
        2 => who().prop_map(|n| Command::SendBack { seat: seat(n) }),
        8 => prop::collection::vec(who(), 0..3)
            .prop_map(|v| Command::OpenCaucus { seats: v.into_iter().map(seat).collect() }),
        4 => area().prop_map(|area| Command::CloseCaucus { area }),
        12 => (who(), area()).prop_map(|(n, area)| Command::Move { seat: seat(n), area }),
        1 => who().prop_map(|n| Command::Mute { seat: seat(n) }),
        2 => any::<bool>().prop_map(|up| Command::Hand { up }),
        6 => any::<bool>().prop_map(|on| Command::Record { on }),
        16 => prop::bool::weighted(0.9).prop_map(|yes| Command::ConsentRecording { yes }),
        1 => Just(Command::Leave),
        1 => Just(Command::Distress),
        1 => who().prop_map(|n| Command::DistressSeen { seat: seat(n) }),
        1 => "\\PC{0,20}".prop_map(|text| Command::Note { text }),
        10 => craft(),
    ]
}

fn someone() -> impl Strategy<Value = domain::SeatId> {
    who().prop_map(seat)
}

fn people() -> impl Strategy<Value = Vec<domain::SeatId>> {
    prop::collection::vec(someone(), 0..3)
}

/// Few texts, so that words meet again.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just("他愿意出一千".to_owned()), Just("不要告诉对方".to_owned()), "\\PC{0,12}"]
}

fn paper() -> impl Strategy<Value = domain::PaperId> {
    (1..6u8).prop_map(super::papers::id)
}

fn scope() -> impl Strategy<Value = domain::PaperScope> {
    use domain::PaperScope::{All, Mediator, Side};
    prop_oneof![2 => Just(Mediator), 2 => Just(Side), 3 => Just(All)]
}

/// Floor, invitations, guests, papers, notes behind the gate, offers, lines.
fn craft() -> impl Strategy<Value = Command> {
    let talk = prop_oneof![
        (someone(), prop::option::of(5..40u32), any::<bool>())
            .prop_map(|(seat, seconds, quiet)| Command::GiveFloor { seat, seconds, quiet }),
        Just(Command::EndFloor),
        (someone(), any::<bool>()).prop_map(|(seat, on)| Command::Lock { seat, on }),
        someone().prop_map(|seat| Command::AskToSpeak { seat }),
        Just(Command::AnswerAsk),
        text().prop_map(|text| Command::Say { text }),
        (someone(), text()).prop_map(|(of, text)| Command::Caption { of, text }),
        text().prop_map(|text| Command::Announce { text }),
    ];
    let visits = prop_oneof![
        people().prop_map(|seats| Command::Invite { seats }),
        any::<bool>().prop_map(|accept| Command::AnswerInvitation { accept }),
        any::<bool>().prop_map(|up| Command::Knock { up }),
        (area(), any::<bool>()).prop_map(|(area, on)| Command::LockArea { area, on }),
        (someone(), someone()).prop_map(|(a, b)| Command::Screen { a, b }),
    ];
    let guests = prop_oneof![
        (9..=11u8).prop_map(|n| Command::ProposeGuest { seat: seat(n) }),
        (9..=11u8, any::<bool>()).prop_map(|(n, yes)| Command::AnswerGuest { seat: seat(n), yes }),
        text().prop_map(|question| Command::Ring {
            expert: crate::Expert::Counsellor,
            department: String::new(),
            question,
        }),
        (1..4u32).prop_map(|call| Command::CallOff { call }),
        someone().prop_map(|seat| Command::Prolong { seat }),
        someone().prop_map(|seat| Command::GiveChair { seat }),
        text().prop_map(|reason| Command::AllowJoint { reason }),
    ];
    let gate = prop_oneof![
        (someone(), text()).prop_map(|(seat, text)| Command::Confide { seat, text }),
        (1..4u32, text(), any::<bool>()).prop_map(|(confidence, text, go)| Command::Release {
            confidence,
            text,
            go
        }),
        (1..4u32, people()).prop_map(|(confidence, seats)| Command::Convey { confidence, seats }),
        (any::<bool>(), text()).prop_map(|(bids, text)| Command::PutOffer {
            kind: if bids { crate::OfferKind::Bids } else { crate::OfferKind::Proposal },
            text,
            seats: vec![seat(super::table::APPLICANT), seat(super::table::RESPONDENT)],
        }),
        (1..4u32, 0..3u64).prop_map(|(offer, answer)| Command::AnswerOffer { offer, answer }),
        (1..4u32).prop_map(|offer| Command::WithdrawOffer { offer }),
    ];
    let papers = prop_oneof![
        paper().prop_map(|paper| Command::ShowPaper { paper, page: None }),
        (1..5u32).prop_map(|page| Command::TurnPage { page }),
        Just(Command::ClearTable),
        (paper(), scope()).prop_map(|(paper, scope)| Command::WidenPaper { paper, scope }),
        (paper(), text(), any::<bool>()).prop_map(|(paper, text, seen)| Command::MarkPaper {
            paper,
            mark: if seen { crate::Mark::Seen } else { crate::Mark::Disputed },
            text
        }),
    ];
    prop_oneof![3 => talk, 3 => visits, 4 => guests, 3 => gate, 4 => papers]
}

/// Ends are rare, else no sitting would grow old.
fn command() -> impl Strategy<Value = Command> {
    let outcome = prop_oneof![Just(Outcome::Agreed), Just(Outcome::Stopped)];
    prop_oneof![
        200 => ordinary(),
        1 => outcome.prop_map(|outcome| Command::End { outcome }),
        1 => Just(Command::Stop),
    ]
}

fn signal() -> impl Strategy<Value = Signal> {
    let link = || prop_oneof![Just(Link::Live), Just(Link::Media)];
    prop_oneof![
        8 => (who(), link()).prop_map(|(n, l)| Signal::Connected(seat(n), l)),
        4 => (who(), link()).prop_map(|(n, l)| Signal::Disconnected(seat(n), l)),
        2 => Just(Signal::Tick),
        1 => Just(Signal::Recovered),
        1 => who().prop_map(|n| Signal::Dismiss(seat(n))),
        1 => (who(), who()).prop_map(|(a, b)| Signal::Screen(seat(a), seat(b))),
        1 => prop_oneof![
            Just(None),
            Just(Some(RecordingTrouble::DiskLow)),
            Just(Some(RecordingTrouble::DiskFull)),
            Just(Some(RecordingTrouble::Failed)),
        ].prop_map(Signal::Recorder),
        1 => (1..3u32, 9..=11u8).prop_map(|(call, n)| Signal::TakeCall(call, seat(n))),
        1 => (1..3u32, any::<bool>()).prop_map(|(call, some)| Signal::CallRings(call, some.then(|| "许明达".into()))),
        4 => (1..6u8, 1..=11u8, scope())
            .prop_map(|(n, owner, scope)| Signal::PaperLodged(Box::new(super::papers::paper(n, owner, scope)))),
        1 => (who(), 0..5000u32).prop_map(|(n, ms)| Signal::Talked(vec![(seat(n), ms)])),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // hosts act most, so that things happen at all
        6 => (1..=2u8, command()).prop_map(|(n, c)| Step::Command(n, c)),
        2 => (who(), command()).prop_map(|(n, c)| Step::Command(n, c)),
        3 => signal().prop_map(Step::Signal),
        1 => (-5..30i64).prop_map(Step::Later),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..100)
}

fn table() -> Table {
    let mut table = Table::of(&ALL, &[(super::table::APPLICANT, super::table::THIRD)]);
    table.everybody_connects();
    table
}

/// Takes the steps and checks after each; `check` is given the state before, the effects, and the table after.
fn walk(steps: Vec<Step>, mut check: impl FnMut(&Session, &[Effect], &Table)) -> Table {
    let mut table = table();
    for step in steps {
        let before = table.session.clone();
        let done = match step {
            Step::Command(n, command) => table.give(n, command),
            Step::Signal(signal) => {
                let done = table.session.signal(table.now, signal);
                done.inspect(|effects| {
                    for effect in effects {
                        if let Effect::Persist(facts) = effect {
                            table.stored.extend(facts.iter().cloned());
                        }
                    }
                })
            }
            Step::Later(seconds) => {
                table.later(seconds);
                Ok(vec![])
            }
        };
        match done {
            Ok(effects) => check(&before, &effects, &table),
            Err(_) => assert_eq!(before, table.session, "a refusal changes nothing"),
        }
    }
    table
}

/// Everything in a view that may stand there only if the seat is visible. The mediator's name is on the invitation.
fn hidden_words(table: &Table, viewer: u8) -> Vec<String> {
    let me = table.session.seat(seat(viewer)).unwrap();
    // A guest's name is told to the parties who are asked whether the guest may come (R5).
    let asked_about = table.session.asked_about(seat(viewer));
    ALL.into_iter()
        .filter(|n| !asked_about.contains(&seat(*n)))
        .filter(|n| *n != viewer && !me.role.hosts() && !visible(&table.session, seat(*n), seat(viewer)))
        .flat_map(|n| {
            let other = table.session.seat(seat(n)).unwrap();
            let mut words = vec![seat(n).to_string()];
            words.extend(other.party.map(|p| p.to_string()));
            if !other.role.hosts() {
                words.push(other.name.clone());
            }
            words
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// A seat is in exactly one area, that area is open, and nobody unlawful shares one.
    #[test]
    fn a_seat_is_in_exactly_one_area(steps in steps()) {
        walk(steps, |_, _, t| {
            let mut places: BTreeMap<_, u32> = BTreeMap::new();
            let open = [AreaId::Lobby, AreaId::Joint].into_iter().chain(t.session.private_areas());
            for area in open {
                t.session.within(area).for_each(|(id, _)| *places.entry(id).or_default() += 1);
                if area.private() {
                    assert!(t.session.within(area).count() > 0, "an empty private area was left open");
                }
            }
            assert_eq!(places.len(), ALL.len());
            assert!(places.values().all(|n| *n == 1));
        });
    }

    /// Nobody is ever visible across areas, from or to the lobby, screened, before the start or after the end, and
    /// opposite sides only in company.
    #[test]
    fn nothing_crosses(steps in steps()) {
        walk(steps, |_, _, t| {
            for (from, to) in t.session.pairs() {
                let (a, b) = (t.session.seat(from).unwrap(), t.session.seat(to).unwrap());
                assert_eq!(a.area, b.area);
                assert_ne!(a.area, AreaId::Lobby);
                assert_eq!(t.session.phase(), Phase::Live);
                assert!(!t.session.screened(from, to));
                assert!(!a.left && !b.left);
                if a.side.opposes(b.side) {
                    assert!(!a.area.private());
                    assert!(t.session.within(a.area).any(|(_, s)| s.role.hosts() && !s.left && !s.lost));
                }
            }
        });
    }

    /// R12, T5: whoever the recorder hears is in the joint area and agreed, so did everybody who is there, a host asked
    /// and is there; and each of them sees the mark, in the same effects.
    #[test]
    fn r12_nobody_is_recorded_outside_the_joint_area_or_without_consent(steps in steps()) {
        walk(steps, |_, _, t| {
            let recorded: Vec<_> = t.session.recorded().into_iter().map(super::super::visibility::Recorded::seat).collect();
            for id in &recorded {
                let s = t.session.seat(*id).unwrap();
                assert_eq!((s.area, s.recording, s.left), (AreaId::Joint, Some(true), false));
            }
            if !recorded.is_empty() {
                assert_eq!(t.session.phase(), Phase::Live);
                assert!(t.session.recording_asked_at().is_some());
                let here: Vec<_> = t.session.within(AreaId::Joint).filter(|(_, s)| s.online()).collect();
                assert!(here.iter().all(|(_, s)| s.recording == Some(true)), "{here:?}");
                assert!(here.iter().any(|(_, s)| s.role.hosts()));
            }
            assert_eq!(t.session.recording_since().is_some(), !recorded.is_empty(), "the facts say what the table does");
            for n in ALL {
                let view = View::of(&t.session, seat(n)).unwrap();
                let on = view.recording.state == RecordingState::On;
                assert_eq!(on, recorded.contains(&seat(n)), "seat {n} sees exactly whether it is recorded");
            }
        });
    }

    /// A view, serialised, holds no id and no name of a seat that is not visible, and no other area's name.
    #[test]
    fn a_view_names_nobody_who_is_not_visible(steps in steps()) {
        walk(steps, |_, _, t| {
            for n in ALL {
                let view = View::of(&t.session, seat(n)).unwrap();
                let text = serde_json::to_string(&view).unwrap();
                for word in hidden_words(t, n) {
                    assert!(!text.contains(&word), "seat {n} is told of {word}: {text}");
                }
                let host = t.session.seat(seat(n)).unwrap().role.hosts();
                assert_eq!(view.corridor.is_some(), host);
                for area in t.session.private_areas().filter(|a| *a != view.area.id && !host) {
                    assert!(!text.contains(&format!("\"{area}\"")), "seat {n} learns of {area}");
                }
                for name in &view.hears_me {
                    let (id, _) = t.session.seats().find(|(_, s)| s.name == *name).unwrap();
                    assert!(visible(&t.session, seat(n), id));
                }
            }
        });
    }

    /// A confidence, an answer and a line are known to those they are for, and to nobody else.
    #[test]
    fn what_is_confided_stays_with_whom_it_was_for(steps in steps()) {
        walk(steps, |_, effects, t| {
            for c in &t.session.confidences {
                let released = !matches!(c.seal, crate::Seal::Sealed);
                assert!(released || c.conveyed_to.is_empty(), "sealed words were passed on");
                for n in ALL {
                    let knows = t.session.confidences(seat(n)).iter().any(|v| v.id == c.id);
                    assert_eq!(knows, c.of == seat(n) || c.by == seat(n) || c.conveyed_to.contains(&seat(n)));
                }
            }
            for offer in &t.session.offers {
                for n in ALL {
                    let Some(view) = t.session.offers(seat(n)).into_iter().find(|v| v.id == offer.id) else { continue };
                    assert!(offer.complete() || (view.bids.is_none() && view.accepted.is_none()));
                    assert_eq!(view.mine, offer.answers.get(&seat(n)).copied());
                }
            }
            for effect in effects {
                let Effect::Said(said) = effect else { continue };
                if let Some(of) = said.line.of {
                    assert!(said.readers.iter().all(|r| *r == of || visible(&t.session, of, *r)), "a caption strays");
                }
                for reader in &said.readers {
                    assert!(*reader == said.line.from || visible(&t.session, said.line.from, *reader));
                }
            }
        });
    }

    /// A paper is on the screens of those it is for and its page on those of one area; nobody else finds its name.
    #[test]
    fn r07_papers_stay_with_whom_they_are_for(steps in steps()) {
        walk(steps, |_, _, t| {
            for n in ALL {
                let view = View::of(&t.session, seat(n)).unwrap();
                let text = serde_json::to_string(&view).unwrap();
                for laid in &t.session.papers {
                    let may = crate::sees_paper(&t.session, seat(n), laid);
                    assert!(may || !text.contains(&laid.paper.title), "seat {n}: {}", laid.paper.title);
                    assert!(may || !text.contains(&laid.paper.id.to_string()));
                }
                let Some(shown) = &view.shown else { continue };
                assert!(view.papers.iter().any(|p| p.id == shown.paper && shown.page <= p.pages));
                let by = crate::shown_to(&t.session, seat(n)).unwrap().by;
                assert!(by == seat(n) || visible(&t.session, by, seat(n)));
                assert_eq!(view.phase, Phase::Live);
                for to in t.session.point(seat(n)).unwrap().to {
                    assert!(visible(&t.session, seat(n), to));
                }
            }
        });
    }

    /// A guest sits only with parties who agreed; who goes with somebody is where they are; kept apart is apart.
    #[test]
    fn company_is_agreed_company(steps in steps()) {
        walk(steps, |_, _, t| {
            for (id, s) in t.session.seats().filter(|(_, s)| s.admitted() && !s.left) {
                assert_eq!(t.session.unasked(id, s.area), vec![]);
                if let Some(lead) = s.bound_to.and_then(|lead| t.session.seat(lead)) {
                    assert_eq!(lead.area, s.area, "a bound seat is somewhere else");
                }
                assert!(!t.session.silenced(id) || !s.role.hosts());
            }
        });
    }

    /// Flip, then persist, then tell; the flip is exactly the visibility of the new state and is there whenever it
    /// changed; told is exactly who sees something new.
    #[test]
    fn the_switch_order_holds(steps in steps()) {
        walk(steps, |before, effects, t| {
            let rank = |e: &Effect| match e {
                Effect::Flip(_) => 0,
                Effect::Persist(_) => 1,
                Effect::Mute(_) | Effect::Silence(..) | Effect::Alert(_) | Effect::Said(_) | Effect::Ring(_) => 2,
                Effect::Tell(..) => 3,
            };
            assert!(effects.windows(2).all(|w| rank(&w[0]) <= rank(&w[1])), "{effects:?}");
            let flips: Vec<_> = effects.iter().filter_map(|e| if let Effect::Flip(p) = e { Some(p) } else { None }).collect();
            if before.table() == t.session.table() {
                assert!(flips.is_empty());
            } else {
                assert_eq!(flips, [&t.session.table()]);
            }
            assert_eq!(effects.iter().filter(|e| matches!(e, Effect::Persist(_))).count(), usize::from(!effects.is_empty()));
            for n in ALL {
                let (old, new) = (View::of(before, seat(n)), View::of(&t.session, seat(n)));
                let told = effects.iter().any(|e| matches!(e, Effect::Tell(s, v) if *s == seat(n) && Some(&**v) == new.as_ref()));
                assert_eq!(told, old != new, "seat {n}");
            }
        });
    }

    /// Replaying what was stored gives the same state byte for byte, through JSON as well.
    #[test]
    fn replay_gives_the_same_bytes(steps in steps()) {
        let table = walk(steps, |_, _, _| {});
        let wire = serde_json::to_string(&table.stored).unwrap();
        let stored: Vec<crate::Stamped> = serde_json::from_str(&wire).unwrap();
        let again = Session::replay(&stored).unwrap();
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&table.session).unwrap());
        let snapshot: Session = serde_json::from_str(&serde_json::to_string(&again).unwrap()).unwrap();
        prop_assert_eq!(snapshot, table.session);
    }

    /// The same command twice: the second time nothing happens, or it is refused and nothing happens.
    #[test]
    fn a_double_click_is_harmless(steps in steps(), n in who(), command in command()) {
        let mut table = walk(steps, |_, _, _| {});
        let each_time = matches!(
            command,
            Command::Mute { .. } | Command::Say { .. } | Command::Caption { .. } | Command::Prolong { .. } | Command::CloseDistress { .. }
        );
        if table.give(n, command.clone()).is_ok() && !each_time {
            let once = table.session.clone();
            let again = table.give(n, command);
            prop_assert!(again.as_ref().is_ok_and(Vec::is_empty) || again.is_err(), "{:?}", again);
            prop_assert_eq!(table.session, once);
        }
    }
}

/// Control: a table that ignored areas would be caught by the same searches.
#[test]
fn control_a_view_of_another_seat_is_caught() {
    let mut t = table();
    t.good(super::table::MEDIATOR, Command::Start);
    let leaked = serde_json::to_string(&t.view(super::table::MEDIATOR)).unwrap();
    assert!(hidden_words(&t, super::table::RESPONDENT).iter().any(|word| leaked.contains(word)));
}

/// Control: a recorder that asked nobody would be caught by the same random sittings.
#[test]
fn control_r12_recording_without_asking_is_caught() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut ran, mut caught, mut paused) = (0, 0, 0);
    for _ in 0..1000 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        walk(steps, |before, _, t| {
            ran += u32::from(t.session.recording_since().is_some());
            paused += u32::from(before.recording_since().is_some() && t.session.recording_since().is_none());
            let careless = t.session.recording_asked_at().is_some() && t.session.phase() == Phase::Live;
            let here = || t.session.within(AreaId::Joint).filter(|(_, s)| s.online());
            caught += u32::from(careless && here().any(|(_, s)| s.recording != Some(true)));
        });
    }
    assert!(ran > 50 && caught > 150 && paused > 5, "{ran} {caught} {paused}");
}

/// Control: the random sittings do reach the states that matter.
#[test]
fn control_random_sittings_are_not_idle() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut live, mut caucus, mut pairs, mut parted) = (0, 0, 0, 0);
    for _ in 0..200 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        walk(steps, |before, _, t| {
            live += u32::from(t.session.phase() == Phase::Live);
            caucus += u32::from(t.session.private_areas().next().is_some());
            pairs += u32::try_from(t.session.pairs().len()).unwrap();
            parted += u32::from(before.phase() == Phase::Live && t.session.phase() == Phase::Paused);
        });
    }
    assert!(live > 500 && caucus > 200 && pairs > 2000 && parted > 3, "{live} {caucus} {pairs} {parted}");
}
