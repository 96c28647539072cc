//! A live socket in a story: says hello, gives commands, and hears, or must not hear.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long something expected may take; far more than it needs, so that a busy machine is no failure.
const PATIENCE: Duration = Duration::from_secs(10);

/// One seat's socket.
pub struct LiveSocket {
    /// As the story calls them.
    pub name: String,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    heard: VecDeque<Value>,
    next_command: i64,
}

impl LiveSocket {
    /// Opens the socket without a word.
    pub async fn open(name: &str, base: &str, session: &str) -> Self {
        let url = format!("{}/api/v1/sessions/{session}/live", base.replacen("http", "ws", 1));
        let (socket, _) =
            connect_async(&url).await.unwrap_or_else(|error| panic!("{name} opens {url}: {error}"));
        Self { name: name.to_owned(), socket, heard: VecDeque::new(), next_command: 1 }
    }

    /// Says hello; `last_seq` when coming back. Gives the snapshot.
    pub async fn hello(&mut self, token: &str, last_seq: Option<i64>) -> Value {
        let mut hello = json!({"type": "hello", "token": token});
        if let Some(seq) = last_seq {
            hello["last_seq"] = seq.into();
        }
        self.send(&hello).await;
        self.expect("snapshot").await
    }

    /// Sends a frame as it is.
    pub async fn send(&mut self, frame: &Value) {
        let said = self.socket.send(Message::text(frame.to_string())).await;
        said.unwrap_or_else(|error| panic!("{} says {frame}: {error}", self.name));
    }

    /// Gives a command and waits for its answer: the `done` frame.
    pub async fn command(&mut self, command: Value) -> Value {
        let answer = self.try_command(command).await;
        assert_eq!(answer["type"], "done", "{}: {answer}", self.name);
        answer
    }

    /// The host does what R8 asks before the start, checks everybody who must be known, and starts.
    pub async fn begins(&mut self) {
        for item in ["rights_told", "sham_warned", "address_confirmed"] {
            self.command(json!({"type": "tick_off", "item": item})).await;
        }
        self.command(json!({"type": "declare_conflict"})).await;
        let known = |view: &Value| view["corridor"]["opening"]["conflict"].is_object();
        let view = self.view_where("the opening", known).await;
        for seat in view["corridor"]["opening"]["unchecked"].as_array().expect("a list").clone() {
            let check =
                json!({"type": "identify", "seat": seat, "method": "document_on_camera", "matches": true});
            self.command(check).await;
        }
        self.command(json!({"type": "start"})).await;
    }

    /// Gives a command that must be refused with this code.
    pub async fn refused(&mut self, command: Value, code: &str) -> Value {
        let answer = self.try_command(command).await;
        assert_eq!(answer["type"], "refused", "{}: {answer}", self.name);
        assert_eq!(answer["code"], code, "{}: {answer}", self.name);
        answer
    }

    /// Gives a command; answers its `done` or `refused`. What is heard in between is kept for `expect`.
    pub async fn try_command(&mut self, command: Value) -> Value {
        let id = self.next_command;
        self.next_command += 1;
        self.send(&json!({"type": "command", "id": id, "command": command})).await;
        self.take("the answer to a command", |frame| frame["id"] == id && frame["type"] != "view").await
    }

    /// The next frame of this type; others before it are kept for later.
    pub async fn expect(&mut self, kind: &str) -> Value {
        self.take(kind, |frame| frame["type"] == kind).await
    }

    /// The next view for which this is true; earlier views are dropped.
    pub async fn view_where(&mut self, what: &str, test: impl Fn(&Value) -> bool) -> Value {
        loop {
            let view = self.take(what, |frame| frame["type"] == "view" || frame["type"] == "snapshot").await
                ["view"]
                .clone();
            if test(&view) {
                return view;
            }
        }
    }

    /// Nothing but pongs may have come by the time the server answered a ping: no waiting for luck.
    ///
    /// A ping is answered in order, so whatever the server had to say before is here when the pong is.
    pub async fn expect_nothing(&mut self) {
        self.send(&json!({"type": "ping"})).await;
        self.take("pong", |frame| frame["type"] == "pong").await;
        assert!(self.heard.is_empty(), "{} heard {:?}", self.name, self.heard);
    }

    /// How many frames of this type were heard and not looked at yet.
    pub fn count(&self, kind: &str) -> usize {
        self.heard.iter().filter(|frame| frame["type"] == kind).count()
    }

    /// Forgets what was heard so far.
    pub fn forget(&mut self) {
        self.heard.clear();
    }

    /// The server must close the socket, after a `bye` with this code.
    pub async fn expect_bye(&mut self, code: &str) {
        let bye = self.expect("bye").await;
        assert_eq!(bye["code"], code, "{}", self.name);
    }

    /// The link breaks without a goodbye.
    pub fn cut(self) {
        drop(self.socket);
    }

    async fn take(&mut self, what: &str, test: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.heard.iter().position(&test) {
            return self.heard.remove(at).expect("it is there");
        }
        loop {
            let frame = self.read(what).await;
            if test(&frame) {
                return frame;
            }
            self.heard.push_back(frame);
        }
    }

    async fn read(&mut self, what: &str) -> Value {
        // The server's own pings are no sign that what is waited for will come.
        let end = Instant::now() + PATIENCE;
        loop {
            let message = timeout_at(end, self.socket.next()).await;
            let message =
                message.unwrap_or_else(|_| panic!("{} waited for {what}, heard {:?}", self.name, self.heard));
            match message {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).expect("JSON frames"),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!(
                    "{} waited for {what}, the socket said {other:?}; heard {:?}",
                    self.name, self.heard
                ),
            }
        }
    }
}
