//! `onedoor demo`: one command, six cases, two sittings to walk into.
//!
//! ```text
//!  people ┐
//!  stories┼▶ tell ─▶ seed ─▶ handout (demo.json, the printed page, the QR code) ─▶ serve
//!  ink ───┘
//! ```
//! The demo keeps its own data under `<data_dir>/demo`; started again it goes on with it, `--reset` begins anew.

mod agree;
mod bots;
pub mod handout;
mod ink;
mod people;
mod play;
mod roster;
mod seed;
mod stories;
mod story;
mod tell;

use std::net::Ipv4Addr;

use anyhow::Context as _;
use clap::Args;

use crate::cli::serve_until_told;
use crate::compose::{Machine, compose};
use crate::config::Config;
use crate::state::AppState;
use crate::tls;

use handout::Handout;

/// What may be said on the command line.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// HTTP port; the media ports follow it: TCP (port + 1) and UDP (port + 2).
    #[arg(long, default_value_t = 7880)]
    pub port: u16,
    /// Forget everything and begin anew.
    #[arg(long)]
    pub reset: bool,
    /// Serve https with a certificate made on the spot, so that phones on the network may use their camera.
    #[arg(long)]
    pub lan: bool,
    /// Let simulated participants sit in the first sitting: be the mediator, alone.
    #[arg(long)]
    pub bots: bool,
}

/// Seeds, prints, serves.
pub async fn run(config: Config, options: Options) -> anyhow::Result<()> {
    let config = settings(config, &options)?;
    if options.reset {
        forget(&config)?;
    }
    let app = compose(config, Machine::real()).await?;
    app.store.migrate().await?;
    let mut handout = prepare(&app).await?;
    let bots = if options.bots { bots::invite(&app, &mut handout).await? } else { Vec::new() };
    serve_until_told(app, move |app| {
        handout.print(&Handout::file(&app.config.data_dir), options.bots);
        bots::start(app, bots)
    })
    .await
}

/// The demo's own settings over the ones that were given.
fn settings(mut config: Config, options: &Options) -> anyhow::Result<Config> {
    config.demo = true;
    config.http.listen = if options.lan {
        (Ipv4Addr::UNSPECIFIED, options.port).into()
    } else {
        // Not on the network: everybody knows the media key.
        (Ipv4Addr::LOCALHOST, options.port).into()
    };
    config.http.self_signed = options.lan;
    config.http.public_url = if options.lan {
        let address =
            tls::lan_address().context("this machine has no address on a network: leave --lan out")?;
        format!("https://{address}:{}", options.port)
    } else {
        format!("http://localhost:{}", options.port)
    };
    config.media.tcp_port = options.port.checked_add(1).context("--port is too high")?;
    config.media.udp_port = options.port.checked_add(2).context("--port is too high")?;
    Ok(config)
}

/// Removes what the demo made: its database, papers and handout. Fonts and certificates stay.
fn forget(config: &Config) -> anyhow::Result<()> {
    anyhow::ensure!(
        config.database.url.is_empty(),
        "--reset removes the demo's own database only, not database.url"
    );
    let data = &config.data_dir;
    let files = ["onedoor.db", "onedoor.db-wal", "onedoor.db-shm"].map(|name| data.join(name));
    for file in files.iter().filter(|file| file.exists()) {
        std::fs::remove_file(file).with_context(|| format!("removing {}", file.display()))?;
    }
    for directory in [data.join("demo"), config.blob_directory(), config.recording_directory()]
        .iter()
        .filter(|directory| directory.exists())
    {
        std::fs::remove_dir_all(directory).with_context(|| format!("removing {}", directory.display()))?;
    }
    Ok(())
}

/// The handout of a former start, or a fresh county.
pub async fn prepare(app: &AppState) -> anyhow::Result<Handout> {
    let data_dir = &app.config.data_dir;
    let tx = app.store.read().await?;
    let settled = store::staff::count(&tx).await? > 0;
    tx.rollback().await?;
    let handout = match Handout::read(data_dir)?.filter(|_| settled) {
        Some(mut former) => {
            former.moved_to(app.config.public_url());
            former
        }
        None if settled => anyhow::bail!(
            "{} holds data but no demo: choose another data_dir, or start with --reset to remove it",
            data_dir.display()
        ),
        None => seed::seed(app).await?,
    };
    handout.write(data_dir)?;
    Ok(handout)
}
