//! What the stories are told with: the real server on a free port, named people, live sockets, and the servers around it.
//!
//! ```text
//!  TestApp ── staff("mediator") ─▶ Person ── post_json("/cases", …) ─▶ Reply ── ok() | refused("code")
//!     └────── live(session, token) ─▶ LiveSocket ── command(…) · expect("view") · expect_nothing()
//! ```
//! Every app has its own database, directory and port: no test sees another, none waits for another.

pub mod app;
pub mod dispute;
pub mod duty;
pub mod live;
pub mod papers;
pub mod person;
pub mod postgres;
pub mod process;
pub mod redis;
pub mod s3;
pub mod tape;
pub mod town;

pub use app::TestApp;
pub use live::LiveSocket;
pub use person::{Person, Reply};
