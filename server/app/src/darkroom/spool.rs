//! Files on their way: what comes in lies here until it is known to be a paper, and is gone when its handle is.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use uuid::Uuid;

use crate::problem::Fault;

/// Older than this, a file was left behind by a server that died.
const STALE: Duration = Duration::from_hours(1);

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Spool(PathBuf);

/// A name in it; the file, if it came to be, is removed with the handle.
#[derive(Debug)]
pub(crate) struct Spooled(PathBuf);

impl Spool {
    /// Made if need be; what a dead server left is removed.
    pub fn open(folder: PathBuf) -> Result<Self, Fault> {
        fs::create_dir_all(&folder).map_err(Fault::of("making the folder of uploads"))?;
        for entry in fs::read_dir(&folder).map_err(Fault::of("reading the folder of uploads"))?.flatten() {
            let age = entry.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
            if age.is_some_and(|age| age > STALE) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self(folder))
    }

    /// A new name.
    pub fn name(&self, id: Uuid, ending: &str) -> Spooled {
        Spooled(self.0.join(format!("{}{ending}", id.simple())))
    }
}

impl Spooled {
    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // Not there: nothing was written.
        let _ = fs::remove_file(&self.0);
    }
}
