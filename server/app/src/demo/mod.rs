//! `onedoor demo`: one command, six cases, two sittings to walk into.

use clap::Args;

use crate::cli::serve_until_told;
use crate::compose::{Machine, compose};
use crate::config::Config;

/// What may be said on the command line.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// HTTP port; the UDP media port follows it (port + 2).
    #[arg(long, default_value_t = 7880)]
    pub port: u16,
    /// Forget everything and begin anew.
    #[arg(long)]
    pub reset: bool,
    /// Serve https with a certificate made on the spot, so that phones on the network may use their camera.
    #[arg(long)]
    pub lan: bool,
    /// Let simulated participants join the sittings.
    #[arg(long)]
    pub bots: bool,
}

/// Seeds, prints, serves.
pub async fn run(mut config: Config, options: Options) -> anyhow::Result<()> {
    config.demo = true;
    config.http.listen.set_port(options.port);
    config.http.self_signed = options.lan;
    let app = compose(config, Machine::real()).await?;
    app.store.migrate().await?;
    serve_until_told(app).await
}
