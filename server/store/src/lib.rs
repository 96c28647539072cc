//! Where facts are kept: one code base for SQLite and PostgreSQL.
//!
//! ```text
//!   app ──▶ Store::begin() ──▶ Tx ──▶ case, party, consent, timeline, …   (one file a noun: plain functions over &Tx)
//!                               │         └──▶ entity/<noun>.rs          (the row, hand-written)
//!                               └──▶ commit()
//!   dialect.rs: the only file that may ask which database it is
//! ```
//!
//! # A transaction is the repository
//! One request, one [`Tx`]. Everything a request changes, the jobs it leaves behind included, becomes true together
//! at [`Tx::commit`], or not at all. A `Tx` that is dropped is rolled back.
//! SQLite has **one writer**: never open a second [`Store::begin`] while one is held by the same task.
//!
//! # To add a kind of thing
//! 1. Its type and its rules go to `domain`, without any storage.
//! 2. `migration/m<number>_<topic>.rs`, and its line in `migration/mod.rs` (01xx agreements and jobs, 02xx sitting, 03xx recordings, 04xx papers).
//! 3. `entity/<noun>.rs`: the row by hand. Ids are `Uuid`, times are `DateTimeUtc`, enums are `String` (see `word`).
//! 4. `<noun>.rs`: functions over `&Tx` that take and give domain types.
//! 5. A story in `tests/store/`, run against both databases.
//!
//! # Traps
//! - SQLite keeps a `Uuid` as a 16-byte BLOB: compare with `Uuid` values, never with text (sea-orm#2856).
//! - PostgreSQL rounds times to microseconds: what is hashed is cut to milliseconds first (`domain::timeline`).
//! - Generated entities differ by database (timestamps, JSON): entities are written by hand, JSON is `text`.
//! - `lock_exclusive` is `FOR UPDATE` on PostgreSQL and nothing on SQLite, where `BEGIN IMMEDIATE` already locks.

pub mod agreement;
pub mod case;
pub mod consent;
pub mod counsel_note;
mod dialect;
pub mod document;
pub mod duress;
pub mod duty;
pub(crate) mod entity;
mod error;
pub mod expert_call;
pub mod expert_note;
pub mod idempotency;
pub mod job;
pub mod login;
pub mod media_revocation;
mod migration;
pub mod minutes;
pub mod organization;
pub mod paper;
pub mod party;
pub mod recording;
pub mod safety;
pub mod seat;
pub mod seat_link;
pub mod session_event;
pub mod session_state;
pub mod sitting;
pub mod staff;
pub mod timeline;
mod transaction;
mod word;

pub use error::StoreError;
pub use transaction::{Settings, Store, Tx};

/// What a repository function answers.
pub type Result<T> = std::result::Result<T, StoreError>;
