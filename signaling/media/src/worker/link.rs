//! The sending end of a worker's mailbox: a channel and the waker of its poll.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use mio::Waker;

use crate::command::Command;

/// How the rest of the program reaches one worker.
pub(crate) struct Link {
    mailbox: Sender<Command>,
    waker: Arc<Waker>,
    local: SocketAddr,
}

impl Link {
    pub(super) fn new(mailbox: Sender<Command>, waker: Arc<Waker>, local: SocketAddr) -> Self {
        Self { mailbox, waker, local }
    }

    /// Hands over a command; false when the thread is gone.
    pub(crate) fn send(&self, command: Command) -> bool {
        self.mailbox.send(command).is_ok() && self.waker.wake().is_ok()
    }

    /// Where the worker listens.
    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }
}
