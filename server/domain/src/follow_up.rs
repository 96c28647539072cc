//! Follow-up (回访): when to call, how often, and what the answer sets going. The statute names no times; these are the
//! product's own (domain.md §4).

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Refusal, StaffId};

/// No more calls than this: a follow-up is no harassment.
pub const CALLS_AT_MOST: usize = 3;

/// The answer of a party, 5 to 1, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Satisfaction {
    /// 非常满意, 5
    VerySatisfied,
    /// 满意, 4
    Satisfied,
    /// 基本满意, 3
    Fair,
    /// 不满意, 2
    Dissatisfied,
    /// 非常不满意, 1
    VeryDissatisfied,
    /// 不评价
    Declined,
}

impl Satisfaction {
    /// Two and less sets a review going.
    pub fn wants_review(self) -> bool {
        matches!(self, Self::Dissatisfied | Self::VeryDissatisfied)
    }
}

/// The days to call on: 7 and 30 days after effect, the day after each performance is due, 90 days at high risk; the
/// earliest three.
pub fn days(effective: NaiveDate, performances: &[NaiveDate], high_risk: bool) -> Vec<NaiveDate> {
    let after = |day: NaiveDate, count| day.checked_add_days(Days::new(count)).unwrap_or(day);
    let mut days: Vec<_> = [after(effective, 7), after(effective, 30)]
        .into_iter()
        .chain(performances.iter().map(|day| after(*day, 1)))
        .chain(high_risk.then(|| after(effective, 90)))
        .collect();
    days.sort_unstable();
    days.dedup();
    days.truncate(CALLS_AT_MOST);
    days
}

/// Nobody rates their own case.
///
/// # Errors
/// `own_case_not_rated`.
pub fn may_rate(caller: StaffId, handler: StaffId) -> Result<(), Refusal> {
    if caller == handler { Err(Refusal::forbidden("own_case_not_rated")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_called_three_times_at_most_and_after_each_payment_is_due() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let plan = days(day("2026-04-20"), &[day("2026-05-10"), day("2026-05-20")], true);
        assert_eq!(plan, [day("2026-04-27"), day("2026-05-11"), day("2026-05-20")]);
    }
}
