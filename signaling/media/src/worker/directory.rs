//! On which worker the bearer of an ICE name, or of a checked address, lives.
//!
//! Written when peers join, restart ICE or come from a new address; read when a client connects by TCP, and once
//! when a worker meets an address that is not of its own peers. Packets that flow do not pass here.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::SocketAddr;
use std::sync::RwLock;

/// ICE names and addresses of all workers.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    names: Register<Vec<u8>>,
    addresses: Register<SocketAddr>,
}

impl Directory {
    /// ICE names.
    pub(super) fn names(&self) -> &Register<Vec<u8>> {
        &self.names
    }

    /// Addresses valid checks came from.
    pub(super) fn addresses(&self) -> &Register<SocketAddr> {
        &self.addresses
    }
}

/// Which worker something belongs to.
#[derive(Debug)]
pub(super) struct Register<K>(RwLock<HashMap<K, usize>>);

impl<K> Default for Register<K> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Eq + Hash> Register<K> {
    /// Enters it.
    pub(super) fn enter(&self, key: K, worker: usize) {
        if let Ok(mut workers) = self.0.write() {
            workers.insert(key, worker);
        }
    }

    /// Removes it, if it is still this worker's.
    pub(super) fn remove<Q: Eq + Hash + ?Sized>(&self, key: &Q, worker: usize)
    where
        K: std::borrow::Borrow<Q>,
    {
        if let Ok(mut workers) = self.0.write()
            && workers.get(key) == Some(&worker)
        {
            workers.remove(key);
        }
    }

    /// Whose it is.
    pub(super) fn worker<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.read().ok()?.get(key).copied()
    }
}
