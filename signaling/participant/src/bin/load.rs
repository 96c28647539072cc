//! `load media|join|api --server <onedoor>`: see `cargo xtask bench`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use participant::load::{api, join, media};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let number = |name: &str, usual: u32| {
        flag(name).map_or(Ok(usual), |text| text.parse()).with_context(|| name.to_owned())
    };
    let server = PathBuf::from(flag("--server").context("--server <path of onedoor>")?);
    let usual = media::Shape::default();
    let figures = match args.first().map(String::as_str) {
        Some("media") => {
            let shape = media::Shape {
                rooms: number("--rooms", usual.rooms)?,
                publishers: number("--publishers", usual.publishers)?,
                subscribers: number("--subscribers", usual.subscribers)?,
                time: Duration::from_secs(number("--seconds", 20)?.into()),
            };
            media::run(&server, shape).await?
        }
        Some("join") => join::run(&server, number("--count", 30)?).await?,
        Some("api") => api::run(&server, Duration::from_secs(number("--seconds", 10)?.into())).await?,
        _ => bail!("load media|join|api --server <path of onedoor>"),
    };
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}
