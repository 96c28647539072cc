//! Settings of everything but sound and picture, a part each.

use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// The listener.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address and port for HTTP and WebSocket.
    pub listen: SocketAddr,
    /// What users type; links in notices begin with it.
    pub public_url: String,
    /// Connections beyond this are closed at once.
    pub max_connections: usize,
    /// Seconds a client has to send the head of a request, and between two pieces of its body.
    pub read_timeout: u64,
    /// Bytes of a request body.
    pub max_body: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// A certificate made on the spot, so that phones on the local network may use their camera.
    pub self_signed: bool,
    /// PEM files of a real certificate; both or neither.
    pub tls_certificate: Option<PathBuf>,
    /// See `tls_certificate`.
    pub tls_key: Option<PathBuf>,
}

/// The database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct Database {
    /// `sqlite://…` or `postgres://…`; empty: `onedoor.db` in the data directory.
    pub url: String,
}

/// Redis, for several nodes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redis {
    /// `redis://host:port`; empty: this node is the only one.
    pub url: String,
}

/// Papers and recordings: a bucket when named, else a directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Blobs {
    /// Directory; empty: `blobs` in the data directory.
    pub directory: PathBuf,
    /// S3 bucket; empty: the directory is used.
    pub bucket: String,
    /// S3 endpoint, for instance `http://minio:9000`.
    pub endpoint: String,
    /// S3 region.
    pub region: String,
    /// S3 access key.
    pub access_key: String,
    /// S3 secret key.
    pub secret_key: String,
}

/// Sign-in and tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// Secrets of 32 bytes in hex, the newest first; empty: one is made and kept in the data directory.
    pub secrets: Vec<String>,
    /// Life of a staff access token, in seconds.
    pub access_seconds: u32,
    /// Life of a sign-in without use, in days.
    pub refresh_days: u32,
    /// Life of a seat token, in seconds: a long sitting and some.
    pub seat_seconds: u32,
    /// Argon2id memory in KiB; 19456 is the OWASP floor.
    pub argon2_memory: u32,
    /// Argon2id passes.
    pub argon2_passes: u32,
}

/// Experts on call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Duty {
    /// Seconds one desk rings before the next one does.
    pub ring_seconds: u32,
}

/// The built pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Directory with `resident.html`, `desk.html` and `assets/`.
    pub directory: PathBuf,
}

/// Typesetting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Documents {
    /// Directory with the Chinese fonts; empty: `fonts` in the data directory.
    pub fonts: PathBuf,
}

/// Papers people hand in at a sitting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Papers {
    /// MiB of one file at most.
    pub most_mib: u64,
    /// MiB of all files of one case at most.
    pub case_mib: u64,
    /// Pages of one file at most.
    pub most_pages: u32,
    /// Seconds one page may take to be made.
    pub page_seconds: u64,
    /// The programs that read a PDF (poppler-utils), by name or by path.
    pub pdfinfo: PathBuf,
    /// See `pdfinfo`.
    pub pdftoppm: PathBuf,
    /// The program whose `develop` makes a page of a photo; empty: this one.
    pub developer: PathBuf,
}

/// Logs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Filter, as `tracing_subscriber::EnvFilter` reads it.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 7880)),
            public_url: "http://localhost:7880".into(),
            max_connections: 4096,
            read_timeout: 10,
            max_body: 2 * 1024 * 1024,
            trusted_proxies: Vec::new(),
            self_signed: false,
            tls_certificate: None,
            tls_key: None,
        }
    }
}

impl Default for Blobs {
    fn default() -> Self {
        Self {
            directory: PathBuf::new(),
            bucket: String::new(),
            endpoint: String::new(),
            region: "us-east-1".into(),
            access_key: String::new(),
            secret_key: String::new(),
        }
    }
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            secrets: Vec::new(),
            access_seconds: 600,
            refresh_days: 14,
            seat_seconds: 12 * 3600,
            argon2_memory: 19_456,
            argon2_passes: 2,
        }
    }
}

impl Default for Duty {
    fn default() -> Self {
        Self { ring_seconds: 30 }
    }
}

impl Default for Web {
    fn default() -> Self {
        Self { directory: "web/dist".into() }
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self { fonts: PathBuf::new() }
    }
}

impl Default for Papers {
    fn default() -> Self {
        Self {
            most_mib: 20,
            case_mib: 300,
            most_pages: 60,
            page_seconds: 20,
            pdfinfo: "pdfinfo".into(),
            pdftoppm: "pdftoppm".into(),
            developer: PathBuf::new(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            filter: "info,sqlx=warn,sea_orm=warn,str0m::format=error,rtc=off,rtc_ice=off,webrtc=error".into(),
            json: false,
        }
    }
}
