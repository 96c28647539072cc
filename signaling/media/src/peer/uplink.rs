//! The second connection of a participant on the older wire, where a client has one connection to publish on,
//! which it negotiates itself, and one to receive on, which the server negotiates.
//!
//! To the rest of the program both are one peer: one id in the forwarding table, one row in the hearing
//! ledger, one state. What is sent to the participant leaves over the peer's own connection, so every gate
//! stands where it always stood; the uplink, a peer within the peer, only takes in.

use std::time::Instant;

use str0m::{Input, Rtc};

use super::{Health, Output, Peer, Setup};
use crate::Leg;
use crate::worker::{Candidates, Outbox};

/// The connection a participant publishes on, when that is not the one it receives on.
pub(super) struct Uplink {
    peer: Peer,
    /// The client counts as connected when this one is up; else when the other one is.
    primary: bool,
    /// What was told last.
    well: bool,
    /// How it fared last: told as part of how the participant fares.
    health: Option<Health>,
}

impl Peer {
    /// Gives the peer an uplink of its own. From here on the client's offers are about that one, and
    /// [`Peer::make_offer`] about the connection it receives on.
    pub(crate) fn split(&mut self, primary: Leg, setup: &Setup, candidates: &Candidates, now: Instant) {
        let peer = Self::new(self.id, self.label.clone(), self.events.clone(), setup, candidates, now);
        self.uplink =
            Some(Box::new(Uplink { peer, primary: primary == Leg::Publisher, well: false, health: None }));
    }

    /// Whether the client publishes on a connection of its own.
    pub(crate) fn is_split(&self) -> bool {
        self.uplink.is_some()
    }

    /// The connection by which the client counts as connected.
    pub(super) fn primary(&self) -> Leg {
        if self.uplink.as_ref().is_some_and(|uplink| uplink.primary) {
            Leg::Publisher
        } else {
            Leg::Subscriber
        }
    }

    /// The connection the client publishes on.
    pub(crate) fn publisher(&mut self) -> &mut Self {
        match self.uplink {
            Some(ref mut uplink) => &mut uplink.peer,
            None => self,
        }
    }

    /// The uplink, where there is one.
    pub(super) fn uplink_mut(&mut self) -> Option<&mut Self> {
        self.uplink.as_mut().map(|uplink| &mut uplink.peer)
    }

    /// The connection data goes out over: the one the client counts on.
    pub(super) fn speaker(&mut self) -> &mut Self {
        if self.primary() == Leg::Publisher { self.publisher() } else { self }
    }

    /// Whose a datagram is, of both connections.
    pub(super) fn taker(&mut self, input: &Input<'_>, check: bool) -> Option<&mut Rtc> {
        match self.uplink {
            None => (!check || self.rtc.accepts(input)).then_some(&mut self.rtc),
            Some(_) if self.rtc.accepts(input) => Some(&mut self.rtc),
            Some(ref mut uplink) => uplink.peer.rtc.accepts(input).then_some(&mut uplink.peer.rtc),
        }
    }

    /// The uplink was written to as well, perhaps.
    pub(super) fn unsettle_uplink(&mut self) {
        if let Some(uplink) = &mut self.uplink {
            uplink.peer.unsettled = true;
        }
    }

    /// Polls the uplink after the peer's own connection, and makes one state of both.
    pub(super) fn drain_uplink(
        &mut self,
        next: Instant,
        now: Instant,
        out: &mut Outbox,
        outputs: &mut Vec<Output>,
    ) -> Instant {
        let Some(mut uplink) = self.uplink.take() else { return next };
        if outputs.iter().any(|output| matches!(output, Output::Connected)) {
            self.pause_all();
        }
        for output in outputs.iter_mut() {
            if let (Output::Health(health), Some(up)) = (output, &uplink.health) {
                health.lost_up = up.lost_up;
                health.rtt = health.rtt.max(up.rtt);
                health.jitter = health.jitter.max(up.jitter);
            }
        }
        let own = outputs.len();
        let uplink_next = if uplink.peer.unsettled {
            uplink.peer.settle(now, out, outputs)
        } else {
            uplink.peer.drain(now, out, outputs)
        };
        let receives = self.is_connected();
        let mut index = 0;
        outputs.retain(|output| {
            index += 1;
            match output {
                Output::Connected | Output::Disconnected => false,
                Output::Health(health) if index > own && receives => {
                    uplink.health = Some(*health);
                    false
                }
                _ => true,
            }
        });
        let (primary, other) = if uplink.primary { (&uplink.peer, &*self) } else { (&*self, &uplink.peer) };
        // The other one may never have been needed.
        let well = primary.is_connected() && !other.consent.is_lost();
        if well != std::mem::replace(&mut uplink.well, well) {
            outputs.push(if well { Output::Connected } else { Output::Disconnected });
        }
        self.uplink = Some(uplink);
        next.min(uplink_next)
    }

    /// Local ICE names of the peer's connections.
    pub(crate) fn ice_names(&mut self) -> Vec<String> {
        let own = self.ice_name();
        let uplink = self.uplink.as_mut().map(|uplink| uplink.peer.ice_name());
        [own].into_iter().chain(uplink).collect()
    }
}
