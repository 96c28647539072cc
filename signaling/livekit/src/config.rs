//! Settings of the wire.

use tokio_util::task::TaskTracker;

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
    /// STUN and TURN servers told to clients; often none, for the SFU is reachable itself.
    pub ice_servers: Vec<crate::proto::IceServer>,
    /// Every task of the wire is started here, so that shutdown can wait for them.
    pub tasks: TaskTracker,
}

impl WireConfig {
    /// One key, rooms only as governed by the application.
    pub fn new(api_key: impl Into<String>, api_secret: impl Into<String>) -> Self {
        Self {
            keys: vec![Keys { api_key: api_key.into(), api_secret: api_secret.into() }],
            open_rooms: false,
            ice_servers: Vec::new(),
            tasks: TaskTracker::new(),
        }
    }
}
