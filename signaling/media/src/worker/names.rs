//! Whose datagram it is: connectivity checks by the ICE name they carry, everything else by the address a
//! valid check came from. What is of another worker's peer is told apart as well.
//!
//! An address is learnt only from a check whose integrity the peer verified, so no DTLS and no media is
//! even looked at before ICE consent, and whoever is unknown gets no answer at all.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::directory::Directory;
use crate::PeerId;

/// Addresses of which nothing valid was heard for this long are forgotten.
const ADDRESS_LIFETIME: Duration = Duration::from_mins(1);
/// A peer has few addresses at a time; more are refused.
const ADDRESSES_PER_PEER: usize = 16;
/// Answers of the directory about addresses are believed for this long, and so many are remembered.
const ANSWER_LIFETIME: Duration = Duration::from_secs(2);
const MAX_ANSWERS: usize = 16_384;

/// Where a datagram goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Destination {
    pub room: usize,
    pub peer: PeerId,
    /// It is a connectivity check whose integrity is still to be verified.
    pub check: bool,
}

/// Whose a datagram is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours(Destination),
    /// Of a peer of another worker.
    Theirs(usize),
}

#[derive(Debug)]
struct Known {
    room: usize,
    peer: PeerId,
    heard: Instant,
}

/// ICE names and addresses of the peers of one worker.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_name: HashMap<Vec<u8>, (usize, PeerId)>,
    addresses: HashMap<SocketAddr, Known>,
    directory: Arc<Directory>,
    worker: usize,
    /// There are other workers on the same port.
    shared: bool,
    /// Addresses that are not ours: which worker's they are, if anybody's, and until when that is believed.
    answers: HashMap<SocketAddr, (Option<usize>, Instant)>,
}

impl Names {
    /// Those of one worker, entered for all to see in the directory.
    pub(crate) fn new(directory: Arc<Directory>, worker: usize, shared: bool) -> Self {
        Self { directory, worker, shared, ..Self::default() }
    }

    /// Enters a peer's ICE name; former names of it stay valid, as a restart may overlap.
    pub(crate) fn learn_name(&mut self, name: &str, room: usize, peer: PeerId) {
        if self.by_name.insert(name.as_bytes().to_vec(), (room, peer)).is_none() {
            self.directory.names().enter(name.as_bytes().to_vec(), self.worker);
        }
    }

    /// Enters the source of a valid check.
    pub(crate) fn learn_address(&mut self, address: SocketAddr, room: usize, peer: PeerId, now: Instant) {
        if let Some(known) = self.addresses.get_mut(&address) {
            *known = Known { room, peer, heard: now };
            return;
        }
        if self.addresses.values().filter(|known| known.peer == peer).count() < ADDRESSES_PER_PEER {
            self.addresses.insert(address, Known { room, peer, heard: now });
            if self.shared {
                self.answers.remove(&address);
                self.directory.addresses().enter(address, self.worker);
            }
        }
    }

    /// Forgets a peer.
    pub(crate) fn forget(&mut self, peer: PeerId) {
        self.by_name.retain(|name, (_, known)| {
            let stays = *known != peer;
            if !stays {
                self.directory.names().remove(name, self.worker);
            }
            stays
        });
        self.keep_addresses(|known| known.peer != peer);
    }

    /// Forgets addresses that went silent.
    pub(crate) fn expire(&mut self, now: Instant) {
        self.keep_addresses(|known| now.saturating_duration_since(known.heard) < ADDRESS_LIFETIME);
        self.answers.retain(|_, (_, until)| *until > now);
    }

    fn keep_addresses(&mut self, keep: impl Fn(&Known) -> bool) {
        self.addresses.retain(|address, known| {
            let stays = keep(known);
            if !stays && self.shared {
                self.directory.addresses().remove(address, self.worker);
            }
            stays
        });
    }

    /// Every peer that has a name.
    pub(crate) fn peers(&self) -> HashSet<PeerId> {
        self.by_name.values().map(|(_, peer)| *peer).collect()
    }

    /// Calls for each address of a peer.
    pub(crate) fn each_address(&self, peer: PeerId, mut call: impl FnMut(SocketAddr)) {
        for (address, known) in &self.addresses {
            if known.peer == peer {
                call(*address);
            }
        }
    }

    /// Whose datagram it is, if anybody's.
    pub(crate) fn destination(&mut self, source: SocketAddr, datagram: &[u8], now: Instant) -> Option<Whose> {
        if is_check(datagram) {
            if let Some(destination) = self.of_check(datagram) {
                return Some(Whose::Ours(destination));
            }
            let name = checked_name(datagram).filter(|_| self.shared)?;
            return self.directory.names().worker(name).and_then(|worker| self.theirs(worker));
        }
        if let Some(known) = self.addresses.get(&source) {
            return Some(Whose::Ours(Destination { room: known.room, peer: known.peer, check: false }));
        }
        if !self.shared {
            return None;
        }
        let worker = match self.answers.get(&source) {
            Some((worker, until)) if *until > now => *worker,
            _ => {
                let worker = self.directory.addresses().worker(&source);
                if self.answers.len() < MAX_ANSWERS {
                    self.answers.insert(source, (worker, now + ANSWER_LIFETIME));
                }
                worker
            }
        };
        worker.and_then(|worker| self.theirs(worker))
    }

    fn theirs(&self, worker: usize) -> Option<Whose> {
        (worker != self.worker).then_some(Whose::Theirs(worker))
    }

    /// Whose name a connectivity check carries, if anybody's.
    pub(crate) fn of_check(&self, datagram: &[u8]) -> Option<Destination> {
        let (room, peer) = *self.by_name.get(checked_name(datagram)?)?;
        Some(Destination { room, peer, check: true })
    }
}

/// Whether a datagram is STUN (RFC 7983 section 7).
pub(super) fn is_check(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| *first < 2)
}

/// The receiver's name in a STUN binding request: USERNAME up to the colon (RFC 8445 section 7.2.2).
pub(super) fn checked_name(datagram: &[u8]) -> Option<&[u8]> {
    const BINDING_REQUEST: [u8; 2] = [0, 1];
    const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
    const USERNAME: u16 = 0x0006;
    let mut attributes = datagram.get(20..)?;
    if datagram[..2] != BINDING_REQUEST || datagram[4..8] != MAGIC_COOKIE {
        return None;
    }
    while let [kind_high, kind_low, length_high, length_low, rest @ ..] = attributes {
        let kind = u16::from_be_bytes([*kind_high, *kind_low]);
        let length = usize::from(u16::from_be_bytes([*length_high, *length_low]));
        let value = rest.get(..length)?;
        if kind == USERNAME {
            return value.split(|byte| *byte == b':').next();
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(username: &str) -> Vec<u8> {
        let mut datagram = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        datagram.extend([7; 12]);
        datagram.extend([0x80, 0x22, 0, 3, b'x', b'y', b'z', 0]);
        datagram.extend([0, 6, 0, u8::try_from(username.len()).expect("short")]);
        datagram.extend(username.bytes());
        datagram.resize(datagram.len().next_multiple_of(4), 0);
        datagram
    }

    #[test]
    fn checks_are_told_by_name_and_the_rest_by_address() {
        let now = Instant::now();
        let (here, there) =
            ("127.0.0.1:1000".parse().expect("address"), "127.0.0.1:2000".parse().expect("address"));
        let mut names = Names::default();
        names.learn_name("ours", 3, PeerId(9));
        assert_eq!(
            names.destination(here, &check("ours:theirs"), now),
            Some(Whose::Ours(Destination { room: 3, peer: PeerId(9), check: true }))
        );
        assert_eq!(names.destination(here, &check("nobody:theirs"), now), None);
        let media = [128, 111, 0, 1];
        assert_eq!(names.destination(here, &media, now), None, "not before a valid check");
        names.learn_address(here, 3, PeerId(9), now);
        let ours = Some(Whose::Ours(Destination { room: 3, peer: PeerId(9), check: false }));
        assert_eq!(names.destination(here, &media, now), ours);
        assert_eq!(names.destination(there, &media, now), None, "a third socket is nobody's");
        names.expire(now + ADDRESS_LIFETIME);
        assert_eq!(names.destination(here, &media, now), None, "silent addresses expire");
    }

    #[test]
    fn broken_checks_are_nobodys() {
        let mut names = Names::default();
        names.learn_name("", 0, PeerId(1));
        let here = "127.0.0.1:1000".parse().expect("address");
        let now = Instant::now();
        let sound = check("a:b");
        for length in 0..sound.len() {
            assert_eq!(names.destination(here, &sound[..length], now), None);
        }
        assert_eq!(
            names.destination(here, &[0, 1, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], now),
            None
        );
    }

    #[test]
    fn what_is_another_workers_is_told_apart_and_a_stranger_is_nobodys() {
        let now = Instant::now();
        let directory = Arc::<Directory>::default();
        let [mut first, mut second] = [0, 1].map(|worker| Names::new(Arc::clone(&directory), worker, true));
        let (here, there) =
            ("127.0.0.1:1000".parse().expect("address"), "127.0.0.1:2000".parse().expect("address"));
        second.learn_name("ours", 0, PeerId(1));
        let media = [128, 111, 0, 1];
        assert_eq!(first.destination(here, &check("ours:theirs"), now), Some(Whose::Theirs(1)));
        assert_eq!(first.destination(here, &media, now), None, "a name in a check proves nothing");
        second.learn_address(here, 0, PeerId(1), now);
        let soon = now + ANSWER_LIFETIME;
        assert_eq!(first.destination(here, &media, soon), Some(Whose::Theirs(1)));
        assert_eq!(first.destination(there, &media, soon), None);
        second.forget(PeerId(1));
        let later = soon + ANSWER_LIFETIME;
        assert_eq!(first.destination(here, &media, later), None);
        assert_eq!(first.destination(here, &check("ours:theirs"), later), None);
        first.expire(later + ANSWER_LIFETIME);
        assert!(first.answers.is_empty());
    }
}
