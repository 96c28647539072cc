//! The table the stories are told at. Everybody has a name that stands nowhere else, so that a leak is found by search.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{PartyId, Refusal, SeatId, SeatRole, SessionId, Side};
use uuid::Uuid;

use crate::{Command, Effect, Invited, Link, Session, Setup, Signal, Stamped, Time, View};

pub(super) const MEDIATOR: u8 = 1;
pub(super) const CO_MEDIATOR: u8 = 2;
pub(super) const APPLICANT: u8 = 3;
pub(super) const RESPONDENT: u8 = 4;
pub(super) const LAWYER: u8 = 5;
pub(super) const CLERK: u8 = 6;
pub(super) const THIRD: u8 = 7;
pub(super) const HELPER: u8 = 8;
pub(super) const COUNSELLOR: u8 = 9;
pub(super) const INTERPRETER: u8 = 10;
pub(super) const OBSERVER: u8 = 11;
pub(super) const ADVISER: u8 = 12;
pub(super) const CAMERA: u8 = 13;
pub(super) const AGENT: u8 = 14;

/// Everybody of the full table.
pub(super) const ALL: [u8; 11] = [
    MEDIATOR,
    CO_MEDIATOR,
    APPLICANT,
    RESPONDENT,
    LAWYER,
    CLERK,
    THIRD,
    HELPER,
    COUNSELLOR,
    INTERPRETER,
    OBSERVER,
];

pub(super) fn seat(n: u8) -> SeatId {
    SeatId(Uuid::from_u128(0x5ea7_0000 + u128::from(n)))
}

pub(super) fn invited(n: u8) -> Invited {
    let (role, side, name) = match n {
        MEDIATOR => (SeatRole::Mediator, Side::Neutral, "陈静"),
        CO_MEDIATOR => (SeatRole::CoMediator, Side::Neutral, "郭敏"),
        APPLICANT => (SeatRole::Applicant, Side::Applicant, "赵守田"),
        RESPONDENT => (SeatRole::Respondent, Side::Respondent, "钱永福"),
        LAWYER => (SeatRole::Lawyer, Side::Respondent, "孙律师"),
        CLERK => (SeatRole::Clerk, Side::Neutral, "李书记"),
        THIRD => (SeatRole::ThirdParty, Side::ThirdParty, "周海明"),
        HELPER => (SeatRole::Helper, Side::Applicant, "吴网格"),
        COUNSELLOR => (SeatRole::Counsellor, Side::Neutral, "方心怡"),
        INTERPRETER => (SeatRole::Interpreter, Side::Neutral, "卓玛"),
        ADVISER => (SeatRole::Lawyer, Side::Neutral, "许明达"),
        CAMERA => (SeatRole::RoomCamera, Side::Neutral, "二号调解室"),
        AGENT => (SeatRole::Agent, Side::Applicant, "郑敏"),
        _ => (SeatRole::Observer, Side::Neutral, "许见习"),
    };
    let party = role.is_party().then(|| PartyId(Uuid::from_u128(0x9a27_0000 + u128::from(n))));
    let bound_to = match n {
        HELPER => Some(seat(APPLICANT)),
        INTERPRETER => Some(seat(RESPONDENT)),
        _ => None,
    };
    Invited {
        seat: seat(n),
        role,
        side,
        name: name.into(),
        party,
        recording: None,
        bound_to,
        same_device: false,
        asked_safety: false,
        minor: false,
        mandate: None,
    }
}

/// A sitting with a clock and the events that were stored.
pub(super) struct Table {
    pub session: Session,
    pub now: Time,
    pub stored: Vec<Stamped>,
}

impl Table {
    /// These people, nobody here yet.
    pub fn of(people: &[u8], screens: &[(u8, u8)]) -> Self {
        let screens = screens.iter().map(|(a, b)| (seat(*a), seat(*b))).collect();
        Self::with(people, |setup| Setup { screens, ..setup })
    }

    /// These people, nobody here yet, set up differently.
    pub fn with(people: &[u8], differently: impl FnOnce(Setup) -> Setup) -> Self {
        let now: Time = DateTime::<Utc>::from_timestamp(1_795_000_000, 0).unwrap();
        let setup = Setup {
            session: SessionId(Uuid::from_u128(0xabc)),
            scheduled_at: now,
            seats: people.iter().map(|n| invited(*n)).collect(),
            screens: Vec::new(),
            grace_ms: Setup::GRACE_MS,
            checklist: false,
            apart: false,
        };
        let (session, first) = Session::convene(now, differently(setup));
        Self { session, now, stored: vec![first] }
    }

    /// Mediator, applicant and respondent are here and together.
    pub fn together() -> Self {
        Self::together_with(&[])
    }

    /// The same, with these people in the lobby.
    pub fn together_with(others: &[u8]) -> Self {
        let mut table = Self::of(&[&[MEDIATOR, APPLICANT, RESPONDENT], others].concat(), &[]);
        table.everybody_connects();
        table.good(MEDIATOR, Command::Start);
        table.admit(APPLICANT);
        table.admit(RESPONDENT);
        table
    }

    /// Somebody is added while the sitting runs, and connects.
    pub fn comes_later(&mut self, n: u8) {
        self.signal(Signal::Enrol(invited(n)));
        self.signal(Signal::Connected(seat(n), Link::Live));
    }

    pub fn everybody_connects(&mut self) {
        let seats: Vec<SeatId> = self.session.seats().map(|(id, _)| id).collect();
        for id in seats {
            self.signal(Signal::Connected(id, Link::Live));
        }
    }

    pub fn admit(&mut self, n: u8) -> Vec<Effect> {
        self.good(MEDIATOR, Command::Admit { seat: seat(n) })
    }

    pub fn later(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    pub fn give(&mut self, actor: u8, command: Command) -> Result<Vec<Effect>, Refusal> {
        let effects = self.session.apply(self.now, seat(actor), command)?;
        self.keep(&effects);
        Ok(effects)
    }

    pub fn good(&mut self, actor: u8, command: Command) -> Vec<Effect> {
        self.give(actor, command).unwrap()
    }

    /// The stable code of the refusal.
    pub fn refused(&mut self, actor: u8, command: Command) -> &'static str {
        let before = self.session.clone();
        let code = self.give(actor, command).unwrap_err().code;
        assert_eq!(self.session, before, "a refusal leaves the state as it was");
        code
    }

    pub fn signal(&mut self, signal: Signal) -> Vec<Effect> {
        let effects = self.session.signal(self.now, signal).unwrap();
        self.keep(&effects);
        effects
    }

    fn keep(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Persist(facts) = effect {
                self.stored.extend(facts.iter().cloned());
            }
        }
    }

    pub fn view(&self, n: u8) -> View {
        View::of(&self.session, seat(n)).unwrap()
    }

    pub fn sees(&self, viewer: u8, other: u8) -> bool {
        crate::visible(&self.session, seat(other), seat(viewer))
    }
}

/// Who is told by these effects.
pub(super) fn told(effects: &[Effect]) -> Vec<SeatId> {
    effects.iter().filter_map(|e| if let Effect::Tell(seat, _) = e { Some(*seat) } else { None }).collect()
}
