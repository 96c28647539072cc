//! A sitting (调解会), pure: who is where, who may hear whom, and what each may know of it.
//!
//! ```text
//!  Command (a seat wants) ─┐          ┌─ decide ──▶ Event… ──▶ evolve ──▶ settle ─┐
//!                          ├▶ Session │                                            ├─▶ Effect…
//!  Signal (the world says) ┘          └─ visibility.rs: visible(from, to) ◀────────┘   Flip → Persist → Tell
//!                                          └─ view.rs: what one seat may know
//! ```
//!
//! * No I/O, no tokio, no clock, no randomness: `now` is an argument, so a sitting can be replayed from its
//!   [`Stamped`] events and gives the same state, byte for byte ([`Session::replay`]).
//! * A seat is in exactly one [`AreaId`]. Moving it is one command; the other areas stand as they are.
//! * `visibility.rs` is the only place that decides who sees and hears whom, and whom the recorder hears. The forwarding table, “who can hear you
//!   now” and the list of people on a screen are all read from it.
//! * Every [`Effect`] list is in the switch order: the forwarding table first, then the store, then people's screens.

mod apply;
mod area;
mod captions;
mod chat;
mod command;
mod confidence;
mod decide;
mod devices;
mod effect;
mod event;
mod evolve;
mod evolve_craft;
mod evolve_duty;
mod evolve_papers;
mod floor;
mod greeting;
mod guests;
mod identity;
mod mandates;
mod offers;
mod opening;
mod papers;
mod phase;
mod recording;
mod safety;
mod seat;
mod state;
#[cfg(test)]
mod tests;
pub mod view;
mod visibility;
mod visits;
mod words;

pub use area::{Area, AreaId, AreaKind, UnknownArea};
pub use chat::{Line, LineView};
pub use command::{Command, Link, Signal};
pub use confidence::{Confidence, ConfidenceView, Seal};
pub use devices::DeviceWish;
pub use domain::Expert;
pub use domain::sitting::{Outcome, Phase};
pub use effect::{Effect, LineFor};
pub use event::{Event, Invited, Setup, Stamped};
pub use floor::Floor;
pub use greeting::Greeting;
pub use guests::Call;
pub use identity::{IdentityCheck, IdentityMethod};
pub use mandates::ActingFor;
pub use offers::{Offer, OfferKind, OfferView};
pub use opening::{ConflictStatement, Opening, OpeningItem, OpeningView, Readiness};
pub use papers::{LaidPaper, Mark, MarkView, Marked, POINT_MOST, PaperView, Pointing, Shown, ShownView};
pub use phase::PauseCause;
pub use recording::{RecordingEnd, RecordingPause, RecordingState, RecordingTrouble};
pub use safety::SafetyReport;
pub use seat::Seat;
pub use state::Session;
pub use view::View;
pub use visibility::{Pairs, Recorded, Table, sees_paper, shown_to, visible};
pub use visits::Announcement;

/// Points in time are UTC and given by the caller.
pub type Time = chrono::DateTime<chrono::Utc>;
