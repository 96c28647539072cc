//! The duty roster (值班表): who of a centre can be called to a sitting, when, and in which order they are rung.
//!
//! ```text
//!  roster ─ on_duty(now) ─▶ order: RESIDENT, ROTATING, ON_CALL ─ conflict.rs (R30) ─▶ rung one after another
//!                                                       summary.rs: the one page each of them may read
//! ```

mod conflict;
mod summary;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::conflict::{Conflict, Stand};
pub use self::summary::{Person, Summary, masked_name};
use crate::deadline::local;
use crate::{
    CallId, CaseId, DutyId, OrganizationId, Refusal, SeatId, SeatRole, SessionId, StaffId, StaffRole,
};

/// Who may be called to a sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expert {
    /// Lawyer, as a neutral adviser (R30).
    Lawyer,
    /// Psychological counsellor (R31).
    Counsellor,
    /// Social worker.
    SocialWorker,
    /// Liaison of a department.
    Liaison,
    /// Interpreter (R39).
    Interpreter,
}

impl Expert {
    /// The part they have at the table.
    pub fn seat_role(self) -> SeatRole {
        match self {
            Self::Lawyer => SeatRole::Lawyer,
            Self::Counsellor => SeatRole::Counsellor,
            Self::SocialWorker => SeatRole::SocialWorker,
            Self::Liaison => SeatRole::Liaison,
            Self::Interpreter => SeatRole::Interpreter,
        }
    }

    /// Whether somebody of this office can be on duty as this.
    pub fn suits(self, office: StaffRole) -> bool {
        use StaffRole::{Counsellor, GridWorker, Lawyer, Liaison};
        match self {
            Self::Lawyer => office == Lawyer,
            Self::Counsellor => office == Counsellor,
            Self::Liaison => office == Liaison,
            // neither is an office of its own: somebody at the centre who can
            Self::SocialWorker => matches!(office, Counsellor | GridWorker | Liaison),
            Self::Interpreter => matches!(office, GridWorker | Liaison | Lawyer | Counsellor),
        }
    }
}

/// How somebody serves a centre (常驻、轮驻、随叫随驻); the order in which they are rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Residency {
    /// Sits at the centre in its hours.
    Resident,
    /// Has these days of the week.
    Rotating,
    /// Comes when called.
    OnCall,
}

/// A line of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Which.
    pub id: DutyId,
    /// Of whose roster: the organisation the person works for. It serves that organisation and those below it.
    pub organization_id: OrganizationId,
    /// Who.
    pub staff_id: StaffId,
    /// As what.
    pub expert: Expert,
    /// For which department a liaison speaks; empty for everybody else.
    pub department: String,
    /// How.
    pub residency: Residency,
    /// When.
    pub hours: Hours,
    /// Who is rung first of several.
    pub position: i32,
}

/// Days of the week and minutes of the day, at the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Bit 0 is Monday.
    pub days: u8,
    /// The first minute of the day.
    pub from: u16,
    /// The minute at which it is over.
    pub until: u16,
}

impl Hours {
    /// Every day, at any hour.
    pub const ALWAYS: Self = Self { days: 0x7f, from: 0, until: 24 * 60 };

    /// From days (1 is Monday) and times of day as `HH:MM`.
    ///
    /// # Errors
    /// `hours_invalid`.
    pub fn parse(days: &[u8], from: &str, until: &str) -> Result<Self, Refusal> {
        let wrong = || Refusal::invalid("hours_invalid");
        if days.is_empty() || days.iter().any(|day| !(1..=7).contains(day)) {
            return Err(wrong());
        }
        let days = days.iter().fold(0, |mask, day| mask | 1 << (day - 1));
        let (from, until) = (minute(from).ok_or_else(wrong)?, minute(until).ok_or_else(wrong)?);
        if from >= until { Err(wrong()) } else { Ok(Self { days, from, until }) }
    }

    /// The days, 1 is Monday.
    pub fn weekdays(self) -> Vec<u8> {
        (1..=7).filter(|day| self.days & (1 << (day - 1)) != 0).collect()
    }

    /// Whether it is within them now.
    pub fn hold(self, now: DateTime<Utc>) -> bool {
        let here = local(now);
        let minute = here.hour() * 60 + here.minute();
        self.days & (1 << here.weekday().num_days_from_monday()) != 0
            && (u32::from(self.from)..u32::from(self.until)).contains(&minute)
    }
}

/// `09:30` and `24:00`, as minutes of the day.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two = |text: &str| (text.len() == 2).then(|| text.parse::<u16>().ok()).flatten();
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let whole = hours * 60 + minutes;
    (hours <= 24 && minutes < 60 && whole <= 24 * 60).then_some(whole)
}

/// Minutes of the day as `09:30`.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl Duty {
    /// Whether the person can be rung now.
    pub fn on_duty(&self, now: DateTime<Utc>) -> bool {
        self.hours.hold(now)
    }
}

/// How a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// Somebody is being rung, or is about to be.
    Ringing,
    /// Everybody on duty was rung, nobody came.
    Unanswered,
    /// Somebody came.
    Taken,
    /// Called off, or the visit is over.
    Over,
}

/// What somebody who was rung did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RingAnswer {
    /// Took the call.
    Taken,
    /// Cannot now.
    Declined,
    /// Did not answer in time.
    Missed,
    /// May not: has to do with a party (R4, R30). Not rung for this case again.
    Conflict,
}

/// A call of a sitting for an expert, as the switchboard keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpertCall {
    /// Which.
    pub id: CallId,
    /// From which sitting.
    pub session_id: SessionId,
    /// Of which case.
    pub case_id: CaseId,
    /// Its number in the sitting.
    pub number: u32,
    /// Who is wanted.
    pub expert: Expert,
    /// Of which department; empty: of any.
    pub department: String,
    /// In private, or with everybody.
    pub private: bool,
    /// What is asked.
    pub question: String,
    /// Since when.
    pub rang_at: DateTime<Utc>,
    /// How it stands.
    pub status: CallStatus,
    /// Who came.
    pub taken_by: Option<StaffId>,
    /// To which seat.
    pub seat_id: Option<SeatId>,
}

/// Somebody was rung for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Who.
    pub staff_id: StaffId,
    /// When.
    pub at: DateTime<Utc>,
    /// What they did; none: it rings.
    pub answer: Option<RingAnswer>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_place() {
        let office = Hours::parse(&[1, 2, 3, 4, 5], "09:00", "17:30").unwrap();
        let at = |text: &str| office.hold(text.parse().unwrap());
        assert!(at("2026-11-23T01:00:00Z"), "Monday, nine in the morning");
        assert!(!at("2026-11-23T00:59:00Z") && !at("2026-11-23T09:30:00Z"));
        assert!(!at("2026-11-22T23:30:00Z"), "half past seven on Monday");
        assert!(!at("2026-11-28T02:00:00Z"), "Saturday");
        assert!(Hours::ALWAYS.hold("2026-11-28T20:00:00Z".parse().unwrap()));
        assert_eq!((office.weekdays(), clock(office.until)), (vec![1, 2, 3, 4, 5], "17:30".to_owned()));
    }

    #[test]
    fn hours_that_cannot_be_are_refused() {
        for (days, from, until) in [
            (&[][..], "09:00", "17:00"),
            (&[8], "09:00", "17:00"),
            (&[1], "17:00", "09:00"),
            (&[1], "9:00", "17:00"),
            (&[1], "09:61", "17:00"),
            (&[1], "00:00", "24:01"),
        ] {
            assert_eq!(Hours::parse(days, from, until).unwrap_err().code, "hours_invalid");
        }
        assert_eq!(Hours::parse(&[1, 2, 3, 4, 5, 6, 7], "00:00", "24:00").unwrap(), Hours::ALWAYS);
    }
}
