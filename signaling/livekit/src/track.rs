//! A published track as others are told of it, and which layer a subscriber's wish comes to.

use media::{Codec, Kind, Quality, Source, TrackId, TrackSpec};

use crate::proto::video_layer::Mode;
use crate::proto::{
    AddTrackRequest, AudioTrackFeature, SimulcastCodecInfo, TimedVersion, TrackInfo, TrackSource, TrackType,
    UpdateTrackSettings, VideoLayer, VideoQuality,
};

/// A track somebody announced, and perhaps publishes by now.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    /// What others are told.
    pub info: TrackInfo,
    /// The publisher's own id.
    pub cid: String,
    /// A media section carries it: others may be told.
    pub bound: bool,
    /// The publisher was told that somebody receives it.
    pub subscribed: bool,
    /// The codec the publisher said it will send.
    asked_codec: Option<Codec>,
}

impl Track {
    /// From the publisher's request.
    pub fn new(sid: String, request: AddTrackRequest) -> Self {
        let kind = request.r#type();
        let features = &request.audio_features;
        let stereo = request.stereo || features.contains(&AudioTrackFeature::TfStereo.into());
        let no_dtx = request.disable_dtx || features.contains(&AudioTrackFeature::TfNoDtx.into());
        let stream =
            if request.stream.is_empty() { stream_of(request.source()).to_owned() } else { request.stream };
        let mut info = TrackInfo {
            sid,
            r#type: kind.into(),
            name: request.name,
            muted: request.muted,
            width: request.width,
            height: request.height,
            simulcast: request.layers.len() > 1,
            disable_dtx: no_dtx,
            source: request.source,
            stereo,
            disable_red: request.disable_red,
            encryption: request.encryption,
            stream,
            audio_features: request.audio_features,
            backup_codec_policy: request.backup_codec_policy,
            packet_trailer_features: request.packet_trailer_features,
            ..TrackInfo::default()
        };
        let asked_codec = request.simulcast_codecs.first().and_then(|codec| Codec::of_mime(&codec.codec));
        let usual = if kind == TrackType::Audio { Codec::Opus } else { Codec::Vp8 };
        let codec = asked_codec.unwrap_or(usual);
        set_codec(&mut info, codec.mime(), &request.cid, &request.layers);
        Self { info, cid: request.cid, bound: false, subscribed: false, asked_codec }
    }

    pub fn id(&self) -> TrackId {
        TrackId::from(self.info.sid.as_str())
    }

    pub fn kind(&self) -> Kind {
        if self.info.r#type() == TrackType::Audio { Kind::Audio } else { Kind::Video }
    }

    /// What the media plane is told of it.
    pub fn spec(&self) -> TrackSpec {
        TrackSpec {
            id: self.id(),
            cid: self.cid.clone(),
            kind: self.kind(),
            stream: self.info.stream.clone(),
            disable_dtx: self.info.disable_dtx,
            disable_red: self.info.disable_red,
            stereo: self.info.stereo,
            codec: self.asked_codec,
            source: match self.info.source() {
                TrackSource::Camera => Source::Camera,
                TrackSource::Microphone => Source::Microphone,
                TrackSource::ScreenShare => Source::ScreenShare,
                TrackSource::ScreenShareAudio => Source::ScreenShareAudio,
                TrackSource::Unknown => Source::Unknown,
            },
        }
    }

    /// Something others are told of it has changed.
    pub fn touch(&mut self, now_ms: u64) {
        let unix_micro = i64::try_from(now_ms.saturating_mul(1000)).unwrap_or(i64::MAX);
        let ticks = self.info.version.as_ref().map_or(0, |version| version.ticks.wrapping_add(1));
        self.info.version = Some(TimedVersion { unix_micro, ticks });
    }

    /// A media section carries it now.
    pub fn bind(&mut self, mid: String, codec: Codec, rids: &[String]) {
        self.bound = true;
        self.info.simulcast = rids.len() > 1;
        let layers = std::mem::take(&mut self.info.layers);
        set_codec(&mut self.info, codec.mime(), &self.cid, &layers);
        for codec in &mut self.info.codecs {
            codec.mid.clone_from(&mid);
        }
        self.info.mid = mid;
    }

    /// The layer a subscriber's setting comes to: the smallest that covers the size it asked for.
    pub fn quality(&self, setting: &UpdateTrackSettings) -> Quality {
        if setting.width == 0 || setting.height == 0 {
            return match setting.quality() {
                VideoQuality::Low => Quality::Low,
                VideoQuality::Medium => Quality::Medium,
                VideoQuality::High | VideoQuality::Off => Quality::High,
            };
        }
        let covers = |layer: &&VideoLayer| layer.width >= setting.width && layer.height >= setting.height;
        let smallest = self.info.layers.iter().filter(covers).min_by_key(|layer| layer.width);
        match smallest.map(VideoLayer::quality) {
            Some(VideoQuality::Low) => Quality::Low,
            Some(VideoQuality::Medium) => Quality::Medium,
            _ => Quality::High,
        }
    }
}

/// Tracks of one stream are played in step: camera with microphone, screen with its sound.
fn stream_of(source: TrackSource) -> &'static str {
    match source {
        TrackSource::Camera | TrackSource::Microphone => "camera",
        TrackSource::ScreenShare | TrackSource::ScreenShareAudio => "screen_share",
        TrackSource::Unknown => "unknown",
    }
}

fn set_codec(info: &mut TrackInfo, mime: &str, cid: &str, layers: &[VideoLayer]) {
    mime.clone_into(&mut info.mime_type);
    info.layers = layers.to_vec();
    info.codecs = vec![SimulcastCodecInfo {
        mime_type: mime.to_owned(),
        cid: cid.to_owned(),
        layers: layers.to_vec(),
        video_layer_mode: if info.r#type() == TrackType::Video {
            Mode::OneSpatialLayerPerStream.into()
        } else {
            Mode::Unused.into()
        },
        ..SimulcastCodecInfo::default()
    }];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera() -> Track {
        let layer = |quality: VideoQuality, width, height| VideoLayer {
            quality: quality.into(),
            width,
            height,
            ..VideoLayer::default()
        };
        Track::new(
            "TR_cam".into(),
            AddTrackRequest {
                cid: "c1".into(),
                r#type: TrackType::Video.into(),
                source: TrackSource::Camera.into(),
                layers: vec![
                    layer(VideoQuality::Low, 320, 180),
                    layer(VideoQuality::Medium, 640, 360),
                    layer(VideoQuality::High, 1280, 720),
                ],
                ..AddTrackRequest::default()
            },
        )
    }

    fn size(width: u32, height: u32) -> UpdateTrackSettings {
        UpdateTrackSettings { width, height, ..UpdateTrackSettings::default() }
    }

    #[test]
    fn the_smallest_layer_that_covers_the_picture_is_chosen() {
        assert_eq!(camera().quality(&size(160, 90)), Quality::Low);
        assert_eq!(camera().quality(&size(320, 181)), Quality::Medium);
        assert_eq!(camera().quality(&size(1000, 600)), Quality::High);
        assert_eq!(
            camera().quality(&size(4000, 3000)),
            Quality::High,
            "nothing covers it: the best there is"
        );
    }

    #[test]
    fn without_a_size_the_named_quality_counts() {
        let named =
            UpdateTrackSettings { quality: VideoQuality::Medium.into(), ..UpdateTrackSettings::default() };
        assert_eq!(camera().quality(&named), Quality::Medium);
    }

    #[test]
    fn camera_and_microphone_share_a_stream_and_binding_tells_the_codec() {
        let mut track = camera();
        assert_eq!(track.info.stream, "camera");
        track.bind("7".into(), Codec::H264, &["q".into(), "h".into()]);
        assert!(track.bound && track.info.simulcast);
        assert_eq!(track.info.mime_type, "video/H264");
        assert_eq!(track.info.codecs[0].mid, "7");
        assert_eq!(track.info.layers.len(), 3, "layers survive binding");
    }
}
