//! Papers: what is sealed stays whole. One binary; a file a topic: add `mod topic;` below.
#![expect(clippy::unwrap_used, reason = "a story stops where it goes wrong")]

mod desk;
mod seal;
mod tamper;
mod typeset;
mod validators;
