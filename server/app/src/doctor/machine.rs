//! What stands on this machine: settings, ports, certificate, pages, programs, fonts.

use std::net::{TcpListener, UdpSocket};
use std::path::Path;

use super::{Finding, found};
use crate::config::Config;
use crate::tls;

/// Looks at what needs no server. `running`: ours is up, so its ports are taken by itself.
pub(super) fn look(config: &Config, running: bool) -> Vec<Finding> {
    let free = |result: Result<(), String>| if running { Ok(()) } else { result };
    vec![
        found(
            "settings",
            check_settings(config),
            "mend the value in onedoor.toml or its ONEDOOR__… variable",
        ),
        found("HTTP port", free(check_tcp(config)), "stop the other program, or change http.listen"),
        found(
            "media port (UDP)",
            free(check_udp(config)),
            "stop the other program, or change media.udp_port",
        ),
        found(
            "media port (TCP)",
            free(check_media_tcp(config)),
            "stop the other program, or change media.tcp_port",
        ),
        found(
            "certificate",
            tls::acceptor(config).map(drop).map_err(|error| error.to_string()),
            "check http.tls_certificate and http.tls_key",
        ),
        found(
            "pages",
            check_pages(config),
            "run `cargo xtask run`, or `npm ci && npm run build` in web/, or set web.directory",
        ),
        found(
            "recordings",
            check_recordings(config),
            "make the folder writable for the server, or set recordings.directory to a disk with room",
        ),
        found(
            "ffmpeg",
            starts(&config.recordings.ffmpeg, "-version"),
            "install ffmpeg (Debian: apt install ffmpeg) or set recordings.ffmpeg; only films of recordings need it",
        ),
        found(
            "prlimit",
            starts(Path::new("prlimit"), "--version"),
            "install util-linux (Debian: apt install util-linux); without it no paper can be laid on the table",
        ),
        found(
            "pdfinfo",
            starts(&config.papers.pdfinfo, "-v"),
            "install poppler's tools (Debian: apt install poppler-utils) or set papers.pdfinfo; without it PDF papers are refused",
        ),
        found(
            "pdftoppm",
            starts(&config.papers.pdftoppm, "-v"),
            "install poppler's tools (Debian: apt install poppler-utils) or set papers.pdftoppm; without it PDF papers have no pages",
        ),
        found(
            "fonts",
            check_fonts(config),
            "run `cargo xtask run`, which fetches them, or set documents.fonts to a directory with Chinese .ttf/.otf files",
        ),
    ]
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
    if !config.turn.urls.is_empty() && config.turn.secret.len() < 16 {
        return Err(
            "turn.secret is missing or shorter than 16 characters: anybody could use the relay".into()
        );
    }
    Ok(())
}

fn check_tcp(config: &Config) -> Result<(), String> {
    TcpListener::bind(config.http.listen)
        .map(drop)
        .map_err(|error| format!("{}: {error}", config.http.listen))
}

fn check_media_tcp(config: &Config) -> Result<(), String> {
    let port = config.media.tcp_port;
    if port == 0 {
        return Ok(());
    }
    TcpListener::bind(("0.0.0.0", port)).map(drop).map_err(|error| format!("{port}/tcp: {error}"))
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

/// The folder can be written, and holds what a sitting of some hours needs.
fn check_recordings(config: &Config) -> Result<(), String> {
    let directory = config.recording_directory();
    let said = |error: std::io::Error| format!("{}: {error}", directory.display());
    std::fs::create_dir_all(&directory).map_err(said)?;
    let probe = directory.join(".doctor");
    std::fs::write(&probe, b"ok").map_err(said)?;
    std::fs::remove_file(&probe).map_err(said)?;
    if config.recordings.warn_below < config.recordings.stop_below {
        return Err("recordings.warn_below is less than recordings.stop_below: nobody would be warned".into());
    }
    Ok(())
}

/// The program can be started: it tells its version.
fn starts(program: &Path, tell_version: &str) -> Result<(), String> {
    let said = |error: String| format!("{}: {error}", program.display());
    let told = std::process::Command::new(program).arg(tell_version).output();
    let status = told.map_err(|error| said(error.to_string()))?.status;
    if status.success() { Ok(()) } else { Err(said(status.to_string())) }
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
