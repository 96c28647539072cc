//! ICE-TCP (RFC 6544, passive side): for clients whose network lets no UDP through.
//!
//! ```text
//!  client ──connect──▶ acceptor thread: first frame, a check that names a peer ──Command::Stream──▶ that peer's worker
//!                                                       worker: Streams (frames in, bounded queue out) ──▶ room
//! ```
//! One port serves every worker. The acceptor believes nothing: it only reads whose check the first frame claims
//! to be; the worker verifies it like any other and closes the connection when it is false.

mod acceptor;
mod frame;
mod stream;
mod streams;

pub(crate) use self::acceptor::{Acceptor, Listener};
pub(crate) use self::frame::Filled;
pub(crate) use self::stream::Stream;
pub(crate) use self::streams::Streams;
