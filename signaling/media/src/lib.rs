//! The SFU: peers, forwarding table, keyframes, audio levels, on threads of its own.
//!
//! ```text
//!  wire (tokio) ──Command──▶ worker thread ◀──UDP──▶ clients
//!       ▲                      │ socket   batched receive and send, segmentation offload
//!       └────PeerEvent─────────┤ demux    datagram → (room, peer): STUN name, then address
//!                              │ room     who may receive what, slots, keyframes, levels, counters
//!                              └ peer     one connection: ICE-lite, DTLS, SRTP, RTCP, SCTP (str0m stays in here)
//! ```
//!
//! A room lives wholly on one worker, so nothing in it is locked. A worker never blocks; a panic in a room
//! closes that room alone. Who may receive whom is decided elsewhere and enforced here, in
//! `forward::ForwardTable` and nowhere else.

mod command;
mod config;
mod event;
mod forward;
mod handle;
mod ids;
mod peer;
mod room;
mod split;
mod stats;
mod worker;

pub use config::Config;
pub use event::{
    Answer, CloseReason, EVENTS, Flipped, Gone, OfferError, PairCount, PeerEvent, Sections, TrackSpec, Wish,
};
pub use handle::{Media, Room};
pub use ids::{Channel, Codec, ConnectionQuality, Kind, PeerId, Quality, Score, Source, TrackId};
pub use room::{Tap, TapEnd, TappedPacket, TappedTrack};
pub use split::{Leg, ServerOffer};
pub use stats::{Adaptation, Latency, Stats, WorkerLoad};
