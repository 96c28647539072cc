//! Programs that a test starts and that must not outlive it, even when the test is killed.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running program; dropped, it is ended.
pub struct Process(Child);

impl Process {
    /// Starts a program under a small shell that ends it when our end of its standard input closes: a test binary that
    /// is killed leaves nobody behind.
    pub fn start(program: &Path, arguments: &[&str]) -> io::Result<Self> {
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", r#""$@" & child=$!; cat >/dev/null; kill -INT $child; wait $child"#, "sh"])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        shell.spawn().map(Self)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// The first of these files that exists, or words that say what to install.
pub fn installed(candidates: impl IntoIterator<Item = PathBuf>, package: &str) -> PathBuf {
    candidates
        .into_iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("this test needs the Debian package {package}: apt-get install {package}"))
}

/// A TCP port nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

/// Asks again until it is true; panics with the words after ten seconds.
pub async fn until<F, Fut>(what: &str, mut question: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let began = Instant::now();
    while !question().await {
        assert!(began.elapsed() < Duration::from_secs(10), "waited ten seconds in vain: {what}");
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
}
