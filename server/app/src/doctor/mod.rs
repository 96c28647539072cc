//! `onedoor doctor`: looks at everything a start needs, walks each way a phone may come, and says how to mend each fault.
//!
//! ```text
//!  machine   settings, ports, certificate, pages, programs, fonts
//!  parts     database, tables, storage, Redis
//!  paths     the address people type, WebSocket, media over UDP and TCP
//!  relay     each TURN address: a real path is opened through it
//! ```
//!
//! Beside a running server the ways are walked to it; else one is started for the length of the test.

mod machine;
mod paths;
mod relay;

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::cli::offline;
use crate::compose::{Machine, compose};
use crate::config::Config;
use crate::health;

/// How to look.
#[derive(Args, Clone, Copy, Debug)]
pub struct Options {
    /// Print one JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

/// One thing looked at.
#[derive(Serialize)]
struct Finding {
    /// What was looked at.
    what: String,
    /// What is wrong with it; absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<&'static str>,
}

fn found(what: impl Into<String>, result: Result<(), String>, mend: &'static str) -> Finding {
    let fault = result.err();
    Finding { what: what.into(), mend: fault.is_some().then_some(mend), fault }
}

/// What was found.
#[derive(Serialize)]
pub struct Report {
    /// No fault anywhere.
    well: bool,
    /// A server was running already.
    running: bool,
    findings: Vec<Finding>,
}

/// Looks, prints, and answers failure when anything is wrong.
pub async fn run(config: Config, options: Options) -> anyhow::Result<ExitCode> {
    let report = examine(&config).await;
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    Ok(if report.well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Looks at everything.
pub async fn examine(config: &Config) -> Report {
    let running = paths::is_running(config).await;
    let mut findings = machine::look(config, running);
    let parts = if running { offline(config.clone()) } else { config.clone() };
    match compose(parts, Machine::real()).await {
        Ok(app) => {
            findings.extend(health::report(&app).await.into_iter().map(|(part, answer)| {
                let result = if answer == "ok" { Ok(()) } else { Err(answer) };
                found(part, result, mend(part))
            }));
            findings.extend(paths::look(config, app, running).await);
        }
        Err(error) => findings.push(found(
            "database, storage, Redis, media",
            Err(error.to_string()),
            "check database.url, blobs, redis.url, the media ports, and that data_dir can be written",
        )),
    }
    findings.extend(relay::look(config).await);
    let well = findings.iter().all(|finding| finding.fault.is_none());
    Report { well, running, findings }
}

fn print(report: &Report) {
    let running =
        if report.running { "is running here" } else { "is not running here: started for this test" };
    println!("OneDoor {running}.");
    for Finding { what, fault, mend } in &report.findings {
        match fault {
            None => println!("  ok    {what}"),
            Some(fault) => println!("  FAULT {what}: {fault}\n        → {}", mend.unwrap_or_default()),
        }
    }
}

fn mend(part: &str) -> &'static str {
    match part {
        "database" => "check database.url and that the server is running",
        "tables" => "run `onedoor migrate`",
        "storage" => "check blobs.directory can be written, or blobs.endpoint, bucket and keys",
        _ => "check redis.url and that Redis is running",
    }
}
