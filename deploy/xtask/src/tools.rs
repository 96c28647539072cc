//! What must be on the machine: cargo and node for `run`, browsers and servers for `test`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{place, step};

/// The oldest Node.js that the web build's tools accept.
const NODE: (u32, u32) = (20, 19);

/// A Debian package and how its presence shows.
struct Package {
    name: &'static str,
    shows: fn() -> bool,
}

/// What the tests run for real.
const PACKAGES: &[Package] = &[
    Package { name: "chromium", shows: || exists("/usr/bin/chromium") },
    Package { name: "firefox-esr", shows: || on_path("firefox-esr") },
    Package { name: "coturn", shows: || on_path("turnserver") },
    Package { name: "iproute2", shows: || on_path("ip") },
    Package { name: "iptables", shows: || on_path("iptables") },
    Package { name: "redis-server", shows: || on_path("redis-server") },
    Package { name: "postgresql", shows: || postgres().is_some() },
    Package { name: "poppler-utils", shows: || on_path("pdfsig") },
    Package { name: "ffmpeg", shows: || on_path("ffmpeg") },
    Package { name: "fonts-noto-cjk", shows: || exists("/usr/share/fonts/opentype/noto") },
    Package { name: "python3-venv", shows: python_makes_environments },
];

/// Stops with words that help when Node.js is missing or too old.
pub fn need_node() -> Result<()> {
    let output = Command::new("node").arg("--version").output();
    let text = match output {
        Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stdout).trim().to_owned(),
        _ => bail!(
            "Node.js is missing. Install version {}.{} or newer (Debian: apt-get install nodejs npm).",
            NODE.0,
            NODE.1
        ),
    };
    let mut numbers = text.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < NODE {
        bail!("Node.js {text} is too old: the web build needs {}.{} or newer.", NODE.0, NODE.1);
    }
    Ok(())
}

/// Installs the Debian packages that the tests need; without root it says which are missing and how to get them.
pub fn need_packages() -> Result<()> {
    install(
        &PACKAGES.iter().filter(|package| !(package.shows)()).map(|package| package.name).collect::<Vec<_>>(),
    )
}

/// The same for one package whose program has its name.
pub fn need_package(name: &'static str) -> Result<()> {
    if on_path(name) { Ok(()) } else { install(&[name]) }
}

fn install(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_root() || !on_path("apt-get") {
        bail!(
            "these Debian packages are needed: {list}\n  sudo apt-get install -y --no-install-recommends {list}"
        );
    }
    let root = place::root();
    step::quietly("apt-get update", &mut step::program("apt-get", &root, &["update"]))?;
    let mut install = step::program("apt-get", &root, &["install", "-y", "--no-install-recommends"]);
    install.args(missing).env("DEBIAN_FRONTEND", "noninteractive");
    step::quietly(&format!("installing {list}"), &mut install)
}

/// A Python with the packages of `tests/python/requirements.txt`, made once and kept outside the clone. An older
/// `livekit` lies beside them in the folder `older`, for tests that put it first.
pub fn need_python() -> Result<PathBuf> {
    let root = place::root();
    let requirements = root.join("tests/python/requirements.txt");
    let venv = place::cache().join("venv");
    let python = venv.join("bin/python");
    let mark = venv.join("installed.txt");
    let older = root.join("tests/python/requirements.older.txt");
    let wanted = std::fs::read_to_string(&requirements).context("tests/python/requirements.txt")?
        + &std::fs::read_to_string(&older).context("tests/python/requirements.older.txt")?;
    if python.exists() && std::fs::read_to_string(&mark).is_ok_and(|had| had == wanted) {
        return Ok(python);
    }
    std::fs::create_dir_all(&venv)?;
    step::quietly(
        "Python environment for the tests",
        step::program("python3", &root, &["-m", "venv"]).arg(&venv),
    )?;
    step::quietly(
        "Python packages (livekit, pyHanko)",
        step::program(&python, &root, &["-m", "pip", "install", "--quiet", "-r"]).arg(&requirements),
    )?;
    step::quietly(
        "an older livekit for Python",
        step::program(
            &python,
            &root,
            &["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target"],
        )
        .arg(venv.join("older"))
        .arg("-r")
        .arg(&older),
    )?;
    std::fs::write(&mark, wanted)?;
    Ok(python)
}

/// The newest PostgreSQL server's folder of programs, as Debian lays it out.
fn postgres() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max()
}

fn python_makes_environments() -> bool {
    Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether a program stands on PATH.
pub fn on_path(program: &str) -> bool {
    place::variable("PATH")
        .is_some_and(|path| path.split(':').any(|folder| Path::new(folder).join(program).exists()))
}

fn exists(path: &str) -> bool {
    Path::new(path).exists()
}

/// Whether this is root.
pub fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}
