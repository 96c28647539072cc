//! What can go wrong with the database. A business “no” is not among it: that is `domain::Refusal`.

use sea_orm::DbErr;

/// The database's error, in the few kinds that are answered differently.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint holds against the write; the text names it.
    #[error("already there: {0}")]
    Duplicate(String),
    /// Somebody else held the lock too long, or two writers met: trying again may help.
    #[error("the database is busy: {0}")]
    Busy(#[source] DbErr),
    /// The database cannot be reached now.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] DbErr),
    /// The disk is full: nothing was written.
    #[error("the disk of the database is full: {0}")]
    Full(#[source] DbErr),
    /// A row holds what this version cannot read.
    #[error("unreadable value in {place}: {value}")]
    Unreadable {
        /// Table and column, or the type.
        place: &'static str,
        /// What stood there.
        value: String,
    },
    /// Anything else: a bug or an outage.
    #[error("database: {0}")]
    Database(#[source] DbErr),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        crate::dialect::classify(error)
    }
}
