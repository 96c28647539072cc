//! Calls that leave a sitting: the silent one for help, to the incident desk (值守席), and the one for an expert on
//! duty.

use chrono::{DateTime, Utc};
use domain::{CaseId, SeatId, SessionId};
use session::Call;

/// Who called, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The sitting.
    pub session: SessionId,
    /// Its case.
    pub case: CaseId,
    /// The seat.
    pub seat: SeatId,
    /// The person's name.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// An expert is wanted in a sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// The sitting.
    pub session: SessionId,
    /// Its case.
    pub case: CaseId,
    /// Who is wanted, where, and for what.
    pub call: Call,
}
