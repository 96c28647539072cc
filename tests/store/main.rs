//! The contract every database must keep. One binary; a file a topic: add `mod topic;` below.
//!
//! A story is an `async fn(World)`. `on_both!` runs it once on SQLite (a file of its own) and once on PostgreSQL (a
//! database of its own).
#![expect(clippy::unwrap_used, reason = "a story stops where it goes wrong")]

mod world;

mod agreements;
mod cases;
mod consents;
mod crash;
mod duty;
mod jobs;
mod keys;
mod links;
mod logins;
mod minutes;
mod papers;
mod recordings;
mod revocations;
mod timeline;
