//! Stories of recordings: files that real players decode, crashes, full disks, consent and caucus.
//!
//! Belongs to the package `recorder` (`cargo test -p recorder --test recorder`). Needs ffmpeg and ffprobe.

mod composite;
mod crash;
mod disk;
mod feed;
mod files;
mod formats;
#[path = "../wire/house.rs"]
mod house;
mod probe;
mod sitting;
