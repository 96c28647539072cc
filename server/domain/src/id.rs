//! Identifiers: one type for each kind of thing, so that a seat can never be passed where a case is meant.
//!
//! All are UUIDs (version 7 when made by the product: they sort by time). They are made by the caller and passed in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { s.parse().map(Self) }
        }
        impl From<Uuid> for $name { fn from(value: Uuid) -> Self { Self(value) } }
    )*};
}

ids! {
    /// An organisation of the county → township → grid tree.
    OrganizationId
    /// A member of staff with a sign-in.
    StaffId
    /// A case (案件).
    CaseId
    /// A party of a case (当事人).
    PartyId
    /// A sitting (调解会), never a web sign-in.
    SessionId
    /// A person's place at the table of one sitting.
    SeatId
    /// One entry of the minutes (笔录).
    EntryId
    /// A mediation agreement (调解协议书).
    AgreementId
    /// One clause of an agreement.
    ClauseId
    /// A stored document: agreement, receipt, evidence.
    DocumentId
    /// A recording of a sitting (录音录像).
    RecordingId
    /// A line of the duty roster (值班表).
    DutyId
    /// A call of a sitting for an expert on duty.
    CallId
    /// A silent call for help, at the incident desk.
    DuressId
    /// A note an expert left.
    NoteId
    /// A paper laid on the table of a sitting (材料).
    PaperId
    /// A piece of work that outlives its request.
    JobId
}
