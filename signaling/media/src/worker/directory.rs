//! On which worker the bearer of an ICE name lives: written when peers join or restart ICE, read when a client
//! connects by TCP. No packet passes here.

use std::collections::HashMap;
use std::sync::Mutex;

/// ICE names of all workers.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    workers: Mutex<HashMap<Vec<u8>, usize>>,
}

impl Directory {
    /// Enters a name.
    pub(super) fn enter(&self, name: &[u8], worker: usize) {
        if let Ok(mut workers) = self.workers.lock() {
            workers.insert(name.to_vec(), worker);
        }
    }

    /// Removes a name.
    pub(super) fn remove(&self, name: &[u8]) {
        if let Ok(mut workers) = self.workers.lock() {
            workers.remove(name);
        }
    }

    /// The worker of whom a name belongs to.
    pub(super) fn worker(&self, name: &[u8]) -> Option<usize> {
        self.workers.lock().ok()?.get(name).copied()
    }
}
