//! `onedoor doctor`: looks at everything a start needs and says how to mend each fault.

use std::net::{TcpListener, UdpSocket};
use std::process::ExitCode;

use crate::compose::{Machine, compose};
use crate::config::Config;
use crate::{health, tls};

/// One thing looked at: what is wrong with it, and how to mend it.
struct Finding {
    what: &'static str,
    fault: Option<(String, &'static str)>,
}

fn found(what: &'static str, result: Result<(), String>, mend: &'static str) -> Finding {
    Finding { what, fault: result.err().map(|fault| (fault, mend)) }
}

/// Looks, prints, and answers failure when anything is wrong.
pub async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let mut findings = vec![
        found(
            "settings",
            check_settings(&config),
            "mend the value in onedoor.toml or its ONEDOOR__… variable",
        ),
        found("HTTP port", check_tcp(&config), "stop the other program, or change http.listen"),
        found("media port (UDP)", check_udp(&config), "stop the other program, or change media.udp_port"),
        found(
            "certificate",
            tls::acceptor(&config).map(drop).map_err(|error| error.to_string()),
            "check http.tls_certificate and http.tls_key",
        ),
        found(
            "pages",
            check_pages(&config),
            "run `cargo xtask run`, or `npm ci && npm run build` in web/, or set web.directory",
        ),
        found(
            "fonts",
            check_fonts(&config),
            "run `cargo xtask run`, which fetches them, or set documents.fonts to a directory with Chinese .ttf/.otf files",
        ),
    ];
    let config =
        Config { media: crate::config::Media { udp_port: 0, tcp_port: 0, ..config.media.clone() }, ..config };
    match compose(config, Machine::real()).await {
        Ok(app) => findings.extend(health::report(&app).await.into_iter().map(|(part, answer)| {
            let result = if answer == "ok" { Ok(()) } else { Err(answer) };
            found(part, result, mend(part))
        })),
        Err(error) => findings.push(found(
            "database, storage, Redis",
            Err(error.to_string()),
            "check database.url, blobs, redis.url, and that data_dir can be written",
        )),
    }
    let mut code = ExitCode::SUCCESS;
    for Finding { what, fault } in findings {
        match fault {
            None => println!("  ok    {what}"),
            Some((fault, mend)) => {
                println!("  FAULT {what}: {fault}\n        → {mend}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn mend(part: &str) -> &'static str {
    match part {
        "database" => "check database.url and that the server is running",
        "tables" => "run `onedoor migrate`",
        "storage" => "check blobs.directory can be written, or blobs.endpoint, bucket and keys",
        _ => "check redis.url and that Redis is running",
    }
}

fn check_settings(config: &Config) -> Result<(), String> {
    let url = url::Url::parse(config.public_url()).map_err(|error| format!("http.public_url: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("http.public_url: {} is neither http nor https", url.scheme()));
    }
    if url.scheme() == "http" && !matches!(url.host_str(), Some("localhost" | "127.0.0.1")) && !config.demo {
        return Err("http.public_url is plain http: browsers give pages no camera there".into());
    }
    if config.auth.argon2_memory < 19_456 {
        return Err("auth.argon2_memory is below 19456 KiB".into());
    }
    if config.media.workers == 0 {
        return Err("media.workers is 0: nobody would forward a packet".into());
    }
    Ok(())
}

fn check_tcp(config: &Config) -> Result<(), String> {
    TcpListener::bind(config.http.listen)
        .map(drop)
        .map_err(|error| format!("{}: {error}", config.http.listen))
}

fn check_udp(config: &Config) -> Result<(), String> {
    let port = config.media.udp_port;
    UdpSocket::bind(("0.0.0.0", port)).map(drop).map_err(|error| format!("{port}/udp: {error}"))
}

fn check_pages(config: &Config) -> Result<(), String> {
    for page in ["resident.html", "desk.html"] {
        let file = config.web.directory.join(page);
        if !file.is_file() {
            return Err(format!("{} is missing", file.display()));
        }
    }
    Ok(())
}

fn check_fonts(config: &Config) -> Result<(), String> {
    let directory = config.font_directory();
    let entries =
        std::fs::read_dir(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let is_font = |name: &str| [".ttf", ".otf", ".ttc"].iter().any(|end| name.to_lowercase().ends_with(end));
    if entries.flatten().any(|entry| is_font(&entry.file_name().to_string_lossy())) {
        Ok(())
    } else {
        Err(format!("{} holds no font", directory.display()))
    }
}
