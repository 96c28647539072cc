//! `cargo xtask bench media|join|api|sitting`: bounded loads against a server process of its own.
//!
//! The load client is started on the last core and starts the server on the first. Comparing with Janus needs a network
//! namespace (see `participant::load::ground`), which is made with `unshare` and gone with the process.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{place, step, tools, web};

/// What prepares the namespace: the whole of 10.77/16 is local on an interface that leads nowhere.
const GROUND: &str = "ip link set lo up && ip link add load0 type veth peer name load1 && ip link set load0 up \
    && ip link set load1 up \
    && ip addr add 10.77.0.1/32 dev load0 && ip route add local 10.77.0.0/16 dev load0 && exec \"$@\"";

/// Builds the server and the load client, then lets the load client run the named bench. `--release` measures what is
/// deployed, and is to be used for figures that are quoted; its first build takes some ten minutes.
pub fn bench(args: &[String]) -> Result<()> {
    if args.first().is_some_and(|what| what == "sitting") {
        return full_house();
    }
    let Some(what) = args.first().filter(|what| matches!(what.as_str(), "media" | "join" | "api")) else {
        bail!("which bench? cargo xtask bench media|join|api|sitting");
    };
    let browsers = args.iter().any(|arg| arg == "browsers");
    let release = args.iter().any(|arg| arg == "--release");
    let ours = |arg: &&String| *arg != "browsers" && *arg != "--release";
    let others: Vec<&String> = args[1..].iter().filter(ours).collect();
    let named = others.first().is_some_and(|arg| !arg.starts_with("--"));
    let against_janus = args.iter().any(|arg| arg == "--peer");
    if against_janus {
        tools::need_package("janus")?;
    }
    let root = place::root();
    let build: &[&str] = if release {
        &["build", "--workspace", "--bins", "--release"]
    } else {
        &["build", "--workspace", "--bins"]
    };
    step::run("build", &mut step::program("cargo", &root, build))?;
    let binary = if release { place::released } else { place::binary };
    // Browsers alone when they alone are named; with everything when nothing is.
    if named || !browsers {
        let mut load = on_the_last_core(against_janus);
        load.current_dir(&root).arg(binary("load")).arg(what).args(&others);
        load.arg("--server").arg(binary("onedoor"));
        let status = load.status()?;
        if !status.success() {
            bail!("bench {what} ended with {status}");
        }
    }
    if what == "media" && (browsers || !named) {
        return in_browsers();
    }
    Ok(())
}

/// 20 seats in 6 areas: command to everyone's screen. A story of `tests/live`, which prints what it measured.
fn full_house() -> Result<()> {
    let words = ["test", "-p", "tests", "--test", "live", "bench_", "--", "--nocapture"];
    step::run("a full house", &mut step::program("cargo", &place::root(), &words))
}

/// Real browsers, until the first frame is on the screen: connecting and a flip on the media wire alone, then opening a
/// link and the end of a private talk in the whole product.
fn in_browsers() -> Result<()> {
    tools::need_node()?;
    let root = place::root();
    let folder = root.join("tests/browser");
    web::packages(&folder)?;
    step::run("build", &mut step::program("cargo", &root, &["build", "--workspace", "--examples"]))?;
    let mut wire = step::program("node", &folder, &["wire.figures.mjs"]);
    step::run(
        "three browsers: connect and flip, milliseconds",
        wire.env("ONEDOOR_WIRE_BIN", place::binary("examples/wire")),
    )?;
    let mut figures = step::program("node", &folder, &["figures.mjs"]);
    step::run(
        "two browsers: join and private talk, milliseconds",
        figures.env("ONEDOOR_BIN", place::binary("onedoor")),
    )
}

/// A command that is about to name its program: on the last core, and in a namespace of its own if wanted.
fn on_the_last_core(namespace: bool) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let core = (cores - 1).to_string();
    let mut command = if namespace {
        let mut unshare = Command::new("unshare");
        // Without root a user namespace gives the right to make a network.
        if !tools::is_root() {
            unshare.arg("--map-root-user");
        }
        unshare.args(["--net", "sh", "-c", GROUND, "ground", "taskset"]);
        unshare
    } else {
        Command::new("taskset")
    };
    command.args(["-c", &core]);
    command
}
