//! Where the server is put together: the one place that chooses SQLite or PostgreSQL, in-process or Redis, disk or S3.

use std::fs;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use livekit::{IceServers, Keys, Turn, Wire, WireConfig};
use media::Media;
use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::local::LocalFileSystem;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use store::Store;

use crate::clock::{Clock, SystemClock};
use crate::config::{Blobs as BlobConfig, Config, MediaKey};
use crate::darkroom::Darkroom;
use crate::ids::{Ids, SystemIds};
use crate::jobs::Jobs;
use crate::live::{Hub, Live, Parts, StoreDoor, StoreJournal, StorePapers, StoreRevocations, WirePlane};
use crate::password::Passwords;
use crate::ports::bus::{LocalBus, RedisBus};
use crate::ports::lease::{LocalLease, RedisLease};
use crate::ports::limit::{LocalLimit, RedisLimit};
use crate::ports::{Blobs, Bus, Lease, Limit};
use crate::press::Press;
use crate::problem::Fault;
use crate::random::{Random, SystemRandom};
use crate::recordings::{self, Recordings};
use crate::state::AppState;
use crate::tasks::Tasks;
use crate::tls;
use crate::tokens::Tokens;

/// How long a call to Redis may take before the request is answered “try again”.
const REDIS_PATIENCE: Duration = Duration::from_secs(2);

/// What the machine gives: the time, ids, randomness. Tests bring their own.
pub struct Machine {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Ids,
    /// Secrets.
    pub random: Random,
}

impl Machine {
    /// The real thing.
    pub fn real() -> Self {
        Self { clock: Arc::new(SystemClock), ids: Ids::new(SystemIds), random: Random::new(SystemRandom) }
    }
}

/// Puts the server together. The database is opened but not migrated.
pub async fn compose(mut config: Config, machine: Machine) -> Result<AppState, Fault> {
    fs::create_dir_all(&config.data_dir).map_err(Fault::of("making the data directory"))?;
    let Machine { clock, ids, random } = machine;
    if config.media.keys.is_empty() {
        config.media.keys.push(media_key(&config, &random)?);
    }
    let store = Store::connect(&config.database_url(), &store::Settings::default())
        .await
        .map_err(Fault::of("opening the database"))?;
    let tasks = Tasks::new();
    let shared = shared(&config.redis.url, &tasks).await?;
    let media = media(&config)?;
    let revocations = Arc::new(StoreRevocations::new(store.clone(), clock.clone()));
    let wire = WireConfig { revocations: Some(revocations), ..wire_config(&config, &tasks) };
    let wire = Wire::new(media.clone(), wire);
    let tokens = Arc::new(tokens(&config, &random)?);
    let recordings = recordings(&config, &store, &clock, &ids, &wire, &tasks);
    let live = live(&config, &store, &tokens, (&clock, &ids), (&wire, &recordings), &tasks);
    let blobs = blobs(&config)?;
    let press = Press::new(config.font_directory(), config.seal_directory());
    let spool = config.data_dir.join("spool");
    let darkroom = Darkroom::new(config.papers.clone(), spool, blobs.clone(), press.clone(), ids.clone())?;
    Ok(AppState {
        tokens,
        passwords: Passwords::new(config.auth.argon2_memory, config.auth.argon2_passes, random.clone())?,
        blobs,
        bus: shared.bus,
        lease: shared.lease,
        limit: shared.limit,
        redis: shared.redis,
        press,
        darkroom,
        jobs: Jobs::default(),
        config: Arc::new(config),
        store,
        media,
        wire,
        recordings,
        live,
        clock,
        ids,
        random,
        tasks,
    })
}

/// What several nodes share, or one node keeps to itself.
struct Shared {
    bus: Bus,
    lease: Lease,
    limit: Limit,
    redis: Option<ConnectionManager>,
}

async fn shared(url: &str, tasks: &Tasks) -> Result<Shared, Fault> {
    if url.is_empty() {
        return Ok(Shared {
            bus: Arc::new(LocalBus::new()),
            lease: Arc::new(LocalLease::new()),
            limit: Arc::new(LocalLimit::new()),
            redis: None,
        });
    }
    let client = redis::Client::open(url).map_err(Fault::of("reading redis.url"))?;
    let connection = redis_connection(client.clone()).await?;
    Ok(Shared {
        bus: Arc::new(RedisBus::start(client, connection.clone(), tasks)),
        lease: Arc::new(RedisLease::new(connection.clone())),
        limit: Arc::new(RedisLimit::new(connection.clone())),
        redis: Some(connection),
    })
}

/// A connection that comes back by itself when Redis does.
pub async fn redis_connection(client: redis::Client) -> Result<ConnectionManager, Fault> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(REDIS_PATIENCE))
        .set_response_timeout(Some(REDIS_PATIENCE))
        .set_number_of_retries(2)
        .set_max_delay(Duration::from_millis(500));
    ConnectionManager::new_with_config(client, config).await.map_err(Fault::of("connecting to Redis"))
}

fn blobs(config: &Config) -> Result<Blobs, Fault> {
    if config.blobs.bucket.is_empty() {
        disk_blobs(&config.blob_directory())
    } else {
        s3_blobs(&config.blobs)
    }
}

/// Papers in a directory, each write synced before it counts.
pub fn disk_blobs(directory: &Path) -> Result<Blobs, Fault> {
    fs::create_dir_all(directory).map_err(Fault::of("making the directory of papers"))?;
    let disk =
        LocalFileSystem::new_with_prefix(directory).map_err(Fault::of("opening the directory of papers"))?;
    Ok(Blobs::new(disk.with_fsync(true)))
}

/// Papers in an S3 bucket.
pub fn s3_blobs(config: &BlobConfig) -> Result<Blobs, Fault> {
    let bucket = AmazonS3Builder::new()
        .with_bucket_name(&config.bucket)
        .with_endpoint(&config.endpoint)
        .with_region(&config.region)
        .with_access_key_id(&config.access_key)
        .with_secret_access_key(&config.secret_key)
        .with_allow_http(config.endpoint.starts_with("http://"))
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .build()
        .map_err(Fault::of("reading the S3 settings"))?;
    Ok(Blobs::new(bucket))
}

fn media(config: &Config) -> Result<Media, Fault> {
    let settings = &config.media;
    let mut advertised = settings.advertised.clone();
    if advertised.is_empty() {
        advertised.extend(tls::lan_address());
        advertised.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let config = media::Config {
        udp: SocketAddr::from((Ipv4Addr::UNSPECIFIED, settings.udp_port)),
        tcp: (settings.tcp_port != 0).then(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, settings.tcp_port))),
        advertised,
        workers: settings.workers,
        gso: settings.gso,
    };
    Media::start(&config)
        .map_err(Fault::of("starting the media threads (are media.udp_port and media.tcp_port free?)"))
}

fn wire_config(config: &Config, tasks: &Tasks) -> WireConfig {
    let key = |key: &MediaKey| Keys { api_key: key.api_key.clone(), api_secret: key.api_secret.clone() };
    WireConfig {
        keys: config.media.keys.iter().map(key).collect(),
        open_rooms: config.demo,
        ice_servers: ice_servers(config),
        grace: Duration::from_secs(config.media.grace_seconds.clamp(15, 30).into()),
        tasks: tasks.tracker(),
        ..WireConfig::default()
    }
}

/// The relays people are told of. The media server itself needs no STUN: it answers where it is reached.
fn ice_servers(config: &Config) -> IceServers {
    IceServers { stun: Vec::new(), turn: turn(config) }
}

/// The relay of the settings, if there is one.
pub(crate) fn turn(config: &Config) -> Option<Turn> {
    let turn = &config.turn;
    (!turn.urls.is_empty()).then(|| Turn {
        urls: turn.urls.clone(),
        secret: turn.secret.clone(),
        lifetime: Duration::from_secs(turn.ttl),
    })
}

/// Recordings on this node's disk.
fn recordings(
    config: &Config,
    store: &Store,
    clock: &Arc<dyn Clock>,
    ids: &Ids,
    wire: &Wire,
    tasks: &Tasks,
) -> Recordings {
    let settings = &config.recordings;
    Recordings::new(recordings::Parts {
        store: store.clone(),
        wire: wire.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        tasks: tasks.clone(),
        root: config.recording_directory(),
        settings: recorder::Settings {
            warn_below: settings.warn_below << 20,
            stop_below: settings.stop_below << 20,
            ..recorder::Settings::default()
        },
        retention_days: settings.retention_days,
    })
}

/// The live hub over this node's store and media wire.
fn live(
    config: &Config,
    store: &Store,
    tokens: &Arc<Tokens>,
    (clock, ids): (&Arc<dyn Clock>, &Ids),
    (wire, recordings): (&Wire, &Recordings),
    tasks: &Tasks,
) -> Live {
    let hub = Hub::new(Parts {
        journal: Arc::new(StoreJournal::new(store.clone(), clock.clone(), ids.clone())),
        plane: Arc::new(WirePlane::new(wire.clone(), tasks)),
        papers: Arc::new(StorePapers::new(store.clone()).with_codes(config.sends_codes())),
        clock: clock.clone(),
        recordings: recordings.clone(),
        tasks: tasks.clone(),
    });
    Live { hub, door: Arc::new(StoreDoor::new(store.clone(), tokens.clone(), clock.clone())) }
}

fn tokens(config: &Config, random: &Random) -> Result<Tokens, Fault> {
    let secrets = if config.auth.secrets.is_empty() {
        vec![kept_secret(&config.data_dir.join("auth.key"), random)?]
    } else {
        config.auth.secrets.clone()
    };
    let secrets = secrets
        .iter()
        .map(|secret| hex::decode(secret.trim()).map_err(Fault::of("reading auth.secrets (hex)")))
        .collect::<Result<Vec<_>, _>>()?;
    let auth = &config.auth;
    Tokens::new(
        &secrets,
        TimeDelta::seconds(auth.access_seconds.into()),
        TimeDelta::seconds(auth.seat_seconds.into()),
    )
}

/// Demo: the key everybody knows. Else one of this installation's own.
fn media_key(config: &Config, random: &Random) -> Result<MediaKey, Fault> {
    if config.demo {
        return Ok(MediaKey { api_key: "devkey".into(), api_secret: "secret".into() });
    }
    let api_secret = kept_secret(&config.data_dir.join("media.key"), random)?;
    Ok(MediaKey { api_key: "onedoor".into(), api_secret })
}

/// A secret made at the first start and kept, readable by the owner alone.
fn kept_secret(file: &Path, random: &Random) -> Result<String, Fault> {
    match fs::read_to_string(file) {
        Ok(secret) => Ok(secret.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let secret = hex::encode(random.bytes::<32>());
            write_private(file, &secret).map_err(Fault::of("keeping a secret"))?;
            Ok(secret)
        }
        Err(error) => Err(Fault::new("reading a kept secret", error)),
    }
}

/// Writes a file that only its owner may read.
pub(crate) fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()
}
