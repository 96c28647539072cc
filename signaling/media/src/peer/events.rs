//! What the library reports of a connection, turned into what the room acts on.

use str0m::Event;
use str0m::format::PayloadParams;
use str0m::media::Mid;
use str0m::rtp::RtpPacket;

use super::packet::{Packet, Source};
use super::slot::Slot;
use super::{Output, Peer};
use crate::{CloseReason, Kind, Quality};

/// A client may change SSRCs for ever; what is remembered is bounded.
const MAX_SOURCES: usize = 64;

impl Peer {
    pub(super) fn event(&mut self, event: Event, outputs: &mut Vec<Output>) {
        match event {
            Event::RtpPacket(rtp) => {
                let Some(source) = self.source(&rtp) else { return };
                let packet = Packet::new(source, rtp);
                if source.kind == Kind::Audio {
                    self.publish_sound(packet, outputs);
                } else {
                    outputs.push(Output::Media(packet));
                }
            }
            Event::Connected => self.consent.secured(),
            Event::IceConnectionStateChange(state) => self.consent.ice(state),
            Event::KeyframeRequest(request) => {
                if let Some(carried) = self.slot(request.mid).and_then(|slot| slot.carried.as_ref()) {
                    outputs.push(Output::KeyframeWanted(carried.wanted.key));
                }
            }
            Event::PeerStats(stats) => {
                let health = self.observer.report(&stats);
                self.losses.report(health.lost_down);
                outputs.push(Output::Health(health));
            }
            Event::MediaEgressStats(stats) => {
                let audio = self.is_audio(stats.mid);
                self.observer.sent(&stats, audio);
            }
            Event::MediaIngressStats(stats) => {
                let audio = self.is_audio(stats.mid);
                self.observer.received(&stats, audio);
            }
            Event::ChannelOpen(id, label) => {
                self.channels.opened(id, &label);
                self.channels.flush(&mut self.rtc);
            }
            Event::ChannelClose(id) => self.channels.closed(id),
            Event::ChannelBufferedAmountLow(_) => self.channels.flush(&mut self.rtc),
            Event::ChannelData(message) => {
                if let Some(channel) = self.channels.channel(message.id) {
                    outputs.push(Output::Data(channel, message.data.into()));
                }
            }
            Event::Closed => {
                self.over.get_or_insert(CloseReason::Transport);
            }
            _ => {}
        }
    }

    fn slot(&self, mid: Mid) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.mid == mid)
    }

    fn is_audio(&self, mid: Mid) -> bool {
        self.rtc.media(mid).is_some_and(|media| media.kind().is_audio())
    }

    /// Which bound track a packet is of.
    fn source(&mut self, rtp: &RtpPacket) -> Option<Source> {
        let (ssrc, payload_type) = (rtp.header.ssrc, rtp.header.payload_type);
        if let Some(known) =
            self.sources.iter().find(|known| known.ssrc == ssrc && known.payload_type == payload_type)
        {
            return Some(*known);
        }
        let (mid, rid) = self.rtc.direct_api().stream_rx(&ssrc).map(|stream| (stream.mid(), stream.rid()))?;
        let publication = self.publications.iter().find(|publication| publication.mid == mid)?;
        let carries =
            |params: &&PayloadParams| params.pt() == payload_type || params.red() == Some(payload_type);
        let params = self.rtc.codec_config().params().iter().find(carries)?;
        let (spec, inside) = (params.spec(), (params.pt() != payload_type).then_some(params.pt()));
        let source = Source {
            ssrc,
            payload_type,
            key: publication.bound?.key,
            kind: publication.kind,
            quality: Quality::of_rid(rid.as_deref()),
            spec,
            inside,
        };
        if self.sources.len() >= MAX_SOURCES {
            self.sources.remove(0);
        }
        self.sources.push(source);
        Some(source)
    }
}
