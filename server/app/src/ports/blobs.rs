//! Papers and recordings: bytes under a key, on a disk or in an S3 bucket; `object_store` is the port, this its manners.
//!
//! Keys are made by the server (`documents/{id}`), never from what a user typed.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use tokio::io::AsyncReadExt as _;

use crate::problem::Fault;

/// Bytes of a file that are in memory at a time.
const PIECE: usize = 256 << 10;

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

    /// Keeps a file, a piece at a time; when this returned it is there whole.
    pub async fn put_file(&self, key: &str, file: &std::path::Path) -> Result<(), Fault> {
        let mut from = tokio::fs::File::open(file).await.map_err(Fault::of("reading a received paper"))?;
        let to = self.0.put_multipart(&path(key)?).await.map_err(Fault::of("beginning to keep a paper"))?;
        let mut to = WriteMultipart::new(to);
        let mut piece = vec![0; PIECE];
        loop {
            let read = from.read(&mut piece).await.map_err(Fault::of("reading a received paper"))?;
            if read == 0 {
                break;
            }
            to.wait_for_capacity(1).await.map_err(Fault::of("keeping a paper"))?;
            to.write(&piece[..read]);
        }
        to.finish().await.map_err(Fault::of("keeping a paper"))?;
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
