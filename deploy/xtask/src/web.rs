//! The web client: packages when the lock file changed, a build when a source file is newer than the last one.

use std::path::Path;
use std::time::SystemTime;

use anyhow::Result;

use crate::{place, step};

/// Installs the packages of a folder with a `package-lock.json`, when they are not those of the lock file.
pub fn packages(folder: &Path) -> Result<()> {
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let mark = folder.join("node_modules/.lock-installed");
    if std::fs::read(&mark).is_ok_and(|had| had == lock) {
        return Ok(());
    }
    let what = format!("npm packages of {}", folder.strip_prefix(place::root()).unwrap_or(folder).display());
    step::quietly(
        &what,
        &mut step::program("npm", folder, &["ci", "--no-audit", "--no-fund", "--loglevel=error"]),
    )?;
    std::fs::write(mark, lock)?;
    Ok(())
}

/// Builds `web/dist` when it is older than the sources.
pub fn build() -> Result<()> {
    let web = place::root().join("web");
    let built = modified(&web.join("dist/resident.html"));
    let newest = ["src", "public", "resident.html", "desk.html", "vite.config.ts", "package-lock.json"]
        .iter()
        .filter_map(|name| newest_below(&web.join(name)))
        .max();
    if built.is_some() && built >= newest {
        return Ok(());
    }
    step::quietly("web build", &mut step::program("npm", &web, &["run", "--silent", "build"]))
}

fn newest_below(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let entries = std::fs::read_dir(path).ok()?;
    entries.filter_map(Result::ok).filter_map(|entry| newest_below(&entry.path())).max()
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|meta| meta.modified()).ok()
}
