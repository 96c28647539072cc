//! Settings: a TOML file, overridden by variables `ONEDOOR__SECTION__KEY`. Everything has a default that works on one
//! machine with nothing else installed.
//!
//! `onedoor doctor` checks the whole of it; `deploy/onedoor.example.toml` is written from [`SAMPLE`] and tested to equal
//! the defaults, so it cannot grow stale.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The commented sample, shipped as `deploy/onedoor.example.toml`.
pub const SAMPLE: &str = include_str!("../../../deploy/onedoor.example.toml");

/// All settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where local files live: database, papers, generated keys.
    pub data_dir: PathBuf,
    /// The listener.
    pub http: Http,
    /// The database.
    pub database: Database,
    /// Redis, for several nodes.
    pub redis: Redis,
    /// Papers and recordings.
    pub blobs: Blobs,
    /// Sign-in and tokens.
    pub auth: Auth,
    /// The media plane.
    pub media: Media,
    /// Relays for networks that let no UDP through.
    pub turn: Turn,
    /// Experts on call.
    pub duty: Duty,
    /// Recordings of sittings.
    pub recordings: Recordings,
    /// The built pages.
    pub web: Web,
    /// Typesetting.
    pub documents: Documents,
    /// Papers people hand in.
    pub papers: Papers,
    /// Logs.
    pub log: Log,
    /// Set by `onedoor demo` and by nothing else: codes are shown on screen, the media key is public.
    #[serde(skip)]
    pub demo: bool,
}

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

/// The media plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Media {
    /// UDP port of all media.
    pub udp_port: u16,
    /// TCP port for clients whose network lets no UDP through (ICE-TCP); 0 offers none.
    pub tcp_port: u16,
    /// Threads that forward packets; 0 is one for each core.
    pub workers: usize,
    /// Addresses told to browsers; empty: those of this machine.
    pub advertised: Vec<IpAddr>,
    /// Send many packets with one system call where the kernel can.
    pub gso: bool,
    /// Seconds a person whose connection is lost keeps the place in the sitting's media, 15 to 30.
    pub grace_seconds: u32,
    /// Keys that may mint media tokens; empty: one is made and kept in the data directory.
    pub keys: Vec<MediaKey>,
}

/// A key of the media wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaKey {
    /// Its name, the token's issuer.
    pub api_key: String,
    /// Its secret.
    pub api_secret: String,
}

/// Relays for networks that let no UDP through: a coturn with `use-auth-secret` (`deploy/coturn`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turn {
    /// `turn:host:port?transport=udp|tcp` and `turns:host:port?transport=tcp` (RFC 7065); empty: no relay.
    pub urls: Vec<String>,
    /// Shared with the relay (coturn: `static-auth-secret`); credentials are made from it for each participant.
    pub secret: String,
    /// Seconds in which a credential may open a relayed path. A path that is open stays open.
    pub ttl: u64,
}

/// Recordings of sittings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recordings {
    /// Directory, on a disk with room; empty: `recordings` in the data directory.
    pub directory: PathBuf,
    /// Days a recording is kept after its end, unless it is held (R35).
    pub retention_days: u32,
    /// Below so many free MiB hosts are warned.
    pub warn_below: u64,
    /// Below so many free MiB nothing more is recorded, so that database and logs still have room.
    pub stop_below: u64,
    /// The program that makes one film of a recording; by name or by path.
    pub ffmpeg: PathBuf,
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

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            http: Http::default(),
            database: Database::default(),
            redis: Redis::default(),
            blobs: Blobs::default(),
            auth: Auth::default(),
            media: Media::default(),
            turn: Turn::default(),
            recordings: Recordings::default(),
            duty: Duty::default(),
            web: Web::default(),
            documents: Documents::default(),
            papers: Papers::default(),
            log: Log::default(),
            demo: false,
        }
    }
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

impl Default for Media {
    fn default() -> Self {
        Self {
            udp_port: 7882,
            tcp_port: 7881,
            workers: 0,
            advertised: Vec::new(),
            gso: true,
            grace_seconds: 30,
            keys: Vec::new(),
        }
    }
}

impl Default for Turn {
    fn default() -> Self {
        Self { urls: Vec::new(), secret: String::new(), ttl: 3600 }
    }
}

impl Default for Recordings {
    fn default() -> Self {
        Self {
            directory: PathBuf::new(),
            retention_days: domain::recording::RETENTION_DAYS,
            warn_below: 5120,
            stop_below: 1024,
            ffmpeg: "ffmpeg".into(),
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

impl Config {
    /// Reads the file, when one is named or `onedoor.toml` stands here, and the variables over it.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown key, a value of the wrong kind: with the key's name.
    pub fn load(file: Option<&Path>) -> Result<Self, config::ConfigError> {
        let mut sources = config::Config::builder();
        sources = match file {
            Some(file) => sources.add_source(config::File::from(file)),
            None => sources.add_source(config::File::with_name("onedoor").required(false)),
        };
        sources
            .add_source(
                config::Environment::with_prefix("ONEDOOR")
                    .prefix_separator("__")
                    .separator("__")
                    .try_parsing(true)
                    .list_separator(",")
                    .with_list_parse_key("auth.secrets")
                    .with_list_parse_key("media.advertised")
                    .with_list_parse_key("turn.urls")
                    .with_list_parse_key("http.trusted_proxies"),
            )
            .build()?
            .try_deserialize()
    }

    /// The database, with the default filled in.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite://{}?mode=rwc", self.data_dir.join("onedoor.db").display())
        } else {
            self.database.url.clone()
        }
    }

    /// The directory of papers, with the default filled in.
    pub fn blob_directory(&self) -> PathBuf {
        or_default(&self.blobs.directory, || self.data_dir.join("blobs"))
    }

    /// The directory of recordings, with the default filled in.
    pub fn recording_directory(&self) -> PathBuf {
        or_default(&self.recordings.directory, || self.data_dir.join("recordings"))
    }

    /// The directory of fonts, with the default filled in.
    pub fn font_directory(&self) -> PathBuf {
        or_default(&self.documents.fonts, || self.data_dir.join("fonts"))
    }

    /// Whether signing codes can be sent. No short-message gateway is built in yet; the demo shows the message on the
    /// screen. Without codes a signature rests on the drawn name and on the mediator who witnesses it, and its evidence
    /// says so.
    pub fn sends_codes(&self) -> bool {
        self.demo
    }

    /// Where keys and certificates of seals lie, one folder an organisation.
    pub fn seal_directory(&self) -> PathBuf {
        self.data_dir.join("seal")
    }

    /// The base of links, without a slash at its end.
    pub fn public_url(&self) -> &str {
        self.http.public_url.trim_end_matches('/')
    }
}

fn or_default(path: &Path, default: impl FnOnce() -> PathBuf) -> PathBuf {
    if path.as_os_str().is_empty() { default() } else { path.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Config, config::ConfigError> {
        config::Config::builder()
            .add_source(config::File::from_str(toml, config::FileFormat::Toml))
            .build()?
            .try_deserialize()
    }

    #[test]
    fn the_sample_says_exactly_the_defaults() {
        assert_eq!(read(SAMPLE).unwrap(), Config::default());
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let error = read("[http]\nlisten_on = \"0.0.0.0:1\"").unwrap_err().to_string();
        assert!(error.contains("listen_on"), "{error}");
    }
}
