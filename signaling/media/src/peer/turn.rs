//! A turn of a connection: a datagram or the time goes in, everything the library has to say comes out.
//!
//! The library's pacer hands out one packet, then wants to be told the time before it hands out the next. What was
//! just written to a line that is not short goes out at once, so it is told the same time again without being asked
//! how long it would like to wait: that question costs as much as a packet.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use str0m::net::{Protocol, Receive, Transmit};
use str0m::{Input, Output as Polled};

use super::{Output, Peer};
use crate::CloseReason;
use crate::worker::{Arrival, Outbox, Transport};

/// STUN binding success (RFC 8489): the library answers valid checks and no others.
const CHECK_ANSWERED: [u8; 2] = [1, 1];
/// Packets the pacer may release in one go; it wants to be asked for each.
const MOST_TURNS: u32 = 256;
/// For the next turn at once the pacer asks for a microsecond later, so that its time advances. A timer would make a
/// millisecond of it, for each packet of a picture.
const AT_ONCE: Duration = Duration::from_micros(10);
/// Longest wait of a turn nothing seems to need; probes begin this much later.
const TURN_MAY_WAIT: Duration = Duration::from_millis(20);

impl Peer {
    /// Takes a datagram. True when it was a valid connectivity check, so that its source is now known.
    pub(crate) fn receive(&mut self, now: Instant, arrival: Arrival, datagram: &[u8]) -> bool {
        let protocol = match arrival.over {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let Ok(receive) = Receive::new(protocol, arrival.source, arrival.destination, datagram) else {
            return false;
        };
        let input = Input::Receive(now, receive);
        let accepted = self.guarded(|peer| {
            let Some(rtc) = peer.taker(&input, arrival.check) else { return false };
            if let Err(error) = rtc.handle_input(input) {
                tracing::debug!(peer = %peer.id, %error, "datagram refused");
                peer.over.get_or_insert(CloseReason::Transport);
            }
            true
        });
        accepted.unwrap_or(false)
    }

    /// Lets time pass and polls: needed after writes.
    pub(crate) fn settle(&mut self, now: Instant, out: &mut Outbox, outputs: &mut Vec<Output>) -> Instant {
        self.unsettled = false;
        self.guarded(|peer| {
            peer.channels.flush(&mut peer.rtc);
            peer.pass(now);
        });
        self.unsettle_uplink();
        let written = std::mem::take(&mut self.written);
        self.drain_written(written, now, out, outputs)
    }

    /// Polls until nothing comes; gives the time of the next timer.
    pub(crate) fn drain(&mut self, now: Instant, out: &mut Outbox, outputs: &mut Vec<Output>) -> Instant {
        self.drain_written(0, now, out, outputs)
    }

    /// Polls, having `written` so many packets. When these came out everything else did as well, for packets come
    /// last; what the pacer would say to one more turn can wait for the next packet, having nothing to send.
    fn drain_written(
        &mut self,
        written: u32,
        now: Instant,
        out: &mut Outbox,
        outputs: &mut Vec<Output>,
    ) -> Instant {
        let next = self.guarded(|peer| peer.poll(written, now, out, outputs));
        if !self.rtc.is_alive() {
            self.over.get_or_insert(CloseReason::Transport);
        }
        if let Some(reason) = self.over {
            outputs.push(Output::Closed(reason));
        } else if let Some(given) = self.consent.news() {
            outputs.push(if given { Output::Connected } else { Output::Disconnected });
        } else if self.missed {
            outputs.push(Output::Moved);
        }
        self.missed = false;
        let next = next.unwrap_or(now + Duration::from_hours(1));
        self.drain_uplink(next, now, out, outputs)
    }

    fn poll(&mut self, written: u32, now: Instant, out: &mut Outbox, outputs: &mut Vec<Output>) -> Instant {
        let (mut turns, mut sent, mut clock) = (0, 0, now);
        loop {
            match self.rtc.poll_output() {
                Ok(Polled::Transmit(transmit)) => {
                    let own = sent < written && self.is_own(&transmit.contents);
                    self.transmit(transmit, now, out);
                    if !own {
                        continue;
                    }
                    sent += 1;
                    if self.paced {
                        continue;
                    }
                    if sent == written {
                        return now + TURN_MAY_WAIT;
                    }
                    if !self.pass(clock) {
                        return now;
                    }
                }
                Ok(Polled::Event(event)) => self.event(event, outputs),
                Ok(Polled::Timeout(at)) if at > clock + AT_ONCE || turns == MOST_TURNS => {
                    return at.max(now + Duration::from_millis(1));
                }
                Ok(Polled::Timeout(_)) if written > 0 && sent == written => return now + TURN_MAY_WAIT,
                Ok(Polled::Timeout(at)) => {
                    turns += 1;
                    clock = clock.max(at);
                    if !self.pass(clock) {
                        return now;
                    }
                }
                Err(error) => {
                    tracing::debug!(peer = %self.id, %error, "connection failed");
                    self.over.get_or_insert(CloseReason::Transport);
                    return now;
                }
            }
        }
    }

    /// Tells the library the time. False when the connection failed by it.
    fn pass(&mut self, now: Instant) -> bool {
        let passed = self.rtc.handle_input(Input::Timeout(now)).is_ok();
        if !passed {
            self.over.get_or_insert(CloseReason::Transport);
        }
        passed
    }

    /// Queues a datagram, if the client consents to be sent anything there.
    fn transmit(&mut self, transmit: Transmit, now: Instant, out: &mut Outbox) {
        let over = if transmit.proto == Protocol::Udp { Transport::Udp } else { Transport::Tcp };
        let (to, from) = (transmit.destination, transmit.source.ip());
        let answer = transmit.contents.starts_with(&CHECK_ANSWERED);
        if answer {
            self.missed |= self.consent.checked(to, now);
        } else if self.consent.allows(to, now) {
            self.reach(to);
        } else {
            return;
        }
        out.push(over, to, from, transmit.contents.into());
    }

    /// Notes where the client is reached.
    fn reach(&mut self, to: SocketAddr) {
        if self.reached_at != Some(to) {
            self.missed |= self.reached_at.replace(to).is_some();
        }
    }

    /// Whether a datagram is a packet of a slot, and no copy, padding or control packet: by its source (RFC 3550).
    fn is_own(&self, datagram: &[u8]) -> bool {
        let Some(ssrc) = datagram.get(8..12) else { return false };
        datagram[0] & 0xc0 == 0x80
            && !(64..96).contains(&(datagram[1] & 0x7f))
            && self.slots.iter().any(|slot| slot.is_source(ssrc))
    }

    /// Ends consent that is no longer fresh. True when the room should poll for the news.
    pub(crate) fn lapse(&mut self, now: Instant) -> bool {
        let uplink = self.uplink_mut().is_some_and(|uplink| uplink.consent.lapse(now));
        self.consent.lapse(now) || uplink
    }

    /// Ends the connection politely: the client is told, as far as one burst of datagrams can.
    pub(crate) fn hang_up(&mut self, now: Instant, out: &mut Outbox) {
        self.guarded(|peer| drop(peer.rtc.close()));
        self.publisher().guarded(|peer| drop(peer.rtc.close()));
        self.settle(now, out, &mut Vec::new());
    }

    /// Calls into the library with bytes the client chose: a panic ends this connection only.
    pub(super) fn guarded<T>(&mut self, call: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.over == Some(CloseReason::Fault) {
            return None;
        }
        if let Ok(value) = catch_unwind(AssertUnwindSafe(|| call(self))) {
            Some(value)
        } else {
            tracing::error!(peer = %self.id, "fault in a connection; it is closed");
            self.over = Some(CloseReason::Fault);
            None
        }
    }
}
