//! The server under load: a process of its own on free ports with a fresh data folder, ended by its id.

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::process::{Process, Usage};

/// A running demo server; it is ended when this is dropped.
pub struct Server {
    process: Process,
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// Where it keeps its data.
    pub data: PathBuf,
}

impl Server {
    /// Starts `onedoor demo`, alone on its core or not, and waits until it is ready.
    pub async fn start(binary: &Path, alone: bool) -> anyhow::Result<Self> {
        let http = free_ports()?;
        let data = std::env::temp_dir().join(format!("onedoor-load-{}-{http}", std::process::id()));
        let mut command = Process::command(binary, alone);
        command
            .arg("demo")
            .args(["--port", &http.to_string()])
            .env("ONEDOOR__DATA_DIR", &data)
            .env("ONEDOOR__DOCUMENTS__FONTS", std::env::current_dir()?.join("data/fonts"));
        let process = Process::start(command, data.clone())?;
        let server = Self { process, url: format!("http://127.0.0.1:{http}"), data };
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

    /// CPU time and memory of the process.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        self.process.usage()
    }

    /// The media threads' figures, read from `/metrics`.
    pub async fn media(&self) -> anyhow::Result<Media> {
        let text = reqwest::get(format!("{}/metrics", self.url)).await?.text().await?;
        Media::read(&text)
    }
}

/// The media threads' figures at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Media {
    /// CPU time of all media threads, in seconds.
    pub cpu: f64,
    /// Packets forwarded so far.
    pub forwarded: f64,
    /// Forwarding times: upper bounds in seconds and how many packets took at most that, rising.
    buckets: Vec<(f64, f64)>,
}

impl Media {
    fn read(text: &str) -> anyhow::Result<Self> {
        let number = |name: &str| -> anyhow::Result<f64> {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|value| value.parse().ok())
                .with_context(|| format!("{name} is not among the metrics"))
        };
        let bucket = |line: &str| -> Option<(f64, f64)> {
            let line = line.strip_prefix("onedoor_media_forwarding_seconds_bucket{le=\"")?;
            let (bound, count) = line.split_once("\"} ")?;
            Some((bound.parse().unwrap_or(f64::INFINITY), count.parse().ok()?))
        };
        Ok(Self {
            cpu: number("onedoor_media_cpu_seconds_total")?,
            forwarded: number("onedoor_media_packets_forwarded_total")?,
            buckets: text.lines().filter_map(bucket).collect(),
        })
    }

    /// Microseconds within which this share of the packets since `before` was forwarded, linear inside a bucket.
    pub fn delay_since(&self, before: &Self, share: f64) -> f64 {
        let grown: Vec<(f64, f64)> =
            self.buckets.iter().zip(&before.buckets).map(|(now, then)| (now.0, now.1 - then.1)).collect();
        let rank = share * grown.last().map_or(0.0, |last| last.1);
        let mut below = (0.0, 0.0);
        for (bound, count) in grown {
            if count >= rank && count > below.1 {
                let within = (rank - below.1) / (count - below.1);
                let bound = if bound.is_finite() { bound } else { below.0 };
                return (below.0 + (bound - below.0) * within) * 1e6;
            }
            below = (bound, count);
        }
        0.0
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

#[cfg(test)]
mod tests {
    use super::Media;

    const BEFORE: &str = "onedoor_media_cpu_seconds_total 1.5\nonedoor_media_packets_forwarded_total 10\n\
        onedoor_media_forwarding_seconds_bucket{le=\"0.0001\"} 10\n\
        onedoor_media_forwarding_seconds_bucket{le=\"0.001\"} 10\n\
        onedoor_media_forwarding_seconds_bucket{le=\"+Inf\"} 10\n";

    #[test]
    fn percentiles_are_those_of_the_window() {
        let before = Media::read(BEFORE).expect("metrics");
        let later = BEFORE.replace("0.001\"} 10", "0.001\"} 110").replace("+Inf\"} 10", "+Inf\"} 110");
        let after = Media::read(&later).expect("metrics");
        assert!(
            (after.delay_since(&before, 0.5) - 550.0).abs() < 1.0,
            "half of the way through the second bucket"
        );
        assert!(Media::read("onedoor_media_rooms 1").is_err());
    }
}
