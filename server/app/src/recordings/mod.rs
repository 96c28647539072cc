//! Recordings in the product: one recorder a sitting that is being recorded, its row and its place on the timeline,
//! what a killed server left, and what has had its time.
//!
//! ```text
//!  sitting.rs ──follow(state)──▶ driver.rs ──▶ tape.rs ──▶ recorder (files)     keep.rs ──▶ store, timeline
//!       ▲                           │              └─ attached to the wire as @recorder
//!       └──── Signal::Recorder ◀────┘ reports: disk low, full, failed
//! ```
//! The sitting decides whom the recorder hears and has flipped the table before anything here learns of it: this part
//! only writes down, starts and ends. It is never in the way of a sitting: `follow` returns at once.

mod driver;
mod keep;
mod marks;
mod recover;
mod sweep;
mod tape;

pub use driver::{Parts, Recordings, Report};
