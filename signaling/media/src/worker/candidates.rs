//! The addresses clients are told, and which of them a datagram came to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Transport;

/// Host candidates of one worker.
#[derive(Debug, Clone)]
pub(crate) struct Candidates {
    udp: Vec<SocketAddr>,
    tcp: Vec<SocketAddr>,
}

impl Candidates {
    /// The advertised addresses with the ports of the sockets; without any, the socket's own address or loopback.
    pub(super) fn new(advertised: &[IpAddr], udp: SocketAddr, tcp: Option<SocketAddr>) -> Self {
        let mut ips = advertised.to_vec();
        if ips.is_empty() && !udp.ip().is_unspecified() {
            ips.push(udp.ip());
        }
        if ips.is_empty() {
            ips.push(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        ips.dedup();
        let with = |port| ips.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
        Self { udp: with(udp.port()), tcp: tcp.map(|tcp| with(tcp.port())).unwrap_or_default() }
    }

    /// Every one of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Transport, SocketAddr)> + '_ {
        let udp = self.udp.iter().map(|address| (Transport::Udp, *address));
        udp.chain(self.tcp.iter().map(|address| (Transport::Tcp, *address)))
    }

    /// The one a datagram came to. Behind a one-to-one NAT the local address is none of the offered ones: then it
    /// is the first of the family.
    pub(super) fn arrived(
        &self,
        over: Transport,
        local: Option<IpAddr>,
        source: SocketAddr,
    ) -> Option<SocketAddr> {
        let offered = match over {
            Transport::Udp => &self.udp,
            Transport::Tcp => &self.tcp,
        };
        let here = offered.iter().find(|candidate| Some(candidate.ip()) == local);
        let of_family = || offered.iter().find(|candidate| candidate.is_ipv4() == source.is_ipv4());
        here.or_else(of_family).or(offered.first()).copied()
    }
}
