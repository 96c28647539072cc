//! `load media|join|api --server <onedoor>`: see `cargo xtask bench`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use participant::load::bed::Kind;
use participant::load::media::{Part, Plan};
use participant::load::{api, join, media};

const USAGE: &str = "load media [moderate] [ceiling] [growth] [spread] [storm] | join | api
  --server <path of onedoor>
  --peer janus       Debian's Janus with the same client, interleaved
  --peer-alone       the peer without ours
  --rounds N         rounds of which the median is taken (3)
  --seconds N        length of one measurement (10)
  --rooms N          rooms of the moderate load (8)
  --joins N          joins of the storm (64)
  --count N          joins of `join` (30)
  --json <file>      all figures; - is standard output";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let number = |name: &str, usual: u32| {
        flag(name).map_or(Ok(usual), |text| text.parse()).with_context(|| name.to_owned())
    };
    let server = PathBuf::from(flag("--server").context(USAGE)?);
    let figures = match args.first().map(String::as_str) {
        Some("media") => {
            let named = args.iter().skip(1).take_while(|arg| !arg.starts_with("--"));
            let mut parts = named
                .map(|name| {
                    Part::ALL.iter().find(|(known, _)| known == name).map(|(_, part)| *part).context(USAGE)
                })
                .collect::<anyhow::Result<Vec<_>>>()?;
            if parts.is_empty() {
                parts = Part::ALL.iter().map(|(_, part)| *part).collect();
            }
            let kinds =
                match (flag("--peer").map(String::as_str), args.iter().any(|arg| arg == "--peer-alone")) {
                    (None, _) => vec![Kind::OneDoor],
                    (Some("janus"), false) => vec![Kind::OneDoor, Kind::Janus],
                    (Some("janus"), true) => vec![Kind::Janus],
                    (Some(_), _) => bail!("the only peer to compare with is janus"),
                };
            let plan = Plan {
                server,
                parts,
                kinds,
                rounds: number("--rounds", 3)?.max(1),
                time: Duration::from_secs(number("--seconds", 10)?.into()),
                rooms: number("--rooms", 8)?,
                joins: number("--joins", 64)?,
            };
            media::run(&plan).await?
        }
        Some("join") => shown(join::run(&server, number("--count", 30)?).await?)?,
        Some("api") => shown(api::run(&server, Duration::from_secs(number("--seconds", 10)?.into())).await?)?,
        _ => bail!(USAGE),
    };
    if let Some(file) = flag("--json") {
        let text = serde_json::to_string_pretty(&figures)?;
        if file == "-" {
            println!("{text}");
        } else {
            std::fs::write(file, text).with_context(|| file.clone())?;
        }
    }
    Ok(())
}

fn shown(figures: serde_json::Value) -> anyhow::Result<serde_json::Value> {
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(figures)
}
