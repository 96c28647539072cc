//! `cargo xtask test`: everything, on a machine that has only cargo and node.

use std::process::Command;

use anyhow::{Result, bail};

use crate::counts::Counts;
use crate::{check, place, run, step, tools, web};

/// The inner loop: unit tests of the Rust crates and of the web client.
pub fn fast() -> Result<()> {
    let root = place::root();
    let mut suite = Suite::default();
    suite.cargo(
        "unit tests",
        &mut step::program("cargo", &root, &["test", "--workspace", "--lib", "--no-fail-fast"]),
    )?;
    tools::need_node()?;
    web::packages(&root.join("web"))?;
    suite.vitest()?;
    suite.close()
}

/// Every test there is. Each part runs even when an earlier one failed; the counts come last.
pub fn all() -> Result<()> {
    let root = place::root();
    tools::need_packages()?;
    run::prepare()?;
    let python = tools::need_python()?;
    let browser = root.join("tests/browser");
    web::packages(&browser)?;
    step::run(
        "build of everything (minutes when cold)",
        &mut step::program("cargo", &root, &["build", "--workspace", "--all-targets"]),
    )?;

    let mut suite = Suite::default();
    suite.step(
        "formatting",
        step::run("formatting", &mut step::program("cargo", &root, &["fmt", "--all", "--check"])),
    );
    suite.step("web check", check::web_check());
    suite.vitest()?;
    let mut cargo = step::program("cargo", &root, &["test", "--workspace", "--no-fail-fast"]);
    suite.cargo(
        "Rust tests",
        cargo.env("ONEDOOR_TEST_PYTHON", &python).env("ONEDOOR_FONTS", root.join("data/fonts")),
    )?;
    let mut journeys = step::program("node", &browser, &["--test", "--test-concurrency=1"]);
    journeys.args(browser_tests()?);
    suite.node(
        "browser tests",
        journeys
            .env("ONEDOOR_BIN", place::binary("onedoor"))
            .env("ONEDOOR_WIRE_BIN", place::binary("examples/wire"))
            .env("ONEDOOR_TEST_PYTHON", &python),
    )?;
    suite.close()
}

/// The test files beside `tests/browser/package.json`, in the order of their names.
fn browser_tests() -> Result<Vec<String>> {
    let mut files: Vec<String> = std::fs::read_dir(place::root().join("tests/browser"))?
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    files.sort();
    Ok(files)
}

/// What has run so far: counts, and the names of the parts that failed.
#[derive(Default)]
struct Suite {
    counts: Counts,
    broken: Vec<String>,
}

impl Suite {
    fn step(&mut self, what: &str, result: Result<()>) {
        if let Err(error) = result {
            eprintln!("✗ {error:#}");
            self.broken.push(what.to_owned());
        }
    }

    fn cargo(&mut self, what: &str, command: &mut Command) -> Result<()> {
        self.part(what, command, Counts::of_cargo)
    }

    fn node(&mut self, what: &str, command: &mut Command) -> Result<()> {
        self.part(what, command, Counts::of_node)
    }

    fn vitest(&mut self) -> Result<()> {
        let web = place::root().join("web");
        self.part(
            "web unit tests",
            &mut step::program("npx", &web, &["--no-install", "vitest", "run"]),
            Counts::of_vitest,
        )
    }

    /// A part that ran no test has failed: a runner that finds nothing must not look green.
    fn part(&mut self, what: &str, command: &mut Command, count: fn(&[String]) -> Counts) -> Result<()> {
        let (lines, success) = step::listen(what, command)?;
        let counts = count(&lines);
        self.counts += counts;
        if !success || counts.failed > 0 || counts.passed == 0 {
            self.broken.push(what.to_owned());
        }
        Ok(())
    }

    fn close(self) -> Result<()> {
        let Counts { passed, failed, skipped } = self.counts;
        println!("\n{passed} passed, {failed} failed, {skipped} skipped");
        if !self.broken.is_empty() {
            bail!("not green: {}", self.broken.join(", "));
        }
        Ok(())
    }
}
