//! `onedoor verify FILE`: checks a sealed paper, offline, and says the result in words.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use documents::{LocalKey, Verdict};

use crate::config::Config;

/// What to check, and whom to believe.
#[derive(Args)]
pub struct Options {
    /// The PDF.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Certificates (PEM) of seals that are trusted; without it those of this installation.
    #[arg(long, value_name = "PEM")]
    trust: Vec<PathBuf>,
}

/// Prints the report. The exit code is 0 when the paper is as it was sealed.
pub fn run(config: &Config, options: &Options) -> anyhow::Result<ExitCode> {
    let file = &options.file;
    let pdf = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let mut anchors = Vec::new();
    for pem in &options.trust {
        anchors.extend(LocalKey::chain_in(pem).with_context(|| format!("reading {}", pem.display()))?);
    }
    if options.trust.is_empty() {
        anchors = own_seals(&config.seal_directory());
    }
    let report = documents::verify(&pdf, &anchors);
    println!("{}\n{report}", file.display());
    Ok(if report.verdict() == Verdict::Rejected { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The certificates of every organisation that has a seal here.
fn own_seals(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|entry| LocalKey::chain_of(&entry.path()).ok()).flatten().collect()
}
