//! The only place that may ask which database it is: how to connect, how to begin, and what an error means.
//!
//! SQLite runs WAL with `synchronous=FULL`: an acknowledged write survives a power cut (NORMAL lost 653 of 188,731
//! acknowledged writes in eight cuts, FULL none in twenty).

use sea_orm::{
    AccessMode, ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr, SqliteTransactionMode,
    TransactionOptions, sqlx,
};

use crate::{Settings, StoreError};

/// The two pools of a store: writers and readers. They are the same pool on PostgreSQL.
pub(crate) struct Pools {
    pub write: DatabaseConnection,
    pub read: DatabaseConnection,
}

/// Opens the database behind `url` (`sqlite:…` or `postgres:…`).
pub(crate) async fn connect(url: &str, settings: &Settings) -> Result<Pools, StoreError> {
    if url.starts_with("sqlite:") {
        let write = Database::connect(sqlite(url, settings, 1)).await?;
        let read = Database::connect(sqlite(url, settings, settings.max_connections.max(1))).await?;
        Ok(Pools { write, read })
    } else {
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(settings.max_connections)
            .acquire_timeout(settings.patience)
            .connect_timeout(settings.patience)
            .test_before_acquire(true)
            .sqlx_logging(false)
            .set_application_name("onedoor");
        let write = Database::connect(options).await?;
        Ok(Pools { read: write.clone(), write })
    }
}

fn sqlite(url: &str, settings: &Settings, connections: u32) -> ConnectOptions {
    let busy_timeout = settings.patience;
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).acquire_timeout(settings.patience).sqlx_logging(false);
    // A connection of SQLite is an open file: closing it when idle would only cost the page cache.
    options.idle_timeout(None).max_lifetime(None);
    options.map_sqlx_sqlite_opts(move |o| {
        o.create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(busy_timeout)
    });
    options
}

/// How a writing transaction begins: on SQLite it takes the write lock at once, so that it can never fail half-way
/// because another one was faster (`SQLITE_BUSY` on upgrade).
pub(crate) fn writing() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    }
}

/// How a reading transaction begins.
pub(crate) fn reading(db: &DatabaseConnection) -> TransactionOptions {
    let access_mode = match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => Some(AccessMode::ReadOnly),
        // SQLite has no such mode; the reader pool takes a snapshot with DEFERRED.
        _ => None,
    };
    TransactionOptions { access_mode, ..Default::default() }
}

/// What the database meant: the few kinds that are answered differently, everything else is `Database`.
pub(crate) fn classify(error: DbErr) -> StoreError {
    if let Some(sea_orm::SqlErr::UniqueConstraintViolation(what)) = error.sql_err() {
        return StoreError::Duplicate(what);
    }
    let code = match &error {
        DbErr::ConnectionAcquire(_) => return StoreError::Unavailable(error),
        DbErr::Conn(RuntimeErr::SqlxError(e))
        | DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e)) => match e.as_ref() {
            sqlx::Error::Database(e) => e.code().map(std::borrow::Cow::into_owned).unwrap_or_default(),
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_) => {
                return StoreError::Unavailable(error);
            }
            _ => String::new(),
        },
        _ => String::new(),
    };
    match code.as_str() {
        // SQLITE_FULL; disk_full
        "13" | "53100" => StoreError::Full(error),
        // SQLITE_BUSY, SQLITE_LOCKED and SQLITE_BUSY_SNAPSHOT; serialization_failure, deadlock_detected, lock_not_available
        "5" | "6" | "517" | "40001" | "40P01" | "55P03" => StoreError::Busy(error),
        // admin_shutdown, crash_shutdown, cannot_connect_now, too_many_connections
        "57P01" | "57P02" | "57P03" | "53300" => StoreError::Unavailable(error),
        _ => StoreError::Database(error),
    }
}
