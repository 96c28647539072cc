//! The live wire of a sitting, told as stories. One binary; a file a topic: add `mod topic;` below.
#![expect(clippy::unwrap_used, reason = "tests")]

mod catalogue;
mod craft_areas;
mod craft_before;
mod craft_course;
mod craft_gate;
mod craft_guests;
mod craft_speech;
mod door;
mod experts;
mod failure;
mod hearing;
mod never_heard;
mod papers;
mod papers_shown;
mod recording;
mod replay;
mod restart;
mod room;
mod sitting;
mod smooth;
mod table;
mod talking;
mod tone;
