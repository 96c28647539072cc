//! Settings of the wire.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::ice::IceServers;
use crate::revocation::RevocationStore;

/// An API key and its secret, which signs tokens (HS256).
#[derive(Clone)]
pub struct Keys {
    /// Name of the key: the `iss` of a token.
    pub api_key: String,
    /// The secret.
    pub api_secret: String,
}

/// Settings of the wire.
#[derive(Clone)]
pub struct WireConfig {
    /// Keys whose tokens are taken. The first one signs the tokens this server makes.
    pub keys: Vec<Keys>,
    /// A join token creates a plain room. For the demo; otherwise only a token with `roomCreate` may.
    pub open_rooms: bool,
    /// STUN and TURN servers told to clients, with credentials made for each.
    pub ice_servers: IceServers,
    /// How long a participant whose connection is lost keeps its place. Weak networks deserve 15 to 30 s.
    pub grace: Duration,
    /// How often a connected client is given a fresh token; each is good for twice that.
    pub refresh: Duration,
    /// Keeps revoked tokens over restarts; without one they are known to this process only.
    pub revocations: Option<Arc<dyn RevocationStore>>,
    /// Every task of the wire is started here, so that shutdown can wait for them.
    pub tasks: TaskTracker,
}

impl Default for WireConfig {
    /// No key: nobody is let in until one is given.
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            open_rooms: false,
            ice_servers: IceServers::default(),
            grace: Duration::from_secs(30),
            refresh: Duration::from_mins(5),
            revocations: None,
            tasks: TaskTracker::new(),
        }
    }
}

impl WireConfig {
    /// One key, rooms only as governed by the application.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Self {
        Self {
            keys: vec![Keys { api_key: api_key.into(), api_secret: api_secret.into() }],
            ..Self::default()
        }
    }
}
