//! The client's data channels: found by label, written through a bounded queue.

use std::collections::VecDeque;

use bytes::Bytes;
use str0m::Rtc;
use str0m::channel::ChannelId;

use crate::{Channel, PeerId};

/// Reliable messages held for one slow or not yet open channel; beyond it the oldest connection problem is
/// the reader's, and what is new is dropped.
const MAX_WAITING_BYTES: usize = 4 * 1024 * 1024;

struct Waiting {
    from: Option<PeerId>,
    bytes: Bytes,
}

/// Data channels of one client.
#[derive(Default)]
pub(super) struct Channels {
    open: Vec<(Channel, ChannelId)>,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
}

impl Channels {
    pub(super) fn opened(&mut self, id: ChannelId, label: &str) {
        if let Some(channel) = Channel::of_label(label) {
            self.open.retain(|(known, _)| *known != channel);
            self.open.push((channel, id));
        }
    }

    pub(super) fn closed(&mut self, id: ChannelId) {
        self.open.retain(|(_, known)| *known != id);
    }

    pub(super) fn channel(&self, id: ChannelId) -> Option<Channel> {
        self.open.iter().find(|(_, known)| *known == id).map(|(channel, _)| *channel)
    }

    /// Writes a message, or holds a reliable one until the channel takes it. Lossy ones are never held.
    pub(super) fn send(&mut self, rtc: &mut Rtc, from: Option<PeerId>, channel: Channel, bytes: Bytes) {
        if channel != Channel::Reliable {
            self.write(rtc, channel, &bytes);
            return;
        }
        if self.waiting.is_empty() && self.write(rtc, channel, &bytes) {
            return;
        }
        if self.waiting_bytes + bytes.len() > MAX_WAITING_BYTES {
            tracing::warn!(bytes = bytes.len(), "reliable message dropped: the receiver does not read");
            return;
        }
        self.waiting_bytes += bytes.len();
        self.waiting.push_back(Waiting { from, bytes });
    }

    /// Writes what was held, in order.
    pub(super) fn flush(&mut self, rtc: &mut Rtc) {
        while let Some(first) = self.waiting.front() {
            let bytes = first.bytes.clone();
            if !self.write(rtc, Channel::Reliable, &bytes) {
                return;
            }
            self.waiting.pop_front();
            self.waiting_bytes -= bytes.len();
        }
    }

    /// Drops held messages of senders that may not be heard any more.
    pub(super) fn forget_unless(&mut self, keep: impl Fn(PeerId) -> bool) {
        self.waiting.retain(|held| held.from.is_none_or(&keep));
        self.waiting_bytes = self.waiting.iter().map(|held| held.bytes.len()).sum();
    }

    fn write(&self, rtc: &mut Rtc, channel: Channel, bytes: &[u8]) -> bool {
        let Some(id) = self.open.iter().find(|(known, _)| *known == channel).map(|(_, id)| *id) else {
            return false;
        };
        rtc.channel(id).is_some_and(|mut open| matches!(open.write(true, bytes), Ok(true)))
    }
}
