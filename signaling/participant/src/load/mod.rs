//! The load clients behind `cargo xtask bench`: bounded loads against a server process of its own.
//!
//! ```text
//!  bench media   bed ─▶ onedoor | janus   (signalling)      tables, JSON
//!                 └───▶ lean              (hundreds of peers, one thread, one socket)
//!  bench join    Participant              (a whole webrtc peer connection)
//!  bench api     reqwest
//! ```
//! CPU and memory are read from the server's process; latency from stamps that travel in the media.

pub mod api;
pub mod bed;
pub mod figures;
pub mod ground;
pub mod janus;
pub mod join;
pub mod lean;
pub mod media;
mod onedoor;
pub mod process;
mod sdp;
pub mod server;
pub mod table;
pub mod token;
