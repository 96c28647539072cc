//! The addresses of a load: those of loopback, or of a network namespace that was prepared for it.
//!
//! Many peers on one socket need many addresses. All of 127/8 is ours on any machine. A server that ties its sockets
//! to an interface other than loopback (Janus) cannot reach those; for it `cargo xtask bench` makes a namespace with an
//! interface whose whole 10.77/16 is local. The packets take the same way through the kernel in both.

use std::net::{Ipv4Addr, UdpSocket};

/// The address of servers in the namespace.
pub const SERVER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);

/// Whether this process is in such a namespace.
pub fn is_prepared() -> bool {
    UdpSocket::bind((SERVER, 0)).is_ok()
}

/// Where the addresses of peers begin: the first two parts.
pub fn network() -> [u8; 2] {
    if is_prepared() { [10, 77] } else { [127, 1] }
}
