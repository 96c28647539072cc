//! Janus (Debian's package `janus`, videoroom plugin) as the other server of a comparison: a private configuration, a
//! process of its own, and its JSON over a WebSocket.
//!
//! A Janus publisher has one connection for what it sends and another for what it hears; a seat here may so be two
//! peer connections. Janus runs ICE-lite as our server does, and with no plugin but videoroom. It ties its sockets to
//! an interface and takes none on loopback: see [`super::ground`].

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_util::task::TaskTracker;

use super::bed::Seat;
use super::ground;
use super::lean::{Fleet, Sends};
use super::process::{Process, Usage};
use super::sdp::{Far, OUR_MEDIA, Own, Section};

/// Where Debian puts it.
pub const BINARY: &str = "/usr/bin/janus";
const PLUGINS: &str = "/usr/lib/x86_64-linux-gnu/janus";
const PATIENCE: Duration = Duration::from_secs(20);

/// A running Janus with one session.
pub struct Janus {
    process: Process,
    api: Api,
    /// Publishers' feed numbers, by room.
    feeds: Mutex<HashMap<u32, Vec<u64>>>,
}

impl Janus {
    /// Starts it on one core and opens a session.
    pub async fn start(tasks: &TaskTracker) -> anyhow::Result<Self> {
        ensure!(
            Path::new(BINARY).exists(),
            "Janus is missing: sudo apt-get install --no-install-recommends janus"
        );
        ensure!(ground::is_prepared(), "Janus needs the network of `cargo xtask bench media --peer janus`");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let folder = std::env::temp_dir().join(format!("onedoor-janus-{}-{port}", std::process::id()));
        configure(&folder, port)?;
        let mut command = Process::command(Path::new(BINARY), true);
        command.arg("-F").arg(&folder).arg("-C").arg(folder.join("janus.jcfg"));
        let mut process = Process::start(command, folder)?;
        for _ in 0..100 {
            ensure!(process.lives(), "Janus ended at once: run {BINARY} by hand to see why");
            if let Ok(api) = Api::open(port, tasks).await {
                return Ok(Self { process, api, feeds: Mutex::default() });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("Janus did not open its WebSocket within 10 s")
    }

    /// CPU time and memory of the process.
    pub fn usage(&self) -> anyhow::Result<Usage> {
        self.process.usage()
    }

    /// Makes a room: no limits, nothing told to others but what the load needs.
    pub async fn open_room(&self, room: u32, publishers: u32) -> anyhow::Result<()> {
        let handle = self.api.attach().await?;
        let create = json!({
            "request": "create", "room": room + 1, "publishers": publishers, "bitrate": 0, "notify_joining": false,
            "audiocodec": "opus", "videocodec": "vp8", "permanent": false,
        });
        self.api.message(handle, create, None).await?;
        Ok(())
    }

    /// Takes a seat and answers when its media is connected: a publisher's sending, everybody's hearing.
    pub async fn publish(&self, fleet: &Fleet, seat: Seat) -> anyhow::Result<()> {
        let handle = self.api.attach().await?;
        let join = json!({"request": "join", "ptype": "publisher", "room": seat.room + 1});
        let (joined, _) = self.api.message(handle, join, None).await?;
        let feed = joined["id"].as_u64().with_context(|| format!("a feed number in {joined}"))?;
        let mut own = Own::new(fleet, seat.peer);
        let sends = Sends { sound: (rand::random(), b'0'), picture: (rand::random(), b'1') };
        let offer = own.offer(&[
            Section { video: false, sends: Some(sends.sound.0) },
            Section { video: true, sends: Some(sends.picture.0) },
        ]);
        let (_, answer) =
            self.api.message(handle, json!({"request": "publish"}), Some(("offer", &offer))).await?;
        let far = Far::read(&answer.context("an answer of Janus's")?)?;
        fleet.connect(own.terms(&far, seat.room, seat.audience, Some(sends), OUR_MEDIA.to_vec())).await?;
        if let Ok(mut feeds) = self.feeds.lock() {
            feeds.entry(seat.room).or_default().push(feed);
        }
        Ok(())
    }

    /// Hears everybody of the room but the `own`th publisher.
    pub async fn subscribe(&self, fleet: &Fleet, seat: Seat, own_feed: Option<u32>) -> anyhow::Result<()> {
        let feeds = self.feeds.lock().map(|feeds| feeds.get(&seat.room).cloned().unwrap_or_default());
        let streams: Vec<Value> = feeds
            .unwrap_or_default()
            .iter()
            .enumerate()
            .filter(|(n, _)| own_feed != u32::try_from(*n).ok())
            .map(|(_, feed)| json!({"feed": feed}))
            .collect();
        if streams.is_empty() {
            return Ok(());
        }
        let handle = self.api.attach().await?;
        let join =
            json!({"request": "join", "ptype": "subscriber", "room": seat.room + 1, "streams": streams});
        // A feed exists a moment after its publisher's handshake has ended on this side.
        let mut tries = 0;
        let (_, offer) = loop {
            match self.api.message(handle, join.clone(), None).await {
                Err(error) if tries == 40 => return Err(error),
                Err(_) => tries += 1,
                Ok(attached) => break attached,
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let offer = offer.context("an offer of Janus's")?;
        let mut own = Own::new(fleet, seat.peer);
        let (answer, media) = own.answer(&offer);
        self.api.message(handle, json!({"request": "start"}), Some(("answer", &answer))).await?;
        fleet.connect(own.terms(&Far::read(&offer)?, seat.room, 0, None, media)).await
    }
}

/// Writes a configuration that listens on loopback only and loads nothing but what is used.
fn configure(folder: &Path, port: u16) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let others = |kind: &str, keep: &str| -> anyhow::Result<String> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(Path::new(PLUGINS).join(kind))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|ending| ending == "so") && !name.contains(keep) {
                names.push(name);
            }
        }
        Ok(names.join(","))
    };
    let main = format!(
        "general: {{\n  configs_folder = \"{}\"\n  plugins_folder = \"{PLUGINS}/plugins\"\n  \
         transports_folder = \"{PLUGINS}/transports\"\n  events_folder = \"{PLUGINS}/events\"\n  \
         loggers_folder = \"{PLUGINS}/loggers\"\n  debug_level = 2\n  log_to_stdout = false\n  \
         protected_folders = []\n}}\n\
         media: {{\n  rtp_port_range = \"20000-31999\"\n}}\n\
         nat: {{\n  ice_lite = true\n  ice_enforce_list = \"{}\"\n}}\n\
         plugins: {{\n  disable = \"{}\"\n}}\n\
         transports: {{\n  disable = \"{}\"\n}}\n\
         loggers: {{\n  disable = \"{}\"\n}}\n\
         events: {{\n  broadcast = false\n  disable = \"{}\"\n}}\n",
        folder.display(),
        ground::SERVER,
        others("plugins", "videoroom")?,
        others("transports", "websockets")?,
        others("loggers", "none of them")?,
        others("events", "none of them")?,
    );
    std::fs::write(folder.join("janus.jcfg"), main)?;
    let sockets =
        format!("general: {{\n  ws = true\n  ws_port = {port}\n  ws_ip = \"127.0.0.1\"\n  wss = false\n}}\n");
    std::fs::write(folder.join("janus.transport.websockets.jcfg"), sockets)?;
    Ok(std::fs::write(folder.join("janus.plugin.videoroom.jcfg"), "general: {\n}\n")?)
}

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<Value>>>>;

/// The JSON protocol: requests and answers matched by their transaction.
#[derive(Clone)]
struct Api {
    out: mpsc::UnboundedSender<Message>,
    waiting: Waiting,
    session: u64,
}

impl Api {
    async fn open(port: u16, tasks: &TaskTracker) -> anyhow::Result<Self> {
        let mut request = format!("ws://127.0.0.1:{port}/").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "janus-protocol".parse()?);
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        let (mut up, mut down) = socket.split();
        let (out, mut orders) = mpsc::unbounded_channel();
        let waiting = Waiting::default();
        tasks.spawn(async move {
            while let Some(message) = orders.recv().await {
                if up.send(message).await.is_err() {
                    break;
                }
            }
        });
        let answers = Arc::clone(&waiting);
        tasks.spawn(async move {
            while let Some(Ok(message)) = down.next().await {
                let Message::Text(text) = message else { continue };
                let Ok(value) = serde_json::from_str::<Value>(&text) else { continue };
                // An "ack" only says that the answer will come later.
                if value["janus"] == "ack" {
                    continue;
                }
                let transaction = value["transaction"].as_str().unwrap_or_default();
                if let Some(reply) = answers.lock().ok().and_then(|mut all| all.remove(transaction)) {
                    let _ = reply.send(value);
                }
            }
        });
        let mut api = Self { out, waiting, session: 0 };
        let created = api.ask(json!({"janus": "create"})).await?;
        api.session = created["data"]["id"].as_u64().context("a session")?;
        let (alive, session) = (api.out.clone(), api.session);
        tasks.spawn(async move {
            let mut every = tokio::time::interval(Duration::from_secs(20));
            loop {
                every.tick().await;
                let keep = json!({"janus": "keepalive", "session_id": session, "transaction": "alive"});
                if alive.send(Message::text(keep.to_string())).is_err() {
                    return;
                }
            }
        });
        Ok(api)
    }

    async fn attach(&self) -> anyhow::Result<u64> {
        let ask = json!({"janus": "attach", "session_id": self.session, "plugin": "janus.plugin.videoroom"});
        let attached = self.ask(ask).await?;
        attached["data"]["id"].as_u64().with_context(|| format!("a handle in {attached}"))
    }

    /// A message to the plugin; answers its data and the description that came with it.
    async fn message(
        &self,
        handle: u64,
        body: Value,
        description: Option<(&str, &str)>,
    ) -> anyhow::Result<(Value, Option<String>)> {
        let mut ask =
            json!({"janus": "message", "session_id": self.session, "handle_id": handle, "body": body});
        if let Some((kind, sdp)) = description {
            ask["jsep"] = json!({"type": kind, "sdp": sdp, "trickle": false});
        }
        let mut answer = self.ask(ask).await?;
        let data = answer["plugindata"]["data"].take();
        ensure!(data["error"].is_null(), "Janus refused {body}: {data}");
        Ok((data, answer["jsep"]["sdp"].as_str().map(str::to_owned)))
    }

    async fn ask(&self, mut ask: Value) -> anyhow::Result<Value> {
        let transaction = format!("{:016x}", rand::random::<u64>());
        ask["transaction"] = json!(transaction);
        let (reply, answer) = oneshot::channel();
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.insert(transaction, reply);
        }
        self.out.send(Message::text(ask.to_string())).ok().context("the WebSocket to Janus has ended")?;
        let answer =
            tokio::time::timeout(PATIENCE, answer).await.context("Janus did not answer within 20 s")??;
        ensure!(answer["janus"] != "error", "Janus: {}", answer["error"]);
        Ok(answer)
    }
}
