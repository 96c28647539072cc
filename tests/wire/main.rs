//! The LiveKit wire against a real SFU in process. One binary; a file a topic: add `mod topic;` below.
//! It belongs to the package `livekit` (cargo test -p livekit --test wire), so that it builds without the rest.
