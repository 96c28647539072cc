//! The LiveKit v1 wire over the SFU: what an unmodified LiveKit client speaks to.
//!
//! ```text
//!  client ──WS /rtc/v1──▶ http ─▶ connection ──Message──▶ room task ──▶ media::Room (SFU)
//!           protobuf        │        ▲                       │
//!           token ──────────┘        └── outbox ◀── scope ◀──┘
//! ```
//!
//! One task per room owns everything the room knows and handles one message at a time, so that the order on
//! the wire is the order of the state. Whatever it says about one participant to another passes `scope`.
//! Who may hear whom is enforced in the media plane; this crate only tells people about it, afterwards.

mod clock;
mod config;
mod connection;
mod data;
mod events;
mod http;
mod ice;
mod join_request;
mod negotiation;
mod participant;
mod permission;
pub mod proto;
mod resume;
mod revocation;
mod room;
mod scope;
mod standing;
mod token;
mod track;
mod twirp;
mod v0;
mod wire;

pub use config::{Keys, WireConfig};
pub use events::{Flip, Hearing, LeaveReason, WireEvent};
pub use ice::{Credential, IceServers, Turn};
pub use revocation::{OutOfReach, REMEMBERED_MS, Revocation, RevocationStore};
pub use room::RECORDER;
pub use token::{Claims, Grant, Source, TokenError, VideoGrant, mint, verify};
pub use wire::Wire;
