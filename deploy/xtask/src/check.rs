//! `cargo xtask check`: what a reviewer would otherwise have to say.

use anyhow::Result;

use crate::{place, step, tools, web};

/// Formatting, lints, licences, web lint and types.
pub fn check() -> Result<()> {
    let root = place::root();
    step::run("formatting", &mut step::program("cargo", &root, &["fmt", "--all", "--check"]))?;
    step::run(
        "clippy",
        &mut step::program(
            "cargo",
            &root,
            &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
        ),
    )?;
    if tools::on_path("cargo-deny") {
        step::run(
            "licences and bans",
            &mut step::program("cargo", &root, &["deny", "check", "bans", "licenses", "sources"]),
        )?;
    } else {
        println!("– licences and bans skipped: cargo install cargo-deny");
    }
    web_check()
}

/// Lint, types, unit tests and size budgets of the web client.
pub fn web_check() -> Result<()> {
    tools::need_node()?;
    let folder = place::root().join("web");
    web::packages(&folder)?;
    step::run("web lint, types, budgets", &mut step::program("npm", &folder, &["run", "--silent", "check"]))
}
