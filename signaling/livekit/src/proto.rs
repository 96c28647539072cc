//! Message types of the LiveKit protocol, generated from the trimmed files under `proto/`.

#![expect(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the protocol files, which hold the comments"
)]

include!(concat!(env!("OUT_DIR"), "/livekit.rs"));

pub use signal_request::Message as Request;
pub use signal_response::Message as Response;
