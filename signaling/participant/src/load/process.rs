//! A server process under load: started on a core of its own, its CPU time and memory read from `/proc`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

/// A running process; it is ended, and its folder removed, when this is dropped.
pub struct Process {
    child: Child,
    folder: PathBuf,
}

/// What a process has used so far.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// User and system time together, in seconds.
    pub cpu: f64,
    /// Resident memory, in bytes.
    pub resident: u64,
}

/// The core the server runs on; the load client is started on another (see `cargo xtask bench`).
const CORE: &str = "0";

impl Process {
    /// A command that runs on one core when there is another for the load client.
    pub fn command(program: &Path, alone: bool) -> Command {
        if !alone {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["-c", CORE]).arg(program);
        command
    }

    /// Starts it silently.
    pub fn start(mut command: Command, folder: PathBuf) -> anyhow::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().with_context(|| format!("starting {command:?}"))?;
        Ok(Self { child, folder })
    }

    /// Whether it still runs.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// CPU time and memory (proc(5)); clock ticks are hundredths of a second.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').context("the name in /proc/…/stat")?.1;
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "ticks of one run are far below 2^52")]
        let cpu = (number(11) + number(12)) as f64 / 100.0;
        Ok(Usage { cpu, resident: number(21) * 4096 })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
