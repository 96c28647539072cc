//! A child process that opens what a stranger sent: little memory, little time, nothing to inherit.
//!
//! `prlimit` (util-linux, on every Debian) sets the bounds before the program starts, so that not even its loading
//! escapes them. What is killed or fails was a bad file; what cannot be started is our fault.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::problem::Fault;

/// Address space of a child: a photo of 108 million pixels, decoded, and its page.
const MEMORY: u64 = 1 << 30;
/// Bytes it may write into one file.
const FILE: u64 = 64 << 20;
/// Bytes of its words that are read.
const WORDS: u64 = 64 << 10;

/// How a child ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// Well; these were its words.
    Well(String),
    /// With this exit code; none when it was killed, by a bound or by the clock.
    Badly(Option<i32>),
}

/// Runs the program to its end, or for `patience` of time.
pub(super) async fn run(program: &Path, arguments: &[&OsStr], patience: Duration) -> Result<Ended, Fault> {
    let mut child = Command::new("prlimit")
        .arg(format!("--as={MEMORY}"))
        .arg(format!("--fsize={FILE}"))
        .arg(format!("--cpu={}", patience.as_secs().max(1)))
        .args(["--nofile=64", "--core=0", "--"])
        .arg(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(Fault::of("starting prlimit"))?;
    let mut words = Vec::new();
    let stdout = child.stdout.take();
    let work = async {
        if let Some(stdout) = stdout {
            stdout.take(WORDS).read_to_end(&mut words).await?;
        }
        child.wait().await
    };
    // Out of time: dropped below, and thereby killed.
    let Ok(status) = tokio::time::timeout(patience, work).await else { return Ok(Ended::Badly(None)) };
    let status = status.map_err(Fault::of("waiting for a page"))?;
    match status.code() {
        Some(0) => Ok(Ended::Well(String::from_utf8_lossy(&words).into_owned())),
        // 126, 127: prlimit could not start the program.
        Some(code @ (126 | 127)) => {
            Err(Fault::new("starting a program for pages", format!("{}: exit {code}", program.display())))
        }
        code => Ok(Ended::Badly(code)),
    }
}
