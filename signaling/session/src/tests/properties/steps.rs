//! What happens in a random sitting: commands and reports in any order, right and wrong ones alike. Every command there is
//! has its place here.

use proptest::prelude::*;

use super::super::table::seat;
use crate::{AreaId, Command, Link, Outcome, RecordingTrouble, Signal};

#[derive(Clone, Debug)]
pub(super) enum Step {
    Command(u8, Command),
    Signal(Signal),
    Later(i64),
}

pub(super) fn who() -> impl Strategy<Value = u8> {
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
        1 => any::<bool>().prop_map(|afraid| Command::AnswerSafety { afraid }),
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
        4 => opening(),
    ]
}

fn someone() -> impl Strategy<Value = domain::SeatId> {
    who().prop_map(seat)
}

fn people() -> impl Strategy<Value = Vec<domain::SeatId>> {
    prop::collection::vec(someone(), 0..3)
}

/// Before the start, and what a human decided.
fn opening() -> impl Strategy<Value = Command> {
    use crate::OpeningItem::{AddressConfirmed, RightsTold, ShamWarned};
    let item = prop_oneof![Just(RightsTold), Just(ShamWarned), Just(AddressConfirmed)];
    let ready = (any::<bool>(), text()).prop_map(|(camera, who)| Command::Ready {
        readiness: crate::Readiness { camera: Some(camera), company: vec![who], ..Default::default() },
    });
    prop_oneof![
        ready,
        (someone(), any::<bool>()).prop_map(|(seat, matches)| Command::Identify {
            seat,
            method: crate::IdentityMethod::DocumentOnCamera,
            matches,
            id_tail: None,
        }),
        someone().prop_map(|seat| Command::AskDocument { seat }),
        prop::option::of(someone()).prop_map(|seat| Command::Greet { seat }),
        (someone(), any::<bool>()).prop_map(|(seat, yes)| Command::AnswerDevice {
            seat,
            code: "47".into(),
            yes
        }),
        prop::option::of(paper()).prop_map(|paper| Command::PresentDocument { paper }),
        item.prop_map(|item| Command::TickOff { item }),
        prop::option::of(text()).prop_map(|disclosed| Command::DeclareConflict { disclosed }),
        text().prop_map(|reason| Command::AskForAnother { reason }),
        (someone(), text()).prop_map(|(seat, action)| Command::CloseDistress { seat, action }),
        Just(Command::NoShow),
    ]
}

/// Few texts, so that words meet again.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just("他愿意出一千".to_owned()), Just("不要告诉对方".to_owned()), "\\PC{0,12}"]
}

fn paper() -> impl Strategy<Value = domain::PaperId> {
    (1..6u8).prop_map(super::super::papers::id)
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
            seats: vec![seat(super::super::table::APPLICANT), seat(super::super::table::RESPONDENT)],
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
pub(super) fn command() -> impl Strategy<Value = Command> {
    let outcome = prop_oneof![Just(Outcome::Agreed), Just(Outcome::Stopped)];
    prop_oneof![
        200 => ordinary(),
        1 => outcome.prop_map(|outcome| Command::End { outcome }),
        1 => Just(Command::Stop),
        1 => Just(Command::Adjourn { next_at: None }),
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
        1 => who().prop_map(|n| Signal::DeviceAsks(seat(n), crate::DeviceWish { device: "hash".into(), code: "47".into() })),
        1 => (who(), who()).prop_map(|(a, b)| Signal::Screen(seat(a), seat(b))),
        1 => prop_oneof![
            Just(None),
            Just(Some(RecordingTrouble::DiskLow)),
            Just(Some(RecordingTrouble::DiskFull)),
            Just(Some(RecordingTrouble::Failed)),
        ].prop_map(Signal::Recorder),
        1 => (1..3u32, 9..=11u8).prop_map(|(call, n)| Signal::TakeCall(call, seat(n))),
        1 => (1..3u32, any::<bool>()).prop_map(|(call, some)| Signal::CallRings(call, some.then(|| "许明达".into()))),
        1 => who().prop_map(|n| Signal::DeskAnswered(seat(n))),
        4 => (1..6u8, 1..=11u8, scope())
            .prop_map(|(n, owner, scope)| Signal::PaperLodged(Box::new(super::super::papers::paper(n, owner, scope)))),
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

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..100)
}
