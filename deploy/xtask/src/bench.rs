//! `cargo xtask bench media|join|api`: bounded loads against a server process of its own, figures as JSON.

use anyhow::{Result, bail};

use crate::{place, step};

/// Builds the server and the load client, then lets the load client run the named bench.
pub fn bench(args: &[String]) -> Result<()> {
    let Some(what) = args.first().filter(|what| matches!(what.as_str(), "media" | "join" | "api")) else {
        bail!("which bench? cargo xtask bench media|join|api");
    };
    let root = place::root();
    step::run("build", &mut step::program("cargo", &root, &["build", "--workspace", "--bins"]))?;
    let mut load = std::process::Command::new(place::binary("load"));
    load.current_dir(&root).arg(what).args(&args[1..]).arg("--server").arg(place::binary("onedoor"));
    let status = load.status()?;
    if !status.success() {
        bail!("bench {what} ended with {status}");
    }
    Ok(())
}
