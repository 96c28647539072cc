//! An entry of the minutes as the API and the live wire speak it.

use chrono::{DateTime, Utc};
use domain::minutes::{Confirmation, Entry, EntryKind};
use domain::{EntryId, SeatId};
use serde::Serialize;
use utoipa::ToSchema;

/// An entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MinutesEntry)]
pub struct EntryView {
    id: EntryId,
    seq: i32,
    at: DateTime<Utc>,
    kind: EntryKind,
    speaker: String,
    text: String,
    /// The entry this one puts right.
    corrects: Option<EntryId>,
    confirmations: Vec<ConfirmationView>,
}

/// A seat's word about an entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MinutesConfirmation)]
pub struct ConfirmationView {
    seat_id: SeatId,
    ok: bool,
    remark: Option<String>,
    at: DateTime<Utc>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let Entry { id, seq, at, kind, speaker, text, corrects, confirmations, .. } = entry;
        let confirmations = confirmations.into_iter().map(Into::into).collect();
        Self { id, seq, at, kind, speaker, text, corrects, confirmations }
    }
}

impl From<Confirmation> for ConfirmationView {
    fn from(word: Confirmation) -> Self {
        let Confirmation { seat_id, ok, remark, at } = word;
        Self { seat_id, ok, remark, at }
    }
}
