//! A receiving section of the client, reused for one track after another.
//!
//! Each assignment gets a fresh SSRC and RTX SSRC: a browser that saw a section go inactive plays nothing
//! when the same SSRC comes back, though all its counters rise.

use std::sync::Arc;
use std::time::{Duration, Instant};

use smallvec::SmallVec;
use str0m::Rtc;
use str0m::format::{Codec as WireCodec, CodecSpec, PayloadParams};
use str0m::media::{Direction, ExtensionValues, Mid, Pt};
use str0m::rtp::{RtpWrite, Ssrc};

use super::packet::Packet;
use super::red::Spares;
use super::rewrite::Renumbering;
use super::sdp::Outgoing;
use super::setup::Descriptor;
use crate::forward::TrackKey;
use crate::{Kind, Quality, TrackId, Wish};

/// What is kept to be sent again: later than this a decoder asks for a keyframe instead.
const KEPT_PACKETS: usize = 1024;
const KEPT_FOR: Duration = Duration::from_millis(1500);
/// Share of what is sent that may be sent again; beyond it a full line would only get fuller.
const MOST_RESENT: f32 = 0.15;

/// A track a peer should receive, with what its section will say about it.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub key: TrackKey,
    pub id: TrackId,
    pub kind: Kind,
    /// `PA_x|camera`.
    pub stream: String,
    pub wish: Wish,
}

/// Codecs of a section with their payload types.
type Negotiated = SmallVec<[(CodecSpec, Pt); 8]>;

/// A receiving section.
pub(super) struct Slot {
    pub mid: Mid,
    pub name: String,
    pub kind: Kind,
    /// Offered as receiving in the latest offer.
    pub open: bool,
    /// The last answer said something else than what is true now.
    pub stale: bool,
    /// The media stream it carried in the last answer and carries no more. To the browser a section that goes
    /// on sending the same stream never changed: it would tell the application of no new track, although the
    /// application has let go of the old one. Such a section is first answered inactive.
    pub left: Option<String>,
    pub carried: Option<Carried>,
}

/// The track a slot carries.
pub(super) struct Carried {
    pub wanted: Wanted,
    /// The best layer the subscriber's line was found to carry; none while it carries nothing of the track.
    pub granted: Option<Quality>,
    ssrc: Ssrc,
    rtx: Option<Ssrc>,
    /// What the client can take in this section.
    negotiated: Negotiated,
    /// Payload type of the codec seen last.
    matched: Option<(CodecSpec, Pt)>,
    /// Layer that flows.
    layer: Option<Quality>,
    numbers: Renumbering,
    /// Payload type of redundant sound, where the client takes it, and what was sent last.
    red: Option<Pt>,
    spares: Spares,
    /// The client has not been told, or has not agreed yet: nothing is sent.
    unanswered: bool,
}

impl Slot {
    pub(super) fn new(mid: Mid, name: &str, kind: Kind) -> Self {
        Self { mid, name: name.into(), kind, open: true, stale: false, left: None, carried: None }
    }

    /// A section that an offer of ours is about to add for a track, with the sources the library chose for it.
    pub(super) fn offered(mid: Mid, wanted: Wanted, ssrc: u32, rtx: Option<u32>) -> Self {
        let kind = wanted.kind;
        let carried = Carried::new(wanted, ssrc.into(), rtx.map(Ssrc::from));
        Self { carried: Some(carried), ..Self::new(mid, &mid.to_string(), kind) }
    }

    /// The client agreed to what it was told of this section; only now is it known what it can take in it.
    pub(super) fn answered(&mut self, rtc: &mut Rtc, paced: bool) {
        let Some(carried) = &mut self.carried else {
            // Taken off since the offer was made, but the section may have begun only now.
            return drop(self.release(rtc));
        };
        (carried.negotiated, carried.red) = (negotiated(rtc, self.mid), redundant(rtc, self.mid));
        carried.set_paced(rtc, paced);
        // A section the client refuses stays with its track, so that it is not offered for ever.
        carried.unanswered = !rtc.media(self.mid).is_some_and(|media| media.direction().is_sending());
    }

    /// Gives the slot to a track. The section must exist in the session.
    pub(super) fn assign(&mut self, rtc: &mut Rtc, wanted: Wanted, paced: bool) {
        self.clear_streams(rtc);
        let Some(media) = rtc.media(self.mid) else { return };
        let resends = rtc
            .codec_config()
            .params()
            .iter()
            .any(|params| media.remote_pts().contains(&params.pt()) && params.resend().is_some());
        let (negotiated, red) = (negotiated(rtc, self.mid), redundant(rtc, self.mid));
        let mut direct = rtc.direct_api();
        let ssrc = direct.new_ssrc();
        let rtx = resends.then(|| {
            let mut rtx = direct.new_ssrc();
            while rtx == ssrc {
                rtx = direct.new_ssrc();
            }
            rtx
        });
        let stream = direct.declare_stream_tx(ssrc, rtx, self.mid, None);
        stream.set_unpaced(!paced || self.kind == Kind::Audio);
        stream.set_rtx_cache(KEPT_PACKETS, KEPT_FOR, Some(MOST_RESENT));
        rtc.sdp_api().set_direction(self.mid, Direction::SendOnly);
        self.carried = Some(Carried { negotiated, red, ..Carried::new(wanted, ssrc, rtx) });
    }

    /// Takes the track off at once: stream, send queue and retransmission cache are gone when this returns.
    pub(super) fn release(&mut self, rtc: &mut Rtc) -> Option<Wanted> {
        let carried = self.carried.take();
        self.clear_streams(rtc);
        if rtc.media(self.mid).is_some() {
            rtc.sdp_api().set_direction(self.mid, Direction::Inactive);
        }
        let carried = carried?;
        self.stale = true;
        self.left = Some(carried.wanted.stream.clone());
        Some(carried.wanted)
    }

    fn clear_streams(&self, rtc: &mut Rtc) {
        let mut direct = rtc.direct_api();
        while let Some(ssrc) = direct.stream_tx_by_mid(self.mid, None).map(|stream| stream.ssrc()) {
            if !direct.remove_stream_tx(ssrc) {
                break;
            }
        }
    }

    /// Whether a packet of this source, as its header has it, is of the track carried.
    pub(super) fn is_source(&self, ssrc: &[u8]) -> bool {
        self.carried.as_ref().is_some_and(|carried| carried.ssrc.to_be_bytes() == *ssrc)
    }

    /// The answer's words for this section.
    pub(super) fn outgoing(&self) -> Option<Outgoing> {
        let carried = self.carried.as_ref()?;
        Some(Outgoing {
            stream: carried.wanted.stream.clone(),
            track: carried.wanted.id.to_string(),
            ssrc: *carried.ssrc,
            rtx: carried.rtx.map(|rtx| *rtx),
        })
    }
}

impl Carried {
    fn new(wanted: Wanted, ssrc: Ssrc, rtx: Option<Ssrc>) -> Self {
        let clock_rate = if wanted.kind == Kind::Audio { 48_000 } else { 90_000 };
        let numbers = Renumbering::new(*ssrc, clock_rate);
        Self {
            wanted,
            granted: Some(Quality::High),
            ssrc,
            rtx,
            negotiated: Negotiated::new(),
            matched: None,
            layer: None,
            numbers,
            red: None,
            spares: Spares::default(),
            unanswered: true,
        }
    }

    /// The client was told of the assignment and agreed.
    pub(super) fn agreed(&mut self) {
        self.unanswered = false;
    }

    /// The best layer asked for and granted; none when nothing is to be sent.
    pub(super) fn limit(&self) -> Option<Quality> {
        if self.unanswered || self.wanted.wish.disabled {
            None
        } else {
            Some(self.wanted.wish.quality.min(self.granted?))
        }
    }

    /// Whether packets leave evenly spaced; sound never waits.
    pub(super) fn set_paced(&self, rtc: &mut Rtc, paced: bool) {
        if let Some(stream) = rtc.direct_api().stream_tx(&self.ssrc) {
            stream.set_unpaced(!paced || self.wanted.kind == Kind::Audio);
        }
    }

    /// Whether the slot waits for a keyframe of the layer it should carry.
    pub(super) fn waits_for(&self, layer: Quality) -> bool {
        self.limit().is_some() && !(self.layer == Some(layer) && self.numbers.is_running())
    }

    /// Ends the present run: what comes next starts anew.
    pub(super) fn pause(&mut self) {
        self.layer = None;
        self.numbers.stop();
    }

    /// Queues a packet if it is of the layer that flows, or begins the layer that should. Sound carries so many
    /// `copies` of what went before it.
    pub(super) fn write(
        &mut self,
        rtc: &mut Rtc,
        packet: &Packet,
        should: Quality,
        copies: usize,
        now: Instant,
    ) -> bool {
        let Some(payload_type) = self.payload_type(packet.source.spec) else { return false };
        let sequence = packet.sequence;
        let timestamp = packet.timestamp;
        let video = packet.source.kind == Kind::Video;
        let current = self.numbers.is_running().then_some(self.layer).flatten();
        if !video {
            if !self.numbers.is_running() {
                self.numbers.start(sequence, timestamp, packet.pictures, now);
            }
        } else if packet.starts_keyframe() && begins(current, packet.source.quality, should) {
            self.layer = Some(packet.source.quality);
            self.numbers.start(sequence, timestamp, packet.pictures, now);
        } else if current != Some(packet.source.quality) {
            return false;
        }
        let Some(out) = self.numbers.map(sequence, timestamp, packet.pictures, now) else { return false };
        let seen = &packet.extensions;
        let mut kept = ExtensionValues {
            audio_level: seen.audio_level,
            voice_activity: seen.voice_activity,
            video_orientation: seen.video_orientation,
            video_content_type: seen.video_content_type,
            play_delay_min: seen.play_delay_min,
            play_delay_max: seen.play_delay_max,
            ..ExtensionValues::default()
        };
        // On VP8 its numbering would break at layer switches; the others are passed whole, and need it.
        if matches!(packet.source.spec.codec, WireCodec::Vp9 | WireCodec::Av1)
            && let Some(descriptor) = seen.user_values.get_arc::<Descriptor>()
        {
            kept.user_values.set_arc(descriptor);
        }
        let payload = &packet.payload;
        let wrapped = self
            .red
            .filter(|_| !video && packet.source.spec.codec == WireCodec::Opus)
            .and_then(|red| Some((red, self.spares.wrap(copies, payload_type, out.timestamp, payload)?)));
        let (payload_type, payload) = wrapped.unwrap_or_else(|| (payload_type, Arc::clone(payload)));
        let mut write =
            RtpWrite::new(payload_type, out.sequence.into(), out.timestamp, packet.arrived, payload)
                .marker(packet.marker)
                .ext_vals(kept)
                .nackable(video);
        if let (Some(pictures), Some(descriptor)) = (out.pictures, &packet.vp8) {
            let mut patch = descriptor.patch();
            if let Some(id) = pictures.picture_id {
                patch = patch.picture_id(id);
            }
            if let Some(index) = pictures.tl0_pic_idx {
                patch = patch.tl0_pic_idx(index);
            }
            if let Some(index) = pictures.key_idx {
                patch = patch.key_idx(index);
            }
            // A seven-bit picture id cannot always go on; then the source's own numbers stand.
            if let Ok(patch) = patch.build() {
                write = write.vp8_patch(patch);
            }
        }
        let mut direct = rtc.direct_api();
        let Some(stream) = direct.stream_tx(&self.ssrc) else { return false };
        stream.write_rtp(write);
        true
    }

    /// The subscriber's payload type for the publisher's codec.
    fn payload_type(&mut self, spec: CodecSpec) -> Option<Pt> {
        if let Some((matched, payload_type)) = self.matched
            && matched == spec
        {
            return Some(payload_type);
        }
        let of_codec = || self.negotiated.iter().filter(|(have, _)| have.codec == spec.codec);
        let format = |spec: &CodecSpec| {
            let mode = spec.format.packetization_mode.unwrap_or(0);
            (mode, spec.format.profile_level_id.map(|id| id >> 16), spec.format.profile_id)
        };
        // The same profile, else for H264 at least the same way of cutting pictures into packets.
        let found = of_codec().find(|(have, _)| format(have) == format(&spec)).or_else(|| {
            of_codec().find(|(have, _)| spec.codec != WireCodec::H264 || format(have).0 == format(&spec).0)
        });
        let payload_type = found.map(|(_, payload_type)| *payload_type)?;
        self.matched = Some((spec, payload_type));
        Some(payload_type)
    }
}

/// What the client can take in a section.
fn negotiated(rtc: &Rtc, mid: Mid) -> Negotiated {
    let Some(media) = rtc.media(mid) else { return Negotiated::new() };
    let params = rtc.codec_config().params().iter();
    params
        .filter(|params| media.remote_pts().contains(&params.pt()))
        .map(|params| (params.spec(), params.pt()))
        .collect()
}

/// The payload type by which the client takes redundant sound in a section.
fn redundant(rtc: &Rtc, mid: Mid) -> Option<Pt> {
    let media = rtc.media(mid).filter(|media| media.kind().is_audio())?;
    let params = rtc.codec_config().params().iter();
    params.filter(|params| media.remote_pts().contains(&params.pt())).find_map(PayloadParams::red)
}

/// Whether a keyframe of a layer begins a run: the layer that should be sent, or, until that one's keyframe is
/// there, any lower layer that is an improvement. Browsers answer a request with keyframes of all layers, in
/// any order.
fn begins(current: Option<Quality>, layer: Quality, should: Quality) -> bool {
    if current == Some(layer) {
        return false;
    }
    layer == should || (layer < should && current.is_none_or(|current| current < layer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_rise_to_the_right_one_and_stay_there() {
        let (low, medium, high) = (Quality::Low, Quality::Medium, Quality::High);
        assert!(begins(None, low, high), "something is better than nothing");
        assert!(begins(Some(low), medium, high) && begins(Some(medium), high, high));
        assert!(!begins(Some(high), low, high) && !begins(Some(high), medium, high), "never back");
        assert!(!begins(Some(high), high, high), "a keyframe of the layer that flows is no new run");
        assert!(
            begins(Some(high), low, low) && !begins(Some(high), medium, low),
            "down to what was asked only"
        );
        assert!(!begins(None, high, low), "not above what was asked");
    }
}
