//! A private PostgreSQL from the Debian packages: one cluster a test binary, one database a test.
//!
//! The cluster lies in a temporary folder and answers on a unix socket alone. It is the child of a shell that waits on a
//! pipe from the test process: when that process ends, in whatever way, the shell stops the server and removes the folder.
//! Tests get a copy of a migrated template database, which takes some ten milliseconds.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use store::{Settings, Store};
use tokio::sync::OnceCell;

const INSTALL: &str = "PostgreSQL's server is missing: apt-get install postgresql";
const TEMPLATE: &str = "template_onedoor";

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    bin: PathBuf,
    socket: PathBuf,
    // held open: closing its stdin stops the server
    _keeper: Child,
    next: AtomicU32,
}

/// The address of a fresh, migrated database on the cluster of this test binary.
pub async fn fresh() -> anyhow::Result<String> {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    CLUSTER.get_or_try_init(Cluster::start).await?.database()
}

impl Cluster {
    /// Starts a cluster of its own, with a migrated template.
    pub async fn start() -> anyhow::Result<Self> {
        let bin = binaries()?;
        let folder = tempfile::Builder::new().prefix("onedoor-pg-").tempdir()?.keep();
        let socket = folder.clone();
        // initdb refuses root: hand the folder to the packages' own user
        let as_root = Command::new("id").arg("-u").output()?.stdout.starts_with(b"0\n");
        if as_root {
            let owner = Command::new("chown").args(["postgres".as_ref(), folder.as_os_str()]).status()?;
            ensure!(owner.success(), "the user postgres is missing: {INSTALL}");
        }
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))?;

        // No fsync: the kernel outlives every test here. What survives a power cut is SQLite's own test.
        let script = format!(
            "cd {folder} && {bin}/initdb -D {folder}/data -U onedoor -A trust -E UTF8 --locale=C.UTF-8 --no-sync >initdb.log 2>&1 || exit 1
             {bin}/postgres -D {folder}/data -k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200 >postgres.log 2>&1 &
             server=$!; cat >/dev/null; kill -QUIT $server; wait $server; rm -rf {folder}/data {folder}/*.log; rmdir {folder}",
            folder = folder.display(),
            bin = bin.display(),
        );
        let mut shell = if as_root { Command::new("runuser") } else { Command::new("sh") };
        if as_root {
            shell.args(["-u", "postgres", "--", "sh"]);
        }
        let keeper = shell.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let cluster = Self { bin, socket, _keeper: keeper, next: AtomicU32::new(1) };
        cluster.wait_until_ready(Duration::from_mins(1))?;

        cluster.create(TEMPLATE, "template0")?;
        let template = Store::connect(&cluster.url(TEMPLATE), &Settings::default()).await?;
        template.migrate().await?;
        template.close().await?;
        Ok(cluster)
    }

    /// A fresh database from the template.
    pub fn database(&self) -> anyhow::Result<String> {
        let name = format!("story_{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.create(&name, TEMPLATE)?;
        Ok(self.url(&name))
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://onedoor@localhost/{database}?host={}", self.socket.display())
    }

    fn create(&self, name: &str, template: &str) -> anyhow::Result<()> {
        let out = Command::new(self.bin.join("createdb"))
            .arg("-h")
            .arg(&self.socket)
            .args(["-U", "onedoor", "-T", template, name])
            .output()?;
        ensure!(out.status.success(), "createdb {name}: {}", String::from_utf8_lossy(&out.stderr));
        Ok(())
    }

    fn wait_until_ready(&self, patience: Duration) -> anyhow::Result<()> {
        let started = Instant::now();
        while started.elapsed() < patience {
            let ready =
                Command::new(self.bin.join("pg_isready")).arg("-q").arg("-h").arg(&self.socket).status()?;
            if ready.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let log = std::fs::read_to_string(self.socket.join("initdb.log")).unwrap_or_default();
        bail!("PostgreSQL did not start within {patience:?}: {log}")
    }
}

fn binaries() -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").context(INSTALL)?;
    versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| Path::new(bin).join("initdb").exists())
        .max()
        .context(INSTALL)
}
