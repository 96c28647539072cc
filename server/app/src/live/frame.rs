//! The words of the live wire, as JSON text frames.

use chrono::{DateTime, Utc};
use domain::{PaperId, SeatId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use session::{Command, LineView, POINT_MOST, View};
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
        /// A name this window made for itself; a reload keeps it. Two windows of one seat are told apart by it.
        tab: Option<String>,
        /// The person said to go on here, though another window has the seat.
        #[serde(default)]
        takeover: bool,
    },
    /// A wish; answered by `done` or `refused` with the same id.
    Command {
        /// Chosen by the client.
        id: u64,
        /// The wish. Read apart, so that an unknown one can be refused by its id.
        #[schema(value_type = Command)]
        command: Value,
    },
    /// Points at the page before me. Not answered; what comes too fast is passed over.
    Point {
        /// Where; nowhere any more without it.
        at: Option<Place>,
    },
    /// Are you there?
    Ping,
}

/// A place on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// Ten-thousandths of the page's width, from the left.
    pub x: u16,
    /// Ten-thousandths of its height, from the top.
    pub y: u16,
}

impl Place {
    /// Kept on the page.
    pub(super) fn on_page(self) -> (u16, u16) {
        (self.x.min(POINT_MOST), self.y.min(POINT_MOST))
    }
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
    /// Somebody points at the page before this seat.
    Point {
        /// Who.
        seat: SeatId,
        /// By what name.
        name: String,
        /// On which paper.
        paper: PaperId,
        /// On which page.
        page: u32,
        /// Where; nowhere any more without it.
        at: Option<Place>,
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
