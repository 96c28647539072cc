//! The older wire, `/rtc`, which mobile and Go clients speak: the client publishes on one connection, which it
//! negotiates, and receives on another, for which the server makes the offers.
//!
//! Only the way in, the negotiation and the transports differ. What a room knows, decides and tells is the
//! same for both wires, and so are the gates it all passes.

mod http;
mod offers;
mod query;

pub(crate) use http::join;
pub(crate) use offers::Offers;

/// Which wire a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// One connection; the client offers.
    V1,
    /// Two connections; the server offers on one of them.
    V0,
}
