//! The load client behind `cargo xtask bench`: bounded loads against a server process of its own, figures as JSON.
//!
//! It is the far end, so its own work is never in the server's figures: CPU and memory are read from the server's
//! process, latency from stamps that travel in the media.

pub mod api;
pub mod figures;
pub mod join;
pub mod media;
pub mod server;
pub mod token;
