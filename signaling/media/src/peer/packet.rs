//! A media packet between two connections: what the room needs to know of it, and the packet itself, unread.

use str0m::format::{Codec as WireCodec, CodecSpec};
use str0m::media::{Mid, Pt, Rid};
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
}

/// A packet of a published track, on its way to subscribers.
pub(crate) struct Packet {
    pub(super) source: Source,
    pub(super) rtp: RtpPacket,
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
        Self { source, rtp, pictures, vp8, starts_keyframe }
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
        self.rtp.payload.len()
    }

    /// Loudness from the header extension (RFC 6464): 0 is the loudest, -127 silence.
    pub(crate) fn level_dbov(&self) -> Option<i8> {
        self.rtp.header.ext_vals.audio_level
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
