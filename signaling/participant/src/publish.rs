//! A track that is being sent: one media section of our own, its SSRC and the payload type that was negotiated.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rtc::media::Sample;
use rtc::media_stream::MediaStreamTrack;
use rtc::rtp::extension::audio_level_extension::AudioLevelExtension;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_sample::TrackLocalStaticSample;
use webrtc::peer_connection::PeerConnection;
use webrtc::rtp_transceiver::RtpSender;

use crate::join::JoinError;

/// Below this level a packet counts as voice.
const VOICE: u8 = 50;

/// A published track. Frames are written with their duration; the library packetizes them (RFC 7741, RFC 7587).
pub struct Publication {
    /// The sid the server gave: `TR_…`.
    pub sid: String,
    /// Camera or microphone.
    pub video: bool,
    ssrc: u32,
    track: Arc<TrackLocalStaticSample>,
    sender: Arc<dyn RtpSender>,
}

impl Publication {
    /// Adds the track to the connection; the next offer carries it under `cid`.
    pub(crate) async fn add(
        connection: &Arc<dyn PeerConnection>,
        cid: &str,
        video: bool,
    ) -> Result<Self, JoinError> {
        let ssrc = rand::random::<u32>();
        let kind = if video { RtpCodecKind::Video } else { RtpCodecKind::Audio };
        let codec = RTCRtpCodec {
            mime_type: if video { "video/VP8" } else { "audio/opus" }.to_owned(),
            clock_rate: if video { 90_000 } else { 48_000 },
            channels: if video { 0 } else { 2 },
            sdp_fmtp_line: if video { "" } else { "minptime=10;useinbandfec=1" }.to_owned(),
            rtcp_feedback: vec![],
        };
        let coding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc: Some(ssrc), ..Default::default() },
            codec,
            ..Default::default()
        };
        let description =
            MediaStreamTrack::new(cid.to_owned(), cid.to_owned(), cid.to_owned(), kind, vec![coding]);
        let track = Arc::new(TrackLocalStaticSample::new(Instant::now(), description)?);
        let sender = connection.add_track(Arc::clone(&track) as Arc<dyn TrackLocal>).await?;
        Ok(Self { sid: String::new(), video, ssrc, track, sender })
    }

    /// Sends one frame that is shown, or sounds, for `duration`.
    pub async fn write(&self, frame: &Bytes, duration: Duration) -> Result<(), JoinError> {
        self.send(frame, duration, None).await
    }

    /// Sends one packet of sound and says how loud it is: −dBov, 0 to 127 (RFC 6464), so that speaking shows.
    pub async fn speak(&self, packet: &Bytes, duration: Duration, level: u8) -> Result<(), JoinError> {
        self.send(packet, duration, Some(level)).await
    }

    async fn send(&self, frame: &Bytes, duration: Duration, level: Option<u8>) -> Result<(), JoinError> {
        let parameters = self.sender.get_parameters().await?;
        let Some(codec) = parameters.rtp_parameters.codecs.first() else { return Ok(()) };
        let sample = Sample { data: frame.clone(), duration, ..Sample::new(Instant::now()) };
        let mut writer = self.track.sample_writer(self.ssrc, codec.payload_type);
        if let Some(level) = level {
            writer = writer.with_audio_level(AudioLevelExtension { level, voice: level < VOICE });
        }
        writer.write_sample(&sample).await?;
        Ok(())
    }

    /// Waits until the far side asks for a keyframe (PLI, RFC 4585 §6.3.1); `None` when the track has ended.
    pub async fn keyframe_asked(&self) -> Option<()> {
        use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
        use webrtc::media_stream::track_local::TrackLocalEvent;
        loop {
            if let TrackLocalEvent::OnRtcpPacket(packets) = self.track.poll().await?
                && packets.iter().any(|packet| packet.as_any().is::<PictureLossIndication>())
            {
                return Some(());
            }
        }
    }
}
