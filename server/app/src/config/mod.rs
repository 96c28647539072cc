//! Settings: a TOML file, overridden by variables `ONEDOOR__SECTION__KEY`. Everything has a default that works on one
//! machine with nothing else installed.
//!
//! `onedoor doctor` checks the whole of it; `deploy/onedoor.example.toml` is written from [`SAMPLE`] and tested to equal
//! the defaults, so it cannot grow stale.

mod media;
mod sections;

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

pub use self::media::{Media, MediaKey, Recordings, Turn};
pub use self::sections::{Auth, Blobs, Database, Documents, Duty, Http, Log, Papers, Redis, Web};

/// The commented sample, shipped as `deploy/onedoor.example.toml`.
pub const SAMPLE: &str = include_str!("../../../../deploy/onedoor.example.toml");

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
