//! Settings of sound and picture: the media plane, relays, recordings.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::PathBuf;

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
