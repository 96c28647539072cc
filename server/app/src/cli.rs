//! The command line: one binary, many roles.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::compose::{Machine, compose};
use crate::config::{Config, Log};
use crate::serve::{Limits, serve};
use crate::state::AppState;
use crate::{account, darkroom, demo, doctor, health, openapi, replay, router, tls, verify};

/// How long running requests and sittings may take to end after the word to stop.
const GRACE: Duration = Duration::from_secs(10);

/// 一扇门 OneDoor: online mediation, from the case to the signed agreement.
#[derive(Parser)]
#[command(name = "onedoor", version, about)]
struct Cli {
    /// Settings file; without it onedoor.toml here, when there is one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve HTTP, WebSocket and media until told to stop.
    Serve,
    /// Serve with demo cases, and print links and sign-ins.
    Demo(demo::Options),
    /// Bring the database up to this version.
    Migrate,
    /// Committees and staff accounts.
    #[command(subcommand)]
    Account(account::Account),
    /// Print the OpenAPI document, or write it to a file.
    Openapi {
        /// Where to write it.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Check the seal of a paper, offline.
    Verify(verify::Options),
    /// Make a page of a photo: run by the server in a child process with bounds.
    #[command(hide = true)]
    Develop {
        /// The photo.
        original: PathBuf,
        /// The page to be made.
        page: PathBuf,
    },
    /// Play the facts of a sitting again, and compare the state they lead to with the one it had.
    Replay(replay::Options),
    /// Check settings, database, storage, Redis, ports, pages and fonts, walk every way a phone may come (HTTPS,
    /// WebSocket, media over UDP, TCP and TURN), and say how to mend each fault.
    Doctor(doctor::Options),
}

/// Runs the command; the exit code is 0 when all went well.
pub fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("onedoor: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Openapi { file } = &cli.command {
        let text = openapi::json()?;
        match file {
            Some(file) => {
                std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))?;
            }
            None => print!("{text}"),
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Develop { original, page } = &cli.command {
        return Ok(ExitCode::from(darkroom::develop(original, page)));
    }
    let config = Config::load(cli.config.as_deref()).context("reading the settings")?;
    if let Command::Verify(options) = &cli.command {
        return verify::run(&config, options);
    }
    log(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        match cli.command {
            Command::Serve => {
                let app = compose(config, Machine::real()).await?;
                app.store.migrate().await?;
                serve_until_told(app, |_| Ok(())).await?;
            }
            Command::Demo(options) => demo::run(config, options).await?,
            Command::Migrate => {
                let app = compose(offline(config), Machine::real()).await?;
                let pending = app.store.pending_migrations().await?;
                app.store.migrate().await?;
                println!("{pending} migrations applied");
            }
            Command::Account(command) => {
                let app = compose(offline(config), Machine::real()).await?;
                app.store.migrate().await?;
                account::run(&app, command).await?;
            }
            Command::Doctor(options) => return doctor::run(config, options).await,
            Command::Replay(options) => return replay::run(config, options).await,
            Command::Openapi { .. } | Command::Verify(_) | Command::Develop { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// For commands that run beside a serving node: its media port is taken, so any other will do.
pub(crate) fn offline(mut config: Config) -> Config {
    config.media.udp_port = 0;
    config.media.tcp_port = 0;
    config
}

/// Listens, says so, serves, and ends tidily on SIGINT or SIGTERM.
pub(crate) async fn serve_until_told(
    app: AppState,
    say: impl FnOnce(&AppState) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    health::recorder();
    let http = &app.config.http;
    app.start().await?;
    let tls = tls::acceptor(&app.config)?;
    let listener =
        TcpListener::bind(http.listen).await.with_context(|| format!("listening on {}", http.listen))?;
    tracing::info!(listen = %listener.local_addr()?, url = http.public_url, tls = tls.is_some(), "serving");
    say(&app)?;
    let loop_ = serve(listener, router::router(app.clone()), tls, Limits::from(http), app.tasks.clone());
    tokio::select! {
        () = loop_ => {}
        told = told_to_stop() => told?,
    }
    tracing::info!("stopping");
    let left = app.shutdown(GRACE).await;
    app.store.close().await?;
    tracing::info!(left, "stopped");
    Ok(())
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn log(config: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter).context("reading log.filter")?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.json {
        builder.json().init();
    } else {
        builder.init();
    }
    Ok(())
}
