//! The rules of mediation, pure: no I/O, no async, no clock of its own.
//!
//! ```text
//!  store ─┐
//!  app  ──┼──▶ domain ◀── session (signaling)
//!  documents ┘
//! ```
//!
//! Whatever needs the time, an id or randomness is given it as an argument, so every rule here can be
//! replayed and tested. Rules of law carry the number they have in the project's list (R1–R40) and the article.

pub mod access;
pub mod agreement;
pub mod agreement_number;
pub mod case;
pub mod clause;
pub mod consent;
pub mod deadline;
pub mod document;
pub mod duress;
pub mod duty;
pub mod follow_up;
pub mod id;
pub mod link;
pub mod lint;
pub mod mandate;
pub mod minutes;
pub mod paper;
pub mod party;
pub mod recording;
pub mod refusal;
pub mod rights;
pub mod role;
pub mod signature;
pub mod sitting;
pub mod staff;
pub mod timeline;

pub use case::{Case, CaseState, DisputeKind, Source};
pub use consent::{Consent, ConsentKind};
pub use document::{Document, DocumentKind};
pub use duress::Duress;
pub use duty::{Duty, Expert, ExpertCall};
pub use id::*;
pub use link::{Link, LinkState};
pub use mandate::{Mandate, MandateKind, Power};
pub use paper::{Paper, PaperKind, PaperScope};
pub use party::{Particulars, Party};
pub use recording::Recording;
pub use refusal::Refusal;
pub use rights::Right;
pub use role::{SeatRole, Side, StaffRole};
pub use sitting::{Outcome, Phase, Seat, Sitting};
pub use staff::{Organization, Staff};
pub use timeline::TimelineEvent;
