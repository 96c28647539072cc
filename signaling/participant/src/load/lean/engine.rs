//! The load thread: what has come is counted, what is due is sent, and in between it sleeps a little.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rtc::crypto::RTCCryptoProvider;
use rtc::dtls::config::HandshakeConfig;
use tokio::sync::oneshot;

use super::link::{Around, Link, Terms};
use super::socket::{Batch, Socket};
use super::tally::Window;
use super::{Pace, address};

/// What the thread is told.
pub enum Command {
    Connect(Box<Terms>, oneshot::Sender<()>),
    Play(u32, Pace),
    Window(oneshot::Sender<Window>),
    End,
}

/// Browsers send transport-wide feedback between every 50 and every 250 ms.
const FEEDBACK: Duration = Duration::from_millis(100);
const REPORT: Duration = Duration::from_secs(1);
/// Longest sleep when nothing is to be sent: what arrives meanwhile is read in one go. Times of arrival come from the
/// kernel, so it blurs no figure.
const NAP: Duration = Duration::from_micros(500);
/// Batches received before sending gets its turn.
const BATCHES_PER_TURN: usize = 16;

/// What recurs, by link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Upkeep,
    Feedback,
    Report,
    Play(usize),
}

pub struct Engine {
    socket: Socket,
    network: [u8; 2],
    provider: Arc<dyn RTCCryptoProvider>,
    handshake: Arc<HandshakeConfig>,
    orders: Receiver<Command>,
    links: Vec<Link>,
    /// Link by peer number.
    by_peer: Vec<Option<usize>>,
    due: BinaryHeap<Reverse<(Instant, usize, Task)>>,
    rooms: u32,
    pace: Pace,
    since: Instant,
    worked: Duration,
    dropped: u64,
}

impl Engine {
    pub fn new(
        socket: Socket,
        network: [u8; 2],
        provider: Arc<dyn RTCCryptoProvider>,
        handshake: Arc<HandshakeConfig>,
        orders: Receiver<Command>,
    ) -> Self {
        Self {
            socket,
            network,
            provider,
            handshake,
            orders,
            links: Vec::new(),
            by_peer: Vec::new(),
            due: BinaryHeap::new(),
            rooms: 0,
            pace: Pace::PERSON,
            since: Instant::now(),
            worked: Duration::ZERO,
            dropped: 0,
        }
    }

    pub fn run(mut self) {
        let mut batch = Batch::default();
        let Ok(mut window) = Window::empty() else { return };
        loop {
            let began = Instant::now();
            loop {
                match self.orders.try_recv() {
                    Ok(Command::Connect(terms, done)) => self.connect(*terms, done, began),
                    Ok(Command::Play(rooms, pace)) => self.play(rooms, pace, began),
                    Ok(Command::Window(reply)) => {
                        let Ok(next) = Window::empty() else { return };
                        let ended = self.close(std::mem::replace(&mut window, next), began);
                        let _ = reply.send(ended);
                    }
                    Ok(Command::End) | Err(TryRecvError::Disconnected) => return,
                    Err(TryRecvError::Empty) => break,
                }
            }
            for _ in 0..BATCHES_PER_TURN {
                if !self.socket.receive(&mut batch) {
                    break;
                }
                self.took(&mut batch, &mut window);
            }
            self.fire(&mut window);
            let now = Instant::now();
            self.worked += now - began;
            let next = self.due.peek().map_or(NAP, |Reverse((at, ..))| at.saturating_duration_since(now));
            std::thread::sleep(next.min(NAP));
        }
    }

    fn connect(&mut self, terms: Terms, done: oneshot::Sender<()>, now: Instant) {
        let (peer, at) = (terms.peer, self.links.len());
        let slot = usize::try_from(peer).unwrap_or_default();
        if self.by_peer.len() <= slot {
            self.by_peer.resize(slot + 1, None);
        }
        self.by_peer[slot] = Some(at);
        self.links.push(Link::new(terms, address(self.network, peer), self.socket.port(), done, now));
        // Peers do the same things at different times.
        let phase = Duration::from_micros(u64::from(peer) * 7919 % 100_000);
        self.due.push(Reverse((now, at, Task::Upkeep)));
        self.due.push(Reverse((now + phase, at, Task::Feedback)));
        self.due.push(Reverse((now + phase * 10, at, Task::Report)));
    }

    fn play(&mut self, rooms: u32, pace: Pace, now: Instant) {
        self.due.retain(|Reverse((.., task))| !matches!(task, Task::Play(_)));
        (self.rooms, self.pace) = (rooms, pace);
        for (at, link) in self.links.iter_mut().enumerate() {
            if link.room() >= rooms {
                continue;
            }
            for (n, track) in link.tracks.iter_mut().enumerate() {
                let (rate, clock) =
                    if track.video { (pace.pictures, 90_000.0) } else { (pace.sounds, 48_000.0) };
                track.step = ticks(clock / rate);
                let spread = u32::try_from((at * 7919 + n * 104_729) % 10_000).unwrap_or(0);
                let first = Duration::from_secs_f64(1.0 / rate) * spread / 10_000;
                self.due.push(Reverse((now + first, at, Task::Play(n))));
            }
        }
    }

    fn took(&mut self, batch: &mut Batch, window: &mut Window) {
        let now = Instant::now();
        let mut around =
            Around { socket: &self.socket, provider: &*self.provider, handshake: &self.handshake, window };
        for (local, source, at, datagram) in batch.each() {
            let Some(link) = super::peer(local).and_then(|peer| self.by_peer.get(peer).copied().flatten())
            else {
                continue;
            };
            self.links[link].receive(now, source, at, datagram, &mut around);
        }
    }

    /// Does what is due.
    fn fire(&mut self, window: &mut Window) {
        let mut around =
            Around { socket: &self.socket, provider: &*self.provider, handshake: &self.handshake, window };
        for _ in 0..64 {
            let now = Instant::now();
            let Some(&Reverse((at, n, task))) = self.due.peek().filter(|Reverse((at, ..))| *at <= now) else {
                break;
            };
            self.due.pop();
            let link = &mut self.links[n];
            let next = match task {
                Task::Upkeep => link.upkeep(now, &mut around),
                Task::Feedback => {
                    link.feedback(&mut around);
                    at + FEEDBACK
                }
                Task::Report => {
                    link.report(since_epoch(), &mut around);
                    at + REPORT
                }
                Task::Play(track) => {
                    let late =
                        u64::try_from(now.saturating_duration_since(at).as_micros()).unwrap_or(u64::MAX);
                    around.window.late.saturating_record(late.max(1));
                    link.play(track, since_epoch(), &mut around);
                    let video = link.tracks.get(track).is_some_and(|track| track.video);
                    let rate = if video { self.pace.pictures } else { self.pace.sounds };
                    at + Duration::from_secs_f64(1.0 / rate)
                }
            };
            self.due.push(Reverse((next, n, task)));
        }
    }

    fn close(&mut self, mut window: Window, now: Instant) -> Window {
        for link in &mut self.links {
            link.close_window(&mut window);
        }
        window.time = now.saturating_duration_since(self.since);
        window.busy = self.worked.as_secs_f64() / window.time.as_secs_f64().max(0.001);
        let dropped = self.socket.dropped();
        window.dropped = dropped - std::mem::replace(&mut self.dropped, dropped);
        (self.since, self.worked) = (now, Duration::ZERO);
        window
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ticks of a frame, at most a few seconds"
)]
fn ticks(value: f64) -> u32 {
    value.round() as u32
}

#[expect(clippy::disallowed_methods, reason = "stamps are compared with the kernel's times of arrival")]
fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
