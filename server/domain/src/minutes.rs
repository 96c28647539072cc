//! The minutes (笔录): entries that are only ever added, corrected by further entries, confirmed line by line.
//!
//! R12 (PML 27, OMR 22): an electronic transcript equals paper once it is confirmed. R13 (OMR 18): a concession made to
//! reach agreement is not to be used against the party later, so exports for a court leave it out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{EntryId, Refusal, Right, SeatId, SeatRole, SessionId};

/// What an entry is. The kind decides whether it may leave in an export (R13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// What somebody said.
    Statement,
    /// What somebody offered for the sake of agreement.
    Concession,
    /// What all sides hold to be true.
    UndisputedFact,
    /// What was done: notices given, breaks, arrivals.
    Procedure,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub id: EntryId,
    /// Of which sitting.
    pub session_id: SessionId,
    /// 1, 2, 3 … in the order of writing.
    pub seq: i32,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What it is.
    pub kind: EntryKind,
    /// Whose words.
    pub speaker: String,
    /// The words.
    pub text: String,
    /// The entry this one puts right.
    pub corrects: Option<EntryId>,
    /// Who wrote it.
    pub written_by: SeatId,
    /// What the others say to it.
    pub confirmations: Vec<Confirmation>,
}

/// A seat's word about one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Whose.
    pub seat_id: SeatId,
    /// “Read and correct”, or not.
    pub ok: bool,
    /// What is wrong.
    pub remark: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What somebody wants to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: EntryKind,
    /// Whose words.
    pub speaker: String,
    /// The words.
    pub text: String,
    /// The entry it puts right.
    pub corrects: Option<EntryId>,
}

impl Draft {
    /// Takes the words as typed; `former` are the entries of the same sitting.
    ///
    /// # Errors
    /// `text_missing`, `text_too_long`, `entry_unknown` (it corrects something else), `entry_corrected` (already put right).
    pub fn parse(self, former: &[Entry]) -> Result<Self, Refusal> {
        let (text, speaker) = (self.text.trim().to_owned(), self.speaker.trim().to_owned());
        if text.is_empty() || speaker.is_empty() {
            return Err(Refusal::invalid("text_missing"));
        }
        if text.chars().count() > 4000 || speaker.chars().count() > 100 {
            return Err(Refusal::invalid("text_too_long"));
        }
        if let Some(target) = self.corrects {
            if !former.iter().any(|e| e.id == target) {
                return Err(Refusal::invalid("entry_unknown"));
            }
            if former.iter().any(|e| e.corrects == Some(target)) {
                return Err(Refusal::conflict("entry_corrected"));
            }
        }
        Ok(Self { kind: self.kind, speaker, text, corrects: self.corrects })
    }
}

/// Who reads the minutes back and confirms them: the parties and who speaks or translates for them (form 5; R39).
pub fn confirms(role: SeatRole) -> bool {
    role.has(Right::ConfirmMinutes)
}

/// A word about an entry. A “no” says what is wrong.
///
/// # Errors
/// `not_yours_to_confirm`, `entry_corrected` (the correction is what counts now), `remark_missing`, `text_too_long`.
pub fn confirm(
    entry: &Entry,
    former: &[Entry],
    seat: (SeatId, SeatRole),
    ok: bool,
    remark: Option<String>,
    now: DateTime<Utc>,
) -> Result<Confirmation, Refusal> {
    if !confirms(seat.1) {
        return Err(Refusal::forbidden("not_yours_to_confirm"));
    }
    if former.iter().any(|e| e.corrects == Some(entry.id)) {
        return Err(Refusal::conflict("entry_corrected"));
    }
    let remark = remark.map(|r| r.trim().to_owned()).filter(|r| !r.is_empty());
    if !ok && remark.is_none() {
        return Err(Refusal::invalid("remark_missing"));
    }
    if remark.as_ref().is_some_and(|r| r.chars().count() > 1000) {
        return Err(Refusal::invalid("text_too_long"));
    }
    Ok(Confirmation { seat_id: seat.0, ok, remark, at: now })
}

/// The entries that count: what was put right is left out.
pub fn standing(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    entries.iter().filter(|e| !entries.iter().any(|later| later.corrects == Some(e.id)))
}

/// R12: whether each of these seats has confirmed every entry that counts.
pub fn all_confirmed(entries: &[Entry], seats: &[SeatId]) -> bool {
    standing(entries)
        .all(|e| seats.iter().all(|seat| e.confirmations.iter().any(|c| c.seat_id == *seat && c.ok)))
}

/// R13: what may leave in an export for a court.
pub fn for_court(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    standing(entries).filter(|e| e.kind != EntryKind::Concession)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const ZHAO: SeatId = SeatId(Uuid::from_u128(1));
    const QIAN: SeatId = SeatId(Uuid::from_u128(2));

    fn entry(n: u128, kind: EntryKind, corrects: Option<u128>) -> Entry {
        Entry {
            id: EntryId(Uuid::from_u128(n)),
            session_id: SessionId(Uuid::from_u128(9)),
            seq: i32::try_from(n).unwrap(),
            at: DateTime::UNIX_EPOCH,
            kind,
            speaker: "钱永福".into(),
            text: "院坪垫高三十厘米".into(),
            corrects: corrects.map(|c| EntryId(Uuid::from_u128(c))),
            written_by: SeatId(Uuid::from_u128(7)),
            confirmations: vec![],
        }
    }

    #[test]
    fn r13_a_concession_never_leaves_for_a_court() {
        let all = [entry(1, EntryKind::Statement, None), entry(2, EntryKind::Concession, None)];
        assert_eq!(for_court(&all).map(|e| e.seq).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn r12_minutes_are_confirmed_when_every_party_has_confirmed_every_line_that_counts() {
        let mut all = vec![entry(1, EntryKind::Statement, None), entry(2, EntryKind::Statement, Some(1))];
        assert!(!all_confirmed(&all, &[ZHAO, QIAN]));
        for seat in [ZHAO, QIAN] {
            let word = confirm(&all[1], &all, (seat, SeatRole::Applicant), true, None, DateTime::UNIX_EPOCH)
                .unwrap();
            all[1].confirmations.push(word);
        }
        assert!(all_confirmed(&all, &[ZHAO, QIAN]), "the first line was put right and counts no more");
        let late = confirm(&all[0], &all, (ZHAO, SeatRole::Applicant), true, None, DateTime::UNIX_EPOCH);
        assert_eq!(late.unwrap_err().code, "entry_corrected");
    }

    #[test]
    fn r12_a_no_says_what_is_wrong_and_only_those_who_spoke_confirm() {
        let all = [entry(1, EntryKind::Statement, None)];
        let word =
            |role, ok| confirm(&all[0], &all, (ZHAO, role), ok, Some("  ".into()), DateTime::UNIX_EPOCH);
        assert_eq!(word(SeatRole::Applicant, false).unwrap_err().code, "remark_missing");
        assert_eq!(word(SeatRole::Mediator, true).unwrap_err().code, "not_yours_to_confirm");
        assert_eq!(word(SeatRole::Observer, true).unwrap_err().code, "not_yours_to_confirm");
        assert!(word(SeatRole::Interpreter, true).is_ok(), "R39: the interpreter signs too");
    }

    #[test]
    fn an_entry_is_put_right_once_and_within_its_sitting() {
        let all = [entry(1, EntryKind::Statement, None), entry(2, EntryKind::Statement, Some(1))];
        let draft = |corrects| Draft {
            kind: EntryKind::Statement,
            speaker: "赵守田".into(),
            text: "墙皮脱落".into(),
            corrects: Some(EntryId(Uuid::from_u128(corrects))),
        };
        assert_eq!(draft(1).parse(&all).unwrap_err().code, "entry_corrected");
        assert_eq!(draft(5).parse(&all).unwrap_err().code, "entry_unknown");
        assert!(draft(2).parse(&all).is_ok(), "a correction may itself be put right");
    }
}
