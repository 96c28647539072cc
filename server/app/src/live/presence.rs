//! Who is connected: one live socket per seat, and the media connections.

use std::collections::{HashMap, HashSet};

use domain::{Refusal, SeatId};
use session::{LineFor, Link, Session, Signal, View};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::frame::ServerFrame;
use crate::clock::Clock;

/// Frames that may wait for one socket. A view is some kilobytes: who is this far behind is better off coming again.
pub(super) const BUFFER: usize = 64;

/// Which window of a seat a socket belongs to.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// The name it made for itself; none: a client that does not ask before it takes over.
    pub tab: Option<String>,
    /// The person said to go on here.
    pub takeover: bool,
}

/// The sitting's end of a socket.
pub(super) struct Conn {
    /// Names the socket.
    pub id: u64,
    /// Whose it is.
    pub seat: SeatId,
    /// Where frames go.
    pub frames: mpsc::Sender<ServerFrame>,
    /// Ends the socket even if it does not read.
    pub kill: CancellationToken,
    /// Which window it is.
    pub window: Window,
    /// Has been given its snapshot; no view goes out before it.
    pub ready: bool,
}

impl Conn {
    /// False: the socket is gone or too slow, and is being closed.
    pub fn tell(&self, frame: ServerFrame) -> bool {
        let told = self.frames.try_send(frame).is_ok();
        if !told {
            self.kill.cancel();
        }
        told
    }

    /// Another window that has not been told to take over.
    fn is_kept_from(&self, newer: &Self) -> bool {
        let other =
            self.window.tab.is_some() && newer.window.tab.is_some() && self.window.tab != newer.window.tab;
        other && !newer.window.takeover && !self.frames.is_closed()
    }

    /// Says why, then closes: the socket's task ends after the goodbye, for its frames end here.
    pub fn bye(self, code: &str) {
        if self.frames.try_send(ServerFrame::bye(code)).is_err() {
            self.kill.cancel();
        }
    }
}

/// Everybody who is connected.
#[derive(Default)]
pub(super) struct Presence {
    sockets: HashMap<SeatId, Conn>,
    media: HashSet<SeatId>,
    /// Per seat, so that a gap tells nobody that something happened elsewhere.
    seqs: HashMap<SeatId, u64>,
    base: u64,
}

impl Presence {
    /// Numbers of views begin after `base`, which a client that saw the former life of this sitting has not passed.
    pub fn from(base: u64) -> Self {
        Self { base, ..Self::default() }
    }

    /// Nobody is here by any wire.
    pub fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.media.is_empty()
    }

    /// The newer socket takes over: by itself if it is the same window coming back, or one that knows no windows; else
    /// only if the person said so. Answers whether it did.
    pub fn take(&mut self, conn: Conn) -> bool {
        if self.sockets.get(&conn.seat).is_some_and(|former| former.is_kept_from(&conn)) {
            conn.bye("in_use_elsewhere");
            return false;
        }
        if let Some(former) = self.sockets.insert(conn.seat, conn) {
            former.bye("moved_to_other_device");
        }
        true
    }

    /// Whether some window of this seat is connected.
    pub fn has(&self, seat: SeatId) -> bool {
        self.sockets.get(&seat).is_some_and(|conn| !conn.frames.is_closed())
    }

    /// A socket is gone; a newer one of the same seat stays.
    pub fn part(&mut self, seat: SeatId, id: u64) {
        if self.sockets.get(&seat).is_some_and(|conn| conn.id == id) {
            self.sockets.remove(&seat);
        }
    }

    /// The seat's socket, taken away.
    pub fn remove(&mut self, seat: SeatId) -> Option<Conn> {
        self.sockets.remove(&seat)
    }

    /// A media connection came or went.
    pub fn media(&mut self, seat: SeatId, up: bool) {
        if up {
            self.media.insert(seat);
        } else {
            self.media.remove(&seat);
        }
    }

    /// Whether this very socket is the seat's.
    pub fn holds(&self, seat: SeatId, id: u64) -> bool {
        self.sockets.get(&seat).is_some_and(|conn| conn.id == id)
    }

    /// One frame to one seat.
    pub fn tell(&mut self, seat: SeatId, frame: ServerFrame) {
        if self.sockets.get(&seat).is_some_and(|conn| !conn.tell(frame)) {
            self.sockets.remove(&seat);
        }
    }

    /// A frame that may be missed: not sent to a socket that is behind.
    pub fn tell_in_passing(&mut self, seat: SeatId, frame: ServerFrame) {
        if let Some(conn) = self.sockets.get(&seat).filter(|c| c.ready && c.frames.capacity() > BUFFER / 2) {
            let _ = conn.frames.try_send(frame);
        }
    }

    /// A view, to a socket that has had its snapshot.
    pub fn tell_view(&mut self, clock: &dyn Clock, seat: SeatId, view: Box<View>) {
        if self.sockets.get(&seat).is_some_and(|conn| conn.ready) {
            let seq = self.next_seq(seat);
            self.tell(seat, ServerFrame::View { seq, now: clock.now(), view });
        }
    }

    /// A line that was written, to its readers. Who has had no snapshot yet finds it there.
    pub fn tell_line(&mut self, said: &LineFor) {
        for seat in &said.readers {
            if self.sockets.get(seat).is_some_and(|conn| conn.ready) {
                self.tell(*seat, ServerFrame::Line { line: said.line.clone() });
            }
        }
    }

    /// The snapshot; from here on the socket gets views.
    pub fn tell_snapshot(&mut self, seat: SeatId, frame: impl FnOnce(u64) -> ServerFrame) {
        let seq = self.next_seq(seat);
        if let Some(conn) = self.sockets.get_mut(&seat) {
            conn.ready = true;
        }
        self.tell(seat, frame(seq));
    }

    /// The number of the last view of this seat.
    pub fn seq(&self, seat: SeatId) -> u64 {
        self.seqs.get(&seat).copied().unwrap_or(self.base)
    }

    fn next_seq(&mut self, seat: SeatId) -> u64 {
        let seq = self.seq(seat) + 1;
        self.seqs.insert(seat, seq);
        seq
    }

    /// Every seat with a socket.
    pub fn seats(&self) -> Vec<SeatId> {
        self.sockets.keys().copied().collect()
    }

    /// Goodbye to all.
    pub fn close_all(&mut self, code: &str) {
        self.sockets.drain().for_each(|(_, conn)| conn.bye(code));
    }

    /// What the sitting does not know yet of who is connected.
    pub fn news(&self, session: &Session) -> Vec<Signal> {
        session
            .seats()
            // Who sits at another's device has no connection of their own.
            .filter(|(_, seat)| !seat.same_device)
            .flat_map(|(id, seat)| {
                [
                    (Link::Live, seat.live, self.sockets.contains_key(&id)),
                    (Link::Media, seat.media, self.media.contains(&id)),
                ]
                .into_iter()
                .filter(|(_, known, real)| known != real)
                .map(move |(link, _, real)| {
                    if real { Signal::Connected(id, link) } else { Signal::Disconnected(id, link) }
                })
            })
            .collect()
    }
}

/// A frame for a refused command.
pub(super) fn refused(id: u64, refusal: Refusal) -> ServerFrame {
    ServerFrame::Refused { id, code: refusal.code.to_owned(), params: refusal.params }
}
