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

pub mod id;
pub mod refusal;
pub mod role;

pub use id::*;
pub use refusal::Refusal;
pub use role::{SeatRole, Side, StaffRole};
