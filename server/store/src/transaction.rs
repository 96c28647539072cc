//! The store and its transaction. A [`Tx`] is what every repository function works on.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, TransactionTrait};

use crate::{Result, dialect, migration};

/// How large the pool may be and how long a caller waits for it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Connections at most; on SQLite these are the readers, beside the one writer.
    pub max_connections: u32,
    /// How long to wait for a connection or a lock before answering “busy”.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_connections: 8, patience: Duration::from_secs(5) }
    }
}

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
}

impl Store {
    /// Opens `sqlite:…` (the file is made when missing) or `postgres:…`. Migrations are a step of their own.
    pub async fn connect(url: &str, settings: &Settings) -> Result<Self> {
        let dialect::Pools { write, read } = dialect::connect(url, settings).await?;
        Ok(Self { write, read })
    }

    /// Brings the tables up to this version. Harmless when they are.
    pub async fn migrate(&self) -> Result<()> {
        migration::up(&self.write).await
    }

    /// How many migrations are still to be applied: `readyz` and `doctor` want zero.
    pub async fn pending_migrations(&self) -> Result<usize> {
        migration::pending(&self.read).await
    }

    /// Begins a writing transaction.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = self.write.begin_with_options(dialect::writing()).await?;
        Ok(Tx { inner })
    }

    /// Begins a transaction that only reads: it never waits for the writer.
    pub async fn read(&self) -> Result<Tx> {
        let inner = self.read.begin_with_options(dialect::reading(&self.read)).await?;
        Ok(Tx { inner })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.read.ping().await?)
    }

    /// Closes all connections; what was committed stays.
    pub async fn close(self) -> Result<()> {
        self.read.clone().close().await?;
        Ok(self.write.close().await?)
    }
}

/// One transaction: the repository. Dropped without [`Tx::commit`], it never happened.
#[derive(Debug)]
pub struct Tx {
    inner: DatabaseTransaction,
}

impl Tx {
    /// What SeaORM's queries run on.
    pub(crate) fn db(&self) -> &impl ConnectionTrait {
        &self.inner
    }

    /// Makes everything of this transaction true, durably.
    pub async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    /// Takes everything back now (dropping does it too, a little later).
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
}
