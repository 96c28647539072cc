//! Papers: what is sealed stays whole. One binary; a file a topic: add `mod topic;` below.

mod desk;
mod seal;
mod tamper;
mod typeset;
mod validators;
