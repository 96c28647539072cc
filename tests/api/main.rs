//! The HTTP API, told as stories. One binary; a file a topic: add `mod topic;` below.
#![expect(clippy::unwrap_used, reason = "a story stops where it goes wrong")]

mod agreement;
mod agreement_signing;
mod agreement_table;
mod auth;
mod auth_limits;
mod cases;
mod connection_check;
mod contract;
mod demo;
mod doctor;
mod duty;
mod foreign;
mod front_door;
mod join;
mod mandates;
mod metrics;
mod minutes;
mod next_sitting;
mod papers;
mod papers_t13;
mod recordings;
mod same_device;
mod seats;
mod sittings;
mod takeover;
