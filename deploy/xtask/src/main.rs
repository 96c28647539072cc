//! `cargo xtask run | test | check | bench`: everything a newcomer or CI has to know is behind these four words.
//!
//! ```text
//! run   [demo flags]       set up, build, start the demo
//! test  [fast]             install what tests need, run everything, end with counts
//! check                    formatting, lints, licences, web lint and types
//! bench media|join|api     tables, and figures as JSON
//! ```
//! Long steps say what they do and how long they took. Nothing is installed outside the project but Debian
//! packages for `test`, and only as root.

mod bench;
mod check;
mod counts;
mod fonts;
mod place;
mod run;
mod step;
mod test;
mod tools;
mod web;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask <command>

  run  [--bots] [--lan] [--reset] [--port N]   set up, build and start the demo on http://localhost:7880
  test [fast]                                  run every test (fast: unit tests only)
  check                                        formatting, lints, licences, web lint and types
  bench media [moderate|ceiling|growth|spread|storm|browsers] [--peer janus] [--json file]
        join | api                             measure";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let rest = args.get(1..).unwrap_or_default();
    match args.first().map(String::as_str) {
        Some("run") => run::run(rest),
        Some("test") if rest.first().is_some_and(|word| word == "fast") => test::fast(),
        Some("test") => test::all(),
        Some("check") => check::check(),
        Some("bench") => bench::bench(rest),
        Some("help" | "--help" | "-h") | None => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => bail!("there is no command “{other}”\n\n{USAGE}"),
    }
}
