//! Recordings of sittings (录音录像): how long they are kept, and what keeps them longer.
//!
//! R12 (PML 27, OMR 22): a recording exists only with everybody's consent; how it comes about is the crate `session`'s.
//! R35: it is kept for a time of its own, shorter than the file, unless a legal hold (保全) says otherwise.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CaseId, JobId, RecordingId, Refusal, SessionId};

/// How long a recording is kept unless the settings say otherwise, in days (R35).
pub const RETENTION_DAYS: u32 = 180;
/// Characters in the reason of a hold.
pub const REASON_LIMIT: usize = 300;

/// How a recording stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingStatus {
    /// Being written, or left by a server that died and not yet closed.
    Running,
    /// Whole: its manifest is on the case's timeline.
    Finished,
    /// Nothing playable was left.
    Lost,
    /// Its time was over and its files are gone.
    Deleted,
}

/// Why a recording is kept beyond its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// In words.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// A recording of a sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Which.
    pub id: RecordingId,
    /// Of which case.
    pub case_id: CaseId,
    /// Of which sitting.
    pub session_id: SessionId,
    /// How it stands.
    pub status: RecordingStatus,
    /// Time zero of all its tracks.
    pub started_at: DateTime<Utc>,
    /// When it was closed.
    pub ended_at: Option<DateTime<Utc>>,
    /// Length, in milliseconds.
    pub duration_ms: i64,
    /// Length of its files.
    pub bytes: i64,
    /// SHA-256 of its manifest, hex; the manifest holds those of the tracks.
    pub manifest_sha256: Option<String>,
    /// Until when it is kept.
    pub keep_until: Option<DateTime<Utc>>,
    /// What keeps it longer.
    pub hold: Option<Hold>,
    /// The job that makes it into one film, if that was asked for.
    pub composite_job: Option<JobId>,
}

/// Somebody looked at a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub viewer: String,
    /// What they did.
    pub what: LookKind,
}

/// What somebody did with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookKind {
    /// Saw its contents: who, when, chapters.
    Opened,
    /// Played it.
    Played,
    /// Had it made into one film.
    Composed,
    /// Took the film away.
    Downloaded,
}

impl Recording {
    /// The end of the time it is kept, counted from its end.
    pub fn keep_until(ended_at: DateTime<Utc>, days: u32) -> DateTime<Utc> {
        ended_at + TimeDelta::days(days.into())
    }

    /// Whether its files are to be removed now: its time is over and nothing holds it.
    pub fn expired(&self, now: DateTime<Utc>) -> bool {
        self.status == RecordingStatus::Finished
            && self.hold.is_none()
            && self.keep_until.is_some_and(|until| until <= now)
    }

    /// # Errors
    /// `recording_gone`, `recording_running`: there is nothing to play.
    pub fn playable(&self) -> Result<(), Refusal> {
        match self.status {
            RecordingStatus::Finished => Ok(()),
            RecordingStatus::Running => Err(Refusal::conflict("recording_running")),
            RecordingStatus::Lost | RecordingStatus::Deleted => Err(Refusal::conflict("recording_gone")),
        }
    }

    /// Keeps it beyond its time.
    ///
    /// # Errors
    /// `recording_gone`; `recording_held` already; `reason_missing`, `text_too_long`.
    pub fn hold(&mut self, reason: &str, by: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        if matches!(self.status, RecordingStatus::Lost | RecordingStatus::Deleted) {
            return Err(Refusal::conflict("recording_gone"));
        }
        if self.hold.is_some() {
            return Err(Refusal::conflict("recording_held"));
        }
        self.hold = Some(Hold { reason: a_reason(reason)?, by: by.to_owned(), at: now });
        Ok(())
    }

    /// Ends the hold; answers it and the reason as it is kept.
    ///
    /// # Errors
    /// `recording_not_held`; `reason_missing`, `text_too_long`.
    pub fn release(&mut self, reason: &str) -> Result<(Hold, String), Refusal> {
        let reason = a_reason(reason)?;
        let hold = self.hold.take().ok_or_else(|| Refusal::conflict("recording_not_held"))?;
        Ok((hold, reason))
    }
}

fn a_reason(reason: &str) -> Result<String, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::invalid("reason_missing"));
    }
    if reason.chars().count() > REASON_LIMIT {
        return Err(Refusal::invalid("text_too_long"));
    }
    Ok(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn kept() -> Recording {
        let ended = DateTime::UNIX_EPOCH;
        Recording {
            id: RecordingId(Uuid::from_u128(1)),
            case_id: CaseId(Uuid::from_u128(2)),
            session_id: SessionId(Uuid::from_u128(3)),
            status: RecordingStatus::Finished,
            started_at: ended,
            ended_at: Some(ended),
            duration_ms: 60_000,
            bytes: 1,
            manifest_sha256: None,
            keep_until: Some(Recording::keep_until(ended, RETENTION_DAYS)),
            hold: None,
            composite_job: None,
        }
    }

    #[test]
    fn r35_a_recording_goes_when_its_time_is_over_and_not_before() {
        let recording = kept();
        let until = DateTime::UNIX_EPOCH + TimeDelta::days(180);
        assert!(!recording.expired(until - TimeDelta::seconds(1)));
        assert!(recording.expired(until));
        let running = Recording { status: RecordingStatus::Running, ..kept() };
        assert!(!running.expired(until + TimeDelta::days(1)));
    }

    #[test]
    fn r35_a_hold_keeps_it_until_it_is_ended_with_a_reason() {
        let mut recording = kept();
        let late = DateTime::UNIX_EPOCH + TimeDelta::days(400);
        assert_eq!(recording.hold("  ", "林岚", late).unwrap_err().code, "reason_missing");
        recording.hold("法院调取", "林岚", late).unwrap();
        assert!(!recording.expired(late));
        assert_eq!(recording.hold("再来", "林岚", late).unwrap_err().code, "recording_held");
        assert_eq!(recording.release("").unwrap_err().code, "reason_missing");
        assert_eq!(recording.release("已结案").unwrap().0.by, "林岚");
        assert!(recording.expired(late));
        assert_eq!(recording.release("已结案").unwrap_err().code, "recording_not_held");
        recording.status = RecordingStatus::Deleted;
        assert_eq!(recording.hold("晚了", "林岚", late).unwrap_err().code, "recording_gone");
    }
}
