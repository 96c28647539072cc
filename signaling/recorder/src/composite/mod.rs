//! One film of a recording: everybody in a grid, all voices mixed, made by ffmpeg as a child process.
//!
//! Optional, and never the record: it is transcoded, the per-track files are what was received.

mod plan;
mod run;

pub use plan::CompositePlan;
pub use run::CompositeError;
