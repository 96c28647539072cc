//! What a demo case is told as: plain words in order, carried out by [`super::tell`].
//!
//! Dates are relative, so that the demo is never stale: `{+30}` in a text becomes the day thirty days from now
//! (2026年12月23日), `{m+1}` the month after this one (2026年12月).

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use domain::minutes::EntryKind;
use domain::{DisputeKind, Outcome, SeatRole, Side, Source};

/// A case.
pub(super) struct Story {
    /// Short name of the committee.
    pub office: &'static str,
    /// Who received it first, by username.
    pub receiver: &'static str,
    /// Who mediates, by username.
    pub mediator: &'static str,
    pub title: &'static str,
    pub kind: DisputeKind,
    pub source: Source,
    pub facts: &'static str,
    pub requests: &'static str,
    pub place: &'static str,
    /// The day of the request, days before today.
    pub days_ago: u64,
    pub parties: &'static [Someone],
    /// What happened, in order: days after the request, time of day, what.
    pub then: &'static [(u64, &'static str, Step)],
}

/// A party.
pub(super) struct Someone {
    pub side: Side,
    pub name: &'static str,
    pub phone: &'static str,
    /// Identity number or credit code; area code 990000 does not exist, the check digit is wrong.
    pub id_number: &'static str,
    pub address: &'static str,
    pub is_organization: bool,
    pub representative: &'static str,
}

/// One thing that happened.
pub(super) enum Step {
    /// Every party agrees to mediation and to doing it online; to sign on screen and to be recorded, if said so.
    Consents { e_signature: bool, recording: bool },
    /// 受理
    Accept,
    /// 指派
    Assign,
    /// A sitting that is over.
    Sat {
        room: &'static str,
        minutes: u64,
        outcome: Outcome,
        guests: &'static [Guest],
        said: &'static [Said],
    },
    /// A sitting that can be walked into now.
    SitsNow { room: &'static str, guests: &'static [Guest] },
    /// Clauses; all agreed, or with the first party still thinking about the last one.
    Draft { clauses: &'static [&'static str], all_agree: bool },
    /// 口头协议: recorded by the mediator, in effect at once (PML 28, 30).
    AgreedOrally { clauses: &'static str },
    /// Anything else, in words.
    Note { kind: &'static str, by: &'static str, words: &'static str },
    /// Everybody signs on screen, the committee seals.
    Signed,
    /// 申请司法确认, by both parties.
    AskConfirmation,
    /// 履行完毕
    Performed { words: &'static str },
    /// 结案
    Closed,
}

/// Somebody at the table who is no party.
pub(super) struct Guest {
    pub role: SeatRole,
    pub side: Side,
    pub name: &'static str,
    /// Staff who come through their own sign-in; everybody else gets a link.
    pub username: Option<&'static str>,
}

/// A line of the minutes.
pub(super) struct Said {
    pub kind: EntryKind,
    pub speaker: &'static str,
    pub text: &'static str,
}

pub(super) const fn said(kind: EntryKind, speaker: &'static str, text: &'static str) -> Said {
    Said { kind, speaker, text }
}

/// Fills in the dates.
pub(super) fn dated(text: &str, now: DateTime<Utc>) -> String {
    let today = domain::deadline::day_of(now);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((mark, after)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(&date(mark, today));
        rest = after;
    }
    out + rest
}

fn date(mark: &str, today: NaiveDate) -> String {
    let (months, mark) = mark.strip_prefix('m').map_or((false, mark), |mark| (true, mark));
    let offset: i64 = mark.parse().unwrap_or(0);
    let size = offset.unsigned_abs();
    let day = match (months, offset < 0) {
        (true, false) => today.checked_add_months(Months::new(u32::try_from(size).unwrap_or(0))),
        (true, true) => today.checked_sub_months(Months::new(u32::try_from(size).unwrap_or(0))),
        (false, false) => today.checked_add_days(Days::new(size)),
        (false, true) => today.checked_sub_days(Days::new(size)),
    }
    .unwrap_or(today);
    if months {
        format!("{}年{}月", day.year(), day.month())
    } else {
        format!("{}年{}月{}日", day.year(), day.month(), day.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_today() {
        let now = "2026-11-23T20:00:00Z".parse().unwrap(); // the 24th in Beijing
        assert_eq!(dated("于{+8}前付清，自{m+1}起", now), "于2026年12月2日前付清，自2026年12月起");
        assert_eq!(dated("{-24}至今；{m-11}", now), "2026年10月31日至今；2025年12月");
    }
}
