//! A far-end participant: joins a room over the LiveKit v1 wire with a WebRTC stack that is not the server's own.
//!
//! The server's media plane is built on `str0m`; this crate is built on `webrtc`. Bots of the demo, the load client
//! and the interop tests all use it, so every one of them also proves that two stacks understand each other.
//!
//! ```text
//!  bot ──┐                       ┌── signal   (WebSocket, protobuf)
//!  load ─┼──▶ Participant ──────▶┤
//!  tests ┘                       └── peer     (webrtc: ICE, DTLS, SRTP, SCTP)
//! ```

pub mod bot;
pub mod clip;
mod join;
pub mod load;
mod peer;
pub mod player;
mod publish;
mod signal;

pub use join::{Event, JoinError, JoinOptions, Participant};
pub use peer::{Heard, Received};
pub use publish::Publication;
