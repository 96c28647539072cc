//! The files: `WebM`, and Matroska where `WebM` does not know the codec (RFC 9559).
//!
//! Written by appending only, one cluster of at most a second per write, so that at any moment the file is whole
//! clusters and perhaps one torn one. Sealing adds an index and the duration, in place.
//!
//! No crate fitted: those there are either wrap a C++ muxer or want to finish a file before it is valid.

mod ebml;
mod file;
mod format;
mod seal;

pub(crate) use file::{Block, TrackFile};
pub(crate) use format::{Format, SILENCE, opus_samples};
pub(crate) use seal::seal;
