//! Random sittings: thousands of commands and reports in any order, right and wrong ones alike.

mod controls;
mod steps;

use std::collections::BTreeMap;

use proptest::prelude::*;

use self::steps::{Step, command, steps, who};
use super::table::{ALL, Table, seat};
use crate::{AreaId, Command, Effect, Phase, RecordingState, Session, View, visible};

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
    /// opposite sides only in company. Only at the door a host meets one person and who goes with it, before the start.
    #[test]
    fn nothing_crosses(steps in steps()) {
        walk(steps, |_, _, t| {
            for (from, to) in t.session.pairs() {
                let (a, b) = (t.session.seat(from).unwrap(), t.session.seat(to).unwrap());
                assert!(!t.session.screened(from, to));
                assert!(!a.left && !b.left);
                if t.session.phase() != Phase::Live {
                    let met = t.session.greeted().unwrap();
                    let at_door = |id, s: &crate::Seat| s.role.hosts() || id == met || s.bound_to == Some(met);
                    assert!(at_door(from, a) && at_door(to, b) && !a.side.opposes(b.side));
                    assert!(matches!(t.session.phase(), Phase::Scheduled | Phase::Lobby));
                    continue;
                }
                assert_eq!(a.area, b.area);
                assert_ne!(a.area, AreaId::Lobby);
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
            let recorded: Vec<_> = t.session.recorded().into_iter().map(crate::visibility::Recorded::seat).collect();
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
