//! The server of OneDoor: HTTP API, live hub, jobs, configuration; the binary `onedoor` is a thin door to it.
//!
//! ```text
//!  cli ─▶ config ─▶ compose ─▶ AppState ─▶ router ─▶ serve        (who picks what stands in compose alone)
//!                                 │           ├─ api::…   one folder a noun, one file a verb
//!                                 │           ├─ live     the mediation wire
//!                                 │           └─ web      the built pages
//!                                 ├─ clock, ids, random           what makes a run repeatable
//!                                 ├─ tokens, password, caller     who is asking
//!                                 └─ ports: bus, lease, limit, blobs   each in-process and for many nodes
//! ```

pub mod account;
pub mod api;
pub mod caller;
pub mod cli;
pub mod clock;
pub mod compose;
pub mod config;
pub(crate) mod darkroom;
pub mod demo;
pub mod doctor;
pub mod duty;
pub mod extract;
pub mod health;
pub mod ids;
pub mod jobs;
pub mod live;
mod measures;
mod media_metrics;
pub mod openapi;
pub(crate) mod paper;
pub mod password;
pub mod ports;
pub mod press;
pub mod problem;
pub mod random;
pub mod recordings;
pub mod replay;
pub mod router;
pub mod security;
pub mod serve;
pub mod state;
pub mod tasks;
pub mod tls;
pub mod tokens;
pub mod verify;
pub mod web;

pub use problem::{Answer, Fault, Problem};
pub use state::AppState;
