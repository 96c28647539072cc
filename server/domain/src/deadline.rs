//! Deadlines: when a mediation must be done (R22–R24), until when a court may be asked (R19), and the deadline light.
//!
//! Days are days of the place, UTC+8, the first one not counted; a term ends with its last day (Civil Code 201, 203).
//! A term that binds the mediator is not moved past a holiday: to be done early harms nobody.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::case::{CaseState, DisputeKind};

/// R22 (MOJ75 33, OMR 24): thirty days from acceptance.
pub const GENERAL_DAYS: u64 = 30;
/// R23 (Labour mediation law 14): fifteen days from receipt of the application.
pub const LABOUR_DAYS: u64 = 15;
/// R24 (MDR 38): thirty working days, appraisal excluded.
pub const MEDICAL_WORKING_DAYS: u32 = 30;
/// R19 (CPL 205): thirty days from effect.
pub const CONFIRMATION_DAYS: u64 = 30;
/// Yellow from this many days before the deadline.
pub const YELLOW_DAYS: i64 = 5;

/// Which days are worked on. Weekends are not, unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Public holidays on weekdays.
    pub closed: BTreeSet<NaiveDate>,
    /// Weekend days that are worked instead (调休).
    pub open: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Whether people work on this day.
    pub fn works(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.open.contains(&day) || (!weekend && !self.closed.contains(&day))
    }

    fn after_working_days(&self, start: NaiveDate, count: u32) -> NaiveDate {
        start.iter_days().skip(1).filter(|day| self.works(*day)).nth(count as usize - 1).unwrap_or(start)
    }
}

/// The light beside a deadline: green, yellow from five days, red when overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// More than five days left, or no deadline runs.
    Green,
    /// Five days or fewer.
    Yellow,
    /// Overdue.
    Red,
}

/// The place's clock: UTC+8 the whole year.
pub fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    // 8 h east is always a valid offset; the fallback only spares a panic path.
    FixedOffset::east_opt(8 * 3600).map_or_else(|| at.fixed_offset(), |offset| at.with_timezone(&offset))
}

/// The day it is at the place.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    local(at).date_naive()
}

/// When the day began at the place.
pub fn start_of_day(at: DateTime<Utc>) -> DateTime<Utc> {
    end_of(day_of(at)) - chrono::Duration::days(1)
}

/// The end of a day at the place: midnight that follows it.
fn end_of(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    Utc.from_utc_datetime(&next.and_time(NaiveTime::MIN)) - chrono::Duration::hours(8)
}

fn after_days(at: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    end_of(day_of(at).checked_add_days(Days::new(days)).unwrap_or_else(|| day_of(at)))
}

/// When the mediation must be done: R22, R23 from receipt, R24 in working days.
pub fn due_at(
    kind: DisputeKind,
    requested_at: DateTime<Utc>,
    accepted_at: DateTime<Utc>,
    calendar: &Calendar,
) -> DateTime<Utc> {
    match kind {
        DisputeKind::Labour => after_days(requested_at, LABOUR_DAYS),
        DisputeKind::Medical => {
            end_of(calendar.after_working_days(day_of(accepted_at), MEDICAL_WORKING_DAYS))
        }
        _ => after_days(accepted_at, GENERAL_DAYS),
    }
}

/// The deadline after the clock stood still from `suspended_at` until `resumed_at`.
pub fn due_after_pause(
    due_at: DateTime<Utc>,
    suspended_at: DateTime<Utc>,
    resumed_at: DateTime<Utc>,
) -> DateTime<Utc> {
    due_at + (resumed_at - suspended_at).max(chrono::Duration::zero())
}

/// R19: until when both parties may together ask the court to confirm.
pub fn confirmation_until(effective_at: DateTime<Utc>) -> DateTime<Utc> {
    after_days(effective_at, CONFIRMATION_DAYS)
}

/// The light of a case now. It burns only while the clock runs.
pub fn light(state: CaseState, due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Light {
    match due_at {
        Some(due) if state.clock_runs() => {
            let left = due - now;
            if left <= chrono::Duration::zero() {
                Light::Red
            } else if left <= chrono::Duration::days(YELLOW_DAYS) {
                Light::Yellow
            } else {
                Light::Green
            }
        }
        _ => Light::Green,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn r22_thirty_days_from_acceptance_end_at_midnight_of_the_place() {
        let due = due_at(
            DisputeKind::Neighbour,
            at("2026-03-30T01:00:00Z"),
            at("2026-04-01T01:00:00Z"),
            &Calendar::default(),
        );
        assert_eq!(due, at("2026-05-01T16:00:00Z"), "1 May ends at 24:00 in UTC+8");
    }

    #[test]
    fn r22_the_day_is_the_places_not_greenwichs() {
        // 23:30 on 31 March in Greenwich is 1 April here
        let due = due_at(
            DisputeKind::Consumer,
            at("2026-03-01T00:00:00Z"),
            at("2026-03-31T23:30:00Z"),
            &Calendar::default(),
        );
        assert_eq!(due, at("2026-05-01T16:00:00Z"));
    }

    #[test]
    fn r23_labour_counts_fifteen_days_from_receipt_not_from_acceptance() {
        let due = due_at(
            DisputeKind::Labour,
            at("2026-04-01T02:00:00Z"),
            at("2026-04-09T02:00:00Z"),
            &Calendar::default(),
        );
        assert_eq!(due, at("2026-04-16T16:00:00Z"));
    }

    #[test]
    fn r24_medical_counts_working_days_with_holidays_and_makeup_days() {
        let accepted = at("2026-04-30T02:00:00Z");
        let plain = due_at(DisputeKind::Medical, accepted, accepted, &Calendar::default());
        assert_eq!(plain, at("2026-06-11T16:00:00Z"), "six weeks of five days");
        let calendar = Calendar {
            closed: ["2026-05-01", "2026-05-04", "2026-05-05"].map(|d| d.parse().unwrap()).into(),
            open: ["2026-05-09"].map(|d| d.parse().unwrap()).into(),
        };
        let holidays = due_at(DisputeKind::Medical, accepted, accepted, &calendar);
        assert_eq!(holidays, at("2026-06-15T16:00:00Z"), "three days off, one made up, over a weekend");
    }

    #[test]
    fn r24_the_clock_stands_still_during_an_appraisal() {
        let due = at("2026-05-01T16:00:00Z");
        let later = due_after_pause(due, at("2026-04-10T00:00:00Z"), at("2026-04-20T00:00:00Z"));
        assert_eq!(later, at("2026-05-11T16:00:00Z"));
    }

    #[test]
    fn the_light_turns_yellow_at_five_days_and_red_when_overdue_and_only_while_the_clock_runs() {
        let due = Some(at("2026-05-01T16:00:00Z"));
        let on = |state, now| light(state, due, at(now));
        assert_eq!(on(CaseState::Mediating, "2026-04-26T15:59:59Z"), Light::Green);
        assert_eq!(on(CaseState::Mediating, "2026-04-26T16:00:00Z"), Light::Yellow);
        assert_eq!(on(CaseState::Mediating, "2026-05-01T16:00:00Z"), Light::Red);
        assert_eq!(on(CaseState::Suspended, "2026-06-01T16:00:00Z"), Light::Green);
        assert_eq!(on(CaseState::Effective, "2026-06-01T16:00:00Z"), Light::Green);
    }
}
