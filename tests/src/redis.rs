//! A Redis of the test's own, from the Debian package, on a free port, keeping nothing on disk.

use std::path::PathBuf;

use tokio::net::TcpStream;

use crate::process::{Process, free_port, installed, until};

/// A running Redis; dropped, it is gone. `stop` and `start` make an outage on the same port.
pub struct Redis {
    port: u16,
    process: Option<Process>,
}

impl Redis {
    /// Starts one and waits until it answers.
    pub async fn start() -> Self {
        let mut redis = Self { port: free_port(), process: None };
        redis.resume().await;
        redis
    }

    /// `redis://…`, as the settings want it.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// An outage begins.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// The outage ends: the same port, with nothing remembered.
    pub async fn resume(&mut self) {
        let server = installed(
            ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].map(PathBuf::from),
            "redis-server",
        );
        let port = self.port.to_string();
        let arguments =
            ["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", "/tmp"];
        self.process = Some(Process::start(&server, &arguments).expect("start redis-server"));
        until("Redis answers", || async { TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() }).await;
    }
}
