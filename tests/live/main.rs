//! The live wire of a sitting, told as stories. One binary; a file a topic: add `mod topic;` below.
#![expect(clippy::unwrap_used, reason = "tests")]

mod door;
mod experts;
mod failure;
mod hearing;
mod never_heard;
mod papers;
mod papers_shown;
mod recording;
mod restart;
mod sitting;
mod table;
