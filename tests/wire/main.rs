//! The LiveKit wire against a real SFU in process. One binary; a file a topic: add `mod topic;` below.
//! It belongs to the package `livekit` (`cargo test -p livekit --test wire`), so that it builds without the rest.
//!
//! What is tested here needs no media: the order and the scope of what is said. Sound, pictures and data are
//! tested with real clients, in `tests/browser` and `tests/python`.

mod admin;
mod choosing;
mod door;
mod governed;
mod house;
mod joining;
mod moving;
mod offer;
mod older;
mod publishing;
mod returning;
mod rights;
mod seat;
mod turn;
