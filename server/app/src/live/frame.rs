//! The words of the live wire, as JSON text frames.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use session::{Command, LineView, View};
use utoipa::ToSchema;

/// What a client says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame, within five seconds.
    Hello {
        /// The `access_token` of the `Entry`.
        token: String,
        /// The last `seq` this client saw. The whole view comes either way.
        last_seq: Option<u64>,
    },
    /// A wish; answered by `done` or `refused` with the same id.
    Command {
        /// Chosen by the client.
        id: u64,
        /// The wish. Read apart, so that an unknown one can be refused by its id.
        #[schema(value_type = Command)]
        command: Value,
    },
    /// Are you there?
    Ping,
}

/// What the server says.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// Everything, after a hello and on admission.
    Snapshot {
        /// Grows with each view of this seat.
        seq: u64,
        /// The server's clock.
        now: DateTime<Utc>,
        /// What this seat may know.
        view: Box<View>,
        /// The agreement, if there is one and this seat may read it.
        agreement: Option<Value>,
        /// The minutes, if this seat may read them.
        minutes: Vec<Value>,
        /// Lines this seat wrote or was reached by.
        lines: Vec<LineView>,
    },
    /// The whole view again.
    View {
        /// Grows with each view of this seat.
        seq: u64,
        /// The server's clock.
        now: DateTime<Utc>,
        /// What this seat may know.
        view: Box<View>,
    },
    /// The agreement changed.
    Agreement {
        /// The whole of it.
        agreement: Value,
    },
    /// An entry of the minutes was written or confirmed.
    Minutes {
        /// The entry.
        entry: Value,
    },
    /// Somebody wrote a line that reaches this seat.
    Line {
        /// The line.
        line: LineView,
    },
    /// A command was carried out.
    Done {
        /// The command's.
        id: u64,
        /// The last `seq` of this seat.
        seq: u64,
    },
    /// A command was refused; nothing changed.
    Refused {
        /// The command's.
        id: u64,
        /// Stable; the client translates it.
        code: String,
        /// Values for the translated sentence.
        #[serde(skip_serializing_if = "Map::is_empty")]
        #[schema(value_type = Option<Object>)]
        params: Map<String, Value>,
    },
    /// I am.
    Pong {
        /// The server's clock.
        now: DateTime<Utc>,
    },
    /// The server closes this socket, and why.
    Bye {
        /// Stable.
        code: String,
    },
}

impl ServerFrame {
    /// The text on the wire.
    pub(super) fn text(&self) -> String {
        // Every part of a frame serialises; an empty text would only make the client ask again.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A goodbye.
    pub(super) fn bye(code: &str) -> Self {
        Self::Bye { code: code.to_owned() }
    }
}
