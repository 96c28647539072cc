//! Where the media plane listens and what it tells clients about it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Settings of the media plane.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address of worker 0; worker *i* listens on port + *i*. Port 0 lets the system choose for each.
    pub udp: SocketAddr,
    /// Where ICE-TCP (RFC 6544) is taken, for all workers; `None` offers UDP only. Port 0 lets the system choose.
    pub tcp: Option<SocketAddr>,
    /// Addresses offered to clients as host candidates, with the worker's UDP port and the TCP port.
    /// Loopback is added when nothing else is given, so that a demo works on one machine.
    pub advertised: Vec<IpAddr>,
    /// Number of media threads, at least one. A room lives wholly on one of them.
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
            workers: 1,
            gso: true,
        }
    }
}
