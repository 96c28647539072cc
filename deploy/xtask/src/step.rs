//! Running other programs, with a line before, a time after, and the end of their output when they fail.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// Runs a program with its output shown as it comes; an error names the step.
pub fn run(what: &str, command: &mut Command) -> Result<()> {
    let started = begin(what);
    let status = command.status().with_context(|| format!("{what}: {} could not start", name(command)))?;
    if !status.success() {
        bail!("{what}: {} ended with {status}", name(command));
    }
    done(what, started);
    Ok(())
}

/// Runs a program quietly; its output is shown only when it fails.
pub fn quietly(what: &str, command: &mut Command) -> Result<()> {
    let started = begin(what);
    let output = command.output().with_context(|| format!("{what}: {} could not start", name(command)))?;
    if !output.status.success() {
        eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{what}: {} ended with {}", name(command), output.status);
    }
    done(what, started);
    Ok(())
}

/// Runs a program, shows each line as it comes and keeps them all: for test runners whose counts are read afterwards.
///
/// Standard error goes to the screen as it is. Answers the lines and whether the program succeeded.
pub fn listen(what: &str, command: &mut Command) -> Result<(Vec<String>, bool)> {
    let started = begin(what);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{what}: {} could not start", name(command)))?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines() {
            let line = line.context("reading its output")?;
            println!("{line}");
            lines.push(line);
        }
    }
    let success = child.wait()?.success();
    done(what, started);
    Ok((lines, success))
}

/// A program to be run in a folder.
pub fn program(program: impl AsRef<std::ffi::OsStr>, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).args(args);
    command
}

fn begin(what: &str) -> Instant {
    println!("▸ {what} …");
    let _ = std::io::stdout().flush();
    Instant::now()
}

fn done(what: &str, started: Instant) {
    println!("✓ {what} ({:.1} s)", started.elapsed().as_secs_f32());
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
