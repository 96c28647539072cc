//! Papers and recordings: bytes under a key, on a disk or in an S3 bucket; `object_store` is the port, this its manners.
//!
//! Keys are made by the server (`documents/{id}`), never from what a user typed.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::problem::Fault;

/// Where bytes are kept. A cheap handle.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// Over a disk or a bucket.
    pub fn new(store: impl ObjectStore) -> Self {
        Self(Arc::new(store))
    }

    /// Keeps the bytes; when this returned they are on the disk or in the bucket, whole or not at all.
    pub async fn put(&self, key: &str, bytes: impl Into<Bytes>) -> Result<(), Fault> {
        let payload = PutPayload::from_bytes(bytes.into());
        self.0.put(&path(key)?, payload).await.map_err(Fault::of("keeping a paper"))?;
        Ok(())
    }

    /// The bytes, or `None` when nothing is kept under this key.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, Fault> {
        match self.0.get(&path(key)?).await {
            Ok(found) => found.bytes().await.map(Some).map_err(Fault::of("reading a paper")),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Fault::new("looking for a paper", error)),
        }
    }

    /// Forgets the bytes; forgetting what is not there is no fault.
    pub async fn delete(&self, key: &str) -> Result<(), Fault> {
        match self.0.delete(&path(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Fault::new("removing a paper", error)),
        }
    }

    /// Whether the store answers at all, for `/readyz` and the doctor.
    pub async fn ping(&self) -> Result<(), Fault> {
        match self.0.head(&Path::from("ping")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Fault::new("reaching the store of papers", error)),
        }
    }
}

/// `Path::parse` refuses empty parts, `.` and `..`.
fn path(key: &str) -> Result<Path, Fault> {
    Path::parse(key).map_err(Fault::of("naming a paper"))
}
