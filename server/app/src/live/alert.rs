//! A silent call for help, on its way to the incident desk (值守席).

use chrono::{DateTime, Utc};
use domain::{CaseId, SeatId, SessionId};

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
