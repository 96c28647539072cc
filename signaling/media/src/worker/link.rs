//! The sending end of a worker's mailbox: a channel and the waker of its poll.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use mio::Waker;

use super::place::Load;
use crate::command::Command;

/// Commands that may wait for a worker when nobody waits for their answer. Those with an answer are bounded by
/// those who wait for it.
const MAX_WAITING: usize = 4096;

/// How the rest of the program reaches one worker.
pub(crate) struct Link {
    mailbox: Sender<Command>,
    waiting: Arc<AtomicUsize>,
    refused: Arc<AtomicU64>,
    waker: Waker,
    local: SocketAddr,
    load: Arc<Load>,
}

/// The receiving end.
pub(super) struct Mailbox {
    commands: Receiver<Command>,
    waiting: Arc<AtomicUsize>,
    refused: Arc<AtomicU64>,
}

impl Mailbox {
    /// The next command, if one waits.
    pub(super) fn next(&self) -> Result<Command, TryRecvError> {
        let command = self.commands.try_recv()?;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        Ok(command)
    }

    /// How many wait, and how many were refused because too many waited.
    pub(super) fn counts(&self) -> (usize, u64) {
        (self.waiting.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}

impl Link {
    /// Both ends of a fresh mailbox.
    pub(super) fn new(waker: Waker, local: SocketAddr) -> (Self, Mailbox) {
        let (mailbox, commands) = channel();
        let waiting = Arc::<AtomicUsize>::default();
        let refused = Arc::<AtomicU64>::default();
        let receiving = Mailbox { commands, waiting: Arc::clone(&waiting), refused: Arc::clone(&refused) };
        (Self { mailbox, waiting, refused, waker, local, load: Arc::default() }, receiving)
    }

    /// Hands over a command; false when the thread is gone.
    pub(crate) fn send(&self, command: Command) -> bool {
        // Counted first: the worker may take it before this thread runs on.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.mailbox.send(command).is_ok() && self.waker.wake().is_ok()
    }

    /// Hands over a command nobody waits for; false when it was dropped, because the worker lags too far behind.
    pub(crate) fn try_send(&self, command: Command) -> bool {
        if self.waiting.load(Ordering::Relaxed) >= MAX_WAITING {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        self.send(command)
    }

    /// Where the worker listens.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// How loaded it is.
    pub(crate) fn load(&self) -> &Arc<Load> {
        &self.load
    }
}
