//! The business “no”.
//!
//! When to use which error: a **`Refusal`** is an answer the user can act on (wrong state, wrong role, a link used
//! elsewhere) and has a stable code that the web client translates. `store::StoreError` is the database's. A `Fault`
//! (in the app) is a bug or an outage: the user is told to try again, the operator gets the trace.

use serde_json::{Map, Value};

/// A refusal: the stable code, the HTTP status it maps to, and figures for the translated sentence.
///
/// Codes are `snake_case` and never reused for another meaning; `refusal::codes` lists them.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("refused: {code}")]
pub struct Refusal {
    /// The stable code, for instance `clause_changed`.
    pub code: &'static str,
    /// What kind of “no” this is.
    pub kind: RefusalKind,
    /// Values the translated sentence needs, for instance `{"version": 3}`.
    pub params: Map<String, Value>,
}

/// The kind decides the HTTP status (RFC 9110 §15.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// 401: nobody is signed in, or the token is not valid any more.
    Unauthenticated,
    /// 403: signed in, but this role may not.
    Forbidden,
    /// 404: absent, or somebody else's; the two are told alike.
    NotFound,
    /// 409: the state or version is another.
    Conflict,
    /// 410: it was there once: an expired or revoked link.
    Gone,
    /// 422: the words themselves cannot be accepted.
    Invalid,
    /// 429: too often.
    TooMany,
}

impl Refusal {
    /// A refusal of this kind with a stable code.
    pub fn new(kind: RefusalKind, code: &'static str) -> Self {
        Self { code, kind, params: Map::new() }
    }
    /// 403.
    pub fn forbidden(code: &'static str) -> Self {
        Self::new(RefusalKind::Forbidden, code)
    }
    /// 404.
    pub fn not_found(code: &'static str) -> Self {
        Self::new(RefusalKind::NotFound, code)
    }
    /// 409.
    pub fn conflict(code: &'static str) -> Self {
        Self::new(RefusalKind::Conflict, code)
    }
    /// 422.
    pub fn invalid(code: &'static str) -> Self {
        Self::new(RefusalKind::Invalid, code)
    }
    /// Adds a value for the translated sentence.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.insert(key.to_owned(), value.into());
        self
    }
}
