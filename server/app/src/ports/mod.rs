//! The ports of the server: what one node does in its own memory and several nodes do through Redis or S3.
//!
//! Each port has two twins and one contract test that both must pass (`tests/ports`); `compose.rs` alone chooses.

pub mod blobs;
pub mod bus;
pub mod lease;
pub mod limit;

pub use blobs::Blobs;
pub use bus::{Bus, Heard, Subscription};
pub use lease::{Grant, Lease};
pub use limit::{Limit, Rate, Verdict};
