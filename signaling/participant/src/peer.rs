//! The media half: one `webrtc` peer connection that offers, receives tracks and counts what it hears.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use rtc::interceptor::Registry;
use rtc::peer_connection::configuration::RTCConfigurationBuilder;
use rtc::peer_connection::configuration::interceptor_registry::register_default_interceptors;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpHeaderExtensionCapability, RtpCodecKind};
use rtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::task::TaskTracker;
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit};
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCPeerConnectionState,
};

use crate::join::JoinError;

/// One RTP packet as it arrived.
pub struct Received<'a> {
    /// The media stream id of the answer's msid (`PA_x|…`), which names who speaks.
    pub stream: &'a str,
    /// The SSRC it came on (fresh for each assignment of a slot).
    pub ssrc: u32,
    /// Picture or sound.
    pub video: bool,
    /// RTP sequence number (RFC 3550 §5.1).
    pub sequence: u16,
    /// RTP timestamp, in ticks of 90 or 48 kHz.
    pub timestamp: u32,
    /// What it carries, without padding.
    pub payload: &'a Bytes,
    /// When it was read.
    pub at: Instant,
}

/// Called for each RTP packet received, on the task of its track: keep it short.
pub type Heard = Arc<dyn Fn(&Received<'_>) + Send + Sync>;

/// What the peer connection tells the participant's task.
pub enum PeerNews {
    Connected,
    Failed,
    Data { bytes: Bytes },
}

/// How loud a sound packet is (RFC 6464 §4).
const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/// The labels a LiveKit client opens; the server matches by label.
const RELIABLE: &str = "_reliable";
const LOSSY: &str = "_lossy";

pub struct Peer {
    pub connection: Arc<dyn PeerConnection>,
    reliable: Arc<dyn DataChannel>,
    lossy: Arc<dyn DataChannel>,
}

impl Peer {
    /// A connection with two data channels and no media sections yet, bound to a loopback port of its own.
    pub async fn new(
        bind: std::net::SocketAddr,
        heard: Heard,
        news: UnboundedSender<PeerNews>,
        tasks: TaskTracker,
    ) -> Result<Self, JoinError> {
        let mut engine = MediaEngine::default();
        engine.register_default_codecs()?;
        let level = RTCRtpHeaderExtensionCapability { uri: AUDIO_LEVEL.to_owned() };
        engine.register_header_extension(level, RtpCodecKind::Audio, None)?;
        let registry = register_default_interceptors(Registry::new(), &mut engine)?;
        let watcher = Watcher { heard, news: news.clone(), tasks: tasks.clone() };
        let connection = PeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().build())
            .with_media_engine(engine)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(watcher))
            .with_udp_addrs(vec![bind])
            .build()
            .await?;
        let connection: Arc<dyn PeerConnection> = Arc::new(connection);
        let reliable = connection.create_data_channel(RELIABLE, None).await?;
        let unordered = RTCDataChannelInit { ordered: false, max_retransmits: Some(0), ..Default::default() };
        let lossy = connection.create_data_channel(LOSSY, Some(unordered)).await?;
        for channel in [&reliable, &lossy] {
            tasks.spawn(listen(Arc::clone(channel), news.clone()));
        }
        Ok(Self { connection, reliable, lossy })
    }

    /// Adds recvonly sections, into which the server can put other people's tracks.
    pub async fn add_slots(&self, audio: u32, video: u32) -> Result<(), JoinError> {
        for (kind, count) in [(RtpCodecKind::Audio, audio), (RtpCodecKind::Video, video)] {
            for _ in 0..count {
                let init = RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Recvonly,
                    streams: vec![],
                    send_encodings: vec![],
                };
                self.connection.add_transceiver_from_kind(kind, Some(init)).await?;
            }
        }
        Ok(())
    }

    /// Makes an offer and sets it: the text to send.
    pub async fn offer(&self) -> Result<String, JoinError> {
        let offer = self.connection.create_offer(None).await?;
        let sdp = offer.sdp.clone();
        self.connection.set_local_description(offer).await?;
        Ok(sdp)
    }

    pub async fn answer(&self, sdp: String) -> Result<(), JoinError> {
        self.connection.set_remote_description(RTCSessionDescription::answer(sdp)?).await?;
        Ok(())
    }

    pub async fn send(&self, reliable: bool, bytes: &[u8]) -> Result<(), JoinError> {
        let channel = if reliable { &self.reliable } else { &self.lossy };
        channel.send(bytes.into()).await?;
        Ok(())
    }

    pub async fn close(&self) {
        let _ = self.connection.close().await;
    }
}

async fn listen(channel: Arc<dyn DataChannel>, news: UnboundedSender<PeerNews>) {
    while let Some(event) = channel.poll().await {
        match event {
            DataChannelEvent::OnMessage(message) => {
                let _ = news.send(PeerNews::Data { bytes: message.data.freeze() });
            }
            DataChannelEvent::OnClose => break,
            _ => {}
        }
    }
}

struct Watcher {
    heard: Heard,
    news: UnboundedSender<PeerNews>,
    tasks: TaskTracker,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Watcher {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        match state {
            RTCPeerConnectionState::Connected => drop(self.news.send(PeerNews::Connected)),
            RTCPeerConnectionState::Failed => drop(self.news.send(PeerNews::Failed)),
            _ => {}
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.tasks.spawn(receive(track, Arc::clone(&self.heard)));
    }
}

async fn receive(track: Arc<dyn TrackRemote>, heard: Heard) {
    let video = track.kind().await == RtpCodecKind::Video;
    let mut stream = track.stream_id().await;
    while let Some(event) = track.poll().await {
        match event {
            TrackRemoteEvent::OnOpen(init) => {
                if let Some(first) = init.stream_ids.first() {
                    stream = first.clone();
                }
            }
            TrackRemoteEvent::OnRtpPacket(packet) => heard(&Received {
                stream: &stream,
                ssrc: packet.header.ssrc,
                video,
                sequence: packet.header.sequence_number,
                timestamp: packet.header.timestamp,
                payload: &packet.payload,
                at: Instant::now(),
            }),
            TrackRemoteEvent::OnEnded => break,
            _ => {}
        }
    }
}
