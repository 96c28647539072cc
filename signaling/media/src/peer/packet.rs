//! A media packet between two connections: what the room needs to know of it, and the packet itself, unread.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use str0m::format::{Codec as WireCodec, CodecSpec};
use str0m::media::{ExtensionValues, Mid, Pt, Rid};
use str0m::rtp::{RtpPacket, Ssrc, Vp8Descriptor};

use super::keyframe;
use super::rewrite::PictureNumbers;
use crate::forward::TrackKey;
use crate::{Codec, Kind, Quality};

/// Which stream of a client a packet is of. Looked up by SSRC once, then remembered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    pub ssrc: Ssrc,
    pub payload_type: Pt,
    pub key: TrackKey,
    pub kind: Kind,
    pub quality: Quality,
    pub spec: CodecSpec,
    /// It comes as redundant sound: the payload type of the sound inside.
    pub inside: Option<Pt>,
}

/// A packet of a published track, on its way to subscribers.
pub(crate) struct Packet {
    pub(super) source: Source,
    /// Extended by the rollovers.
    pub(super) sequence: u64,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) extensions: ExtensionValues,
    pub(super) payload: Arc<[u8]>,
    pub(super) arrived: Instant,
    /// The sender's clock beside the stream's, from its last report (NTP, RTP).
    pub(super) report: Option<(SystemTime, u32)>,
    pub(super) pictures: PictureNumbers,
    pub(super) vp8: Option<Vp8Descriptor>,
    starts_keyframe: bool,
}

impl Packet {
    pub(super) fn new(source: Source, rtp: RtpPacket) -> Self {
        let mut vp8 = None;
        let mut pictures = PictureNumbers::default();
        let mut starts_keyframe = false;
        if source.spec.codec == WireCodec::Vp8 {
            vp8 = Vp8Descriptor::parse(&rtp.payload).ok();
            if let Some(descriptor) = &vp8 {
                starts_keyframe = descriptor.starts_keyframe(&rtp.payload);
                pictures = PictureNumbers {
                    picture_id: descriptor.picture_id(),
                    tl0_pic_idx: descriptor.tl0_pic_idx(),
                    key_idx: descriptor.key_idx(),
                };
            }
        } else {
            starts_keyframe = keyframe::starts(source.spec.codec, &rtp.payload);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the timestamp a sender report names has 32 bits"
        )]
        let report = rtp.last_sender_info.map(|info| (info.ntp_time, info.rtp_time.numer() as u32));
        Self {
            source,
            sequence: *rtp.seq_no,
            timestamp: rtp.header.timestamp,
            marker: rtp.header.marker,
            extensions: rtp.header.ext_vals,
            payload: rtp.payload,
            arrived: rtp.timestamp,
            report,
            pictures,
            vp8,
            starts_keyframe,
        }
    }

    /// A packet of sound that did not come, from the copy in this one. Its header extensions are not known, and a
    /// copy never begins a talkspurt (RFC 2198 section 3).
    pub(super) fn recovered(&self, sequence: u64, timestamp: u32, payload: Arc<[u8]>) -> Self {
        Self {
            sequence,
            timestamp,
            payload,
            marker: false,
            extensions: ExtensionValues::default(),
            vp8: None,
            ..*self
        }
    }

    /// The track it is of.
    pub(crate) fn key(&self) -> TrackKey {
        self.source.key
    }

    /// Sound or picture.
    pub(crate) fn kind(&self) -> Kind {
        self.source.kind
    }

    /// The simulcast layer it is of.
    pub(crate) fn quality(&self) -> Quality {
        self.source.quality
    }

    /// Whether a decoder can begin here.
    pub(crate) fn starts_keyframe(&self) -> bool {
        self.starts_keyframe
    }

    /// Bytes of payload.
    pub(crate) fn len(&self) -> usize {
        self.payload.len()
    }

    /// Its stream's clock, its ticks a second, and the sender's clock beside it from the last report.
    pub(crate) fn clock(&self) -> (u32, u32, Option<(SystemTime, u32)>) {
        (self.timestamp, self.source.spec.clock_rate.get(), self.report)
    }

    /// When it came in.
    pub(crate) fn arrived(&self) -> Instant {
        self.arrived
    }

    /// Loudness from the header extension (RFC 6464): 0 is the loudest, -127 silence.
    pub(crate) fn level_dbov(&self) -> Option<i8> {
        self.extensions.audio_level
    }
}

/// The codec as the rest of the program names it.
pub(super) fn codec_of(spec: CodecSpec) -> Codec {
    match spec.codec {
        WireCodec::Opus => Codec::Opus,
        WireCodec::Vp8 => Codec::Vp8,
        WireCodec::H264 => Codec::H264,
        WireCodec::Vp9 => Codec::Vp9,
        WireCodec::Av1 => Codec::Av1,
        _ => Codec::Other,
    }
}

/// A section the client publishes on.
#[derive(Debug)]
pub(super) struct Publication {
    pub mid: Mid,
    pub name: String,
    pub kind: Kind,
    pub msid_track: Option<String>,
    pub rids: Vec<String>,
    pub codec: Codec,
    pub bound: Option<Binding>,
}

/// The announced track a publication carries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binding {
    pub key: TrackKey,
    pub dtx: bool,
    pub stereo: bool,
    /// May come with copies of what went before (RFC 2198).
    pub red: bool,
    /// What its publisher means to code it with.
    pub codec: Option<Codec>,
}

impl Publication {
    /// The codec its track was announced with.
    pub(super) fn asked(&self) -> Option<Codec> {
        self.bound?.codec
    }

    /// The restriction identifier of a layer; `None` for the only layer of a track without simulcast.
    pub(super) fn rid(&self, quality: Quality) -> Option<Rid> {
        let rid = self.rids.iter().find(|rid| Quality::of_rid(Some(rid)) == quality)?;
        Some(Rid::from(rid.as_str()))
    }
}
