//! Where things lie: the workspace, the compiled binaries, the caches that outlive a clone.

use std::path::{Path, PathBuf};

/// The workspace root (two folders above this crate).
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where cargo puts what it compiles: `CARGO_TARGET_DIR` when set, as CI does so that dependencies outlive the clone.
pub fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A binary of the `dev` profile, the one profile that `run` and `test` share.
pub fn binary(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// A binary of the profile that is deployed.
pub fn released(name: &str) -> PathBuf {
    target().join("release").join(name)
}

/// What is costly to fetch and the same for every clone: Python packages of the tests.
pub fn cache() -> PathBuf {
    variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")))
        .unwrap_or_else(|| root().join("target"))
        .join("onedoor")
}

#[expect(clippy::disallowed_methods, reason = "the task runner has no configuration file of its own")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
