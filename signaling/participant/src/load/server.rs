//! The server under load: a process of its own on free ports with a fresh data folder, ended by its id.

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};

/// A running demo server; it is ended when this is dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// Where it keeps its data.
    pub data: PathBuf,
}

/// What a process has used so far.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// User and system time together, in seconds.
    pub cpu: f64,
    /// Resident memory, in bytes.
    pub resident: u64,
}

impl Server {
    /// Starts `onedoor demo` and waits until it is ready.
    pub async fn start(binary: &Path) -> anyhow::Result<Self> {
        let http = free_ports()?;
        let data = std::env::temp_dir().join(format!("onedoor-load-{}-{http}", std::process::id()));
        let child = Command::new(binary)
            .arg("demo")
            .args(["--port", &http.to_string()])
            .env("ONEDOOR__DATA_DIR", &data)
            .env("ONEDOOR__DOCUMENTS__FONTS", std::env::current_dir()?.join("data/fonts"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", binary.display()))?;
        let server = Self { child, url: format!("http://127.0.0.1:{http}"), data };
        server.ready().await?;
        Ok(server)
    }

    async fn ready(&self) -> anyhow::Result<()> {
        let mut left = 300;
        while reqwest::get(format!("{}/readyz", self.url))
            .await
            .is_ok_and(|r| r.status().is_success())
            .eq(&false)
        {
            left -= 1;
            ensure!(left > 0, "the server did not become ready within 60 s");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// CPU time and memory of the process, from `/proc` (proc(5)); clock ticks are hundredths of a second.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').context("the name in /proc/…/stat")?.1;
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "ticks of one run are far below 2^52")]
        let cpu = (number(11) + number(12)) as f64 / 100.0;
        Ok(Usage { cpu, resident: number(21) * 4096 })
    }

    /// One number of `/metrics`, by its full name with labels.
    pub async fn metric(&self, name: &str) -> anyhow::Result<f64> {
        let text = reqwest::get(format!("{}/metrics", self.url)).await?.text().await?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        value.with_context(|| format!("{name} is not among the server's metrics"))
    }
}

/// A port whose two neighbours are free as well: HTTP, then ICE-TCP, then media.
fn free_ports() -> anyhow::Result<u16> {
    for _ in 0..100 {
        let http = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (Some(tcp), Some(udp)) = (http.checked_add(1), http.checked_add(2)) else { continue };
        if TcpListener::bind(("127.0.0.1", tcp)).is_ok() && UdpSocket::bind(("127.0.0.1", udp)).is_ok() {
            return Ok(http);
        }
    }
    anyhow::bail!("no three free ports in a row")
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}
