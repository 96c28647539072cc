//! Datagrams that came to another worker than their peer's, on their way there.
//!
//! All workers share one UDP port, so that one port is all an operator opens, whatever the number of cores. The
//! kernel spreads clients over the workers' sockets by a hash of their addresses, which knows no sessions: what
//! came to the wrong worker is handed over, a burst at a time. That costs a copy of what clients send, and
//! nothing of what is sent to them, which is several times as much.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use super::Link;
use crate::command::Command;

/// Datagrams of one burst for one worker.
#[derive(Debug)]
pub(crate) struct Parcel {
    bytes: Vec<u8>,
    datagrams: Vec<(SocketAddr, Option<IpAddr>, usize)>,
    /// When the burst was received.
    pub(super) received: Instant,
}

impl Parcel {
    /// Calls for every datagram: source, local address it came to when known, contents.
    pub(super) fn each(&self, mut call: impl FnMut(SocketAddr, Option<IpAddr>, &[u8])) {
        let mut rest = self.bytes.as_slice();
        for (source, local, length) in &self.datagrams {
            let Some((datagram, next)) = rest.split_at_checked(*length) else { return };
            call(*source, *local, datagram);
            rest = next;
        }
    }
}

/// What one worker collects for the others.
#[derive(Default)]
pub(super) struct Parcels {
    others: Option<Arc<[Link]>>,
    open: Vec<Option<Parcel>>,
    handed_over: u64,
    dropped: u64,
}

impl Parcels {
    pub(super) fn new(others: Arc<[Link]>) -> Self {
        let open = others.iter().map(|_| None).collect();
        Self { others: Some(others), open, ..Self::default() }
    }

    /// Adds a datagram for another worker.
    pub(super) fn add(
        &mut self,
        worker: usize,
        now: Instant,
        source: SocketAddr,
        local: Option<IpAddr>,
        datagram: &[u8],
    ) {
        let Some(open) = self.open.get_mut(worker) else { return };
        let parcel =
            open.get_or_insert_with(|| Parcel { bytes: Vec::new(), datagrams: Vec::new(), received: now });
        parcel.bytes.extend_from_slice(datagram);
        parcel.datagrams.push((source, local, datagram.len()));
    }

    /// Sends what was collected.
    pub(super) fn send(&mut self) {
        let Some(others) = &self.others else { return };
        for (open, link) in self.open.iter_mut().zip(&**others) {
            let Some(parcel) = open.take() else { continue };
            let count = parcel.datagrams.len() as u64;
            if link.try_send(Command::Datagrams(parcel)) {
                self.handed_over += count;
            } else {
                self.dropped += count;
            }
        }
    }

    /// Forgets what was collected.
    pub(super) fn discard(&mut self) {
        self.open.iter_mut().for_each(|open| *open = None);
    }

    /// Counters: handed over, dropped because the other worker lags.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.handed_over, self.dropped)
    }
}
