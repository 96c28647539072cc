//! `cargo xtask run`: from a fresh clone to a running demo.

use std::process::Command;

use anyhow::{Result, bail};

use crate::{fonts, place, step, tools, web};

/// Sets up, builds, and hands over to `onedoor demo` with the flags that were given.
pub fn run(flags: &[String]) -> Result<()> {
    prepare()?;
    step::run(
        "build (the first one takes many minutes, later ones seconds)",
        &mut step::program("cargo", &place::root(), &["build", "--workspace", "--bins"]),
    )?;
    let mut demo = Command::new(place::binary("onedoor"));
    demo.current_dir(place::root()).arg("demo").args(flags);
    hand_over(&mut demo)
}

/// What both `run` and `test` need before cargo: node, web packages, fonts, the built web client.
pub fn prepare() -> Result<()> {
    tools::need_node()?;
    web::packages(&place::root().join("web"))?;
    fonts::copy()?;
    web::build()
}

/// Replaces this process, so that Ctrl-C and signals reach the server itself.
fn hand_over(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    bail!("the server could not start: {error}")
}
