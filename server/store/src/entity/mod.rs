//! The rows, by hand: ids are `Uuid`, times are `DateTimeUtc`, enums are words, JSON is text. Only this crate sees them.

pub(crate) mod agreement;
pub(crate) mod agreement_number;
pub(crate) mod agreement_sequence;
pub(crate) mod case_file;
pub(crate) mod clause;
pub(crate) mod consent;
pub(crate) mod document;
pub(crate) mod idempotency;
pub(crate) mod job;
pub(crate) mod media_revocation;
pub(crate) mod minutes_confirmation;
pub(crate) mod minutes_entry;
pub(crate) mod organization;
pub(crate) mod party;
pub(crate) mod recording;
pub(crate) mod recording_look;
pub(crate) mod refresh_token;
pub(crate) mod register_sequence;
pub(crate) mod seat;
pub(crate) mod seat_link;
pub(crate) mod session;
pub(crate) mod session_event;
pub(crate) mod signature;
pub(crate) mod signing_code;
pub(crate) mod staff;
pub(crate) mod timeline;
