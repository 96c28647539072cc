//! Where the media plane listens and what it tells clients about it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Settings of the media plane.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where all workers listen, on one port. Port 0 lets the system choose.
    pub udp: SocketAddr,
    /// Where ICE-TCP (RFC 6544) is taken, for all workers; `None` offers UDP only. Port 0 lets the system choose.
    pub tcp: Option<SocketAddr>,
    /// Addresses offered to clients as host candidates, with the worker's UDP port and the TCP port.
    /// Loopback is added when nothing else is given, so that a demo works on one machine.
    pub advertised: Vec<IpAddr>,
    /// Number of media threads; 0 is one for each core. A room lives wholly on one of them.
    pub workers: usize,
    /// Use UDP segmentation offload when the kernel has it.
    pub gso: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            udp: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 7882)),
            tcp: Some(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 7881))),
            advertised: Vec::new(),
            workers: 0,
            gso: true,
        }
    }
}
