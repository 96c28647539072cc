//! The SDP text around the library: what an offer says about each section, and the answer rewritten to
//! carry what the wire needs (RFC 8829 for the shapes, RFC 8830 for msid, RFC 5576 for ssrc lines).

mod answer;
mod offer;
mod sources;

pub(crate) use answer::{Outgoing, SectionAnswer, rewrite};
pub(crate) use offer::{Direction, Media, OfferedSection, scan};
pub(crate) use sources::sources;
