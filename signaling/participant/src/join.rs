//! Joining a room and staying in it: the protocol's order of messages, on one task.
//!
//! ```text
//!  socket ──▶ join ──▶ offer 1 ──▶ answer 1 ──▶ connected ──▶ add_track, offer 2 … ──▶ leave
//! ```

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use livekit::proto::{self, signal_request as up, signal_response as down};
use prost::Message as _;
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

use crate::peer::{Heard, Peer, PeerNews};
use crate::publish::Publication;
use crate::signal::{self, Requests, Responses};

/// How to join.
pub struct JoinOptions {
    /// The server's base address, `http://host:port` or `ws://host:port`.
    pub url: String,
    /// A media token (JWT) for one room and identity.
    pub token: String,
    /// The local address media is sent from; port 0 takes a free one.
    pub bind: SocketAddr,
    /// How many audio and video sections to offer for receiving at first; more are added when the server asks.
    pub slots: (u32, u32),
    /// Called for each packet received.
    pub heard: Heard,
}

impl JoinOptions {
    /// Three slots of each kind on loopback, as a browser client offers; packets are not looked at.
    pub fn new(url: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            token: token.into(),
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            slots: (3, 3),
            heard: Arc::new(|_| {}),
        }
    }
}

/// Why joining, or a later step, did not work.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The token holds characters that no header may.
    #[error("the token cannot travel in a header")]
    Token,
    /// The WebSocket could not be opened, or broke.
    #[error("the signalling socket: {0}")]
    Socket(String),
    /// A `leave` in place of `join`.
    #[error("the server sent us away: {0}")]
    Refused(String),
    /// No answer within 15 s.
    #[error("the server did not answer {0} in time")]
    Silent(&'static str),
    /// The far-end WebRTC stack refused something.
    #[error("the media connection: {0}")]
    Media(#[from] webrtc::error::Error),
    /// The participant's task has ended.
    #[error("the participant has left")]
    Gone,
}

impl JoinError {
    pub(crate) fn socket(error: impl std::fmt::Display) -> Self {
        Self::Socket(error.to_string())
    }
}

/// What happens around a participant.
#[derive(Clone, Debug)]
pub enum Event {
    /// ICE and DTLS are up.
    Connected,
    /// Others, as the server lets us see them.
    Others(Vec<proto::ParticipantInfo>),
    /// Who speaks, or has stopped: changes only.
    Speakers(Vec<proto::SpeakerInfo>),
    /// A data packet from somebody.
    Data(Box<proto::DataPacket>),
    /// The server ended it, or the media connection failed.
    Ended(String),
}

/// One participant in a room. Dropping it leaves without a word; `leave` says goodbye.
pub struct Participant {
    /// `PA_…`, given by the server for this connection.
    pub sid: String,
    /// Who we are, from the token.
    pub identity: String,
    orders: mpsc::UnboundedSender<Order>,
    /// What happens around us, in order.
    pub events: mpsc::UnboundedReceiver<Event>,
}

enum Order {
    Publish { video: bool, size: (u32, u32), done: oneshot::Sender<Result<Publication, JoinError>> },
    Data { packet: Box<proto::DataPacket>, reliable: bool },
    Mute { sid: String, muted: bool },
    Leave { done: oneshot::Sender<()> },
}

const PATIENCE: Duration = Duration::from_secs(15);

impl Participant {
    /// Joins and answers once the server has accepted the first offer; media may still be connecting.
    pub async fn join(options: JoinOptions, tasks: &TaskTracker) -> Result<Self, JoinError> {
        let request = proto::JoinRequest {
            client_info: Some(proto::ClientInfo {
                sdk: proto::client_info::Sdk::Rust.into(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                protocol: 17,
                ..Default::default()
            }),
            connection_settings: Some(proto::ConnectionSettings {
                auto_subscribe: true,
                ..Default::default()
            }),
            ..Default::default()
        };
        let (mut requests, mut responses) = signal::open(&options.url, &options.token, request).await?;
        let joined = match next(&mut responses, "the join").await? {
            down::Message::Join(joined) => joined,
            down::Message::Leave(leave) => {
                return Err(JoinError::Refused(leave.reason().as_str_name().to_owned()));
            }
            other => return Err(JoinError::Refused(format!("unexpected {other:?}"))),
        };
        let me = joined.participant.unwrap_or_default();

        let (news_in, news) = mpsc::unbounded_channel();
        let peer = Peer::new(options.bind, options.heard, news_in, tasks.clone()).await?;
        peer.add_slots(options.slots.0, options.slots.1).await?;
        let (events_in, events) = mpsc::unbounded_channel();
        let (orders, orders_out) = mpsc::unbounded_channel();
        let _ = events_in.send(Event::Others(joined.other_participants));

        let mut task = Task {
            requests: &mut requests,
            peer: &peer,
            offers: 0,
            waiting: HashMap::new(),
            events: events_in,
            reoffer: false,
            unanswered: false,
        };
        task.offer().await?;
        while task.unanswered {
            let message = next(&mut responses, "the first offer").await?;
            task.response(message).await?;
        }
        let (offers, events_in) = (task.offers, task.events);
        tasks.spawn(run(requests, responses, peer, offers, events_in, orders_out, news));
        Ok(Self { sid: me.sid, identity: me.identity, orders, events })
    }

    /// Publishes a camera or a microphone. `size` is the picture's width and height.
    pub async fn publish(&self, video: bool, size: (u32, u32)) -> Result<Publication, JoinError> {
        let (done, published) = oneshot::channel();
        self.order(Order::Publish { video, size, done })?;
        published.await.map_err(|_| JoinError::Gone)?
    }

    /// Sends a user data packet to everybody whom the server lets hear us.
    pub fn send(&self, topic: &str, payload: Vec<u8>, reliable: bool) -> Result<(), JoinError> {
        let user = proto::UserPacket {
            payload: payload.into(),
            topic: Some(topic.to_owned()),
            ..Default::default()
        };
        let packet =
            proto::DataPacket { value: Some(proto::data_packet::Value::User(user)), ..Default::default() };
        self.order(Order::Data { packet: Box::new(packet), reliable })
    }

    /// Mutes or unmutes a publication.
    pub fn mute(&self, sid: &str, muted: bool) -> Result<(), JoinError> {
        self.order(Order::Mute { sid: sid.to_owned(), muted })
    }

    /// Says goodbye and closes both connections.
    pub async fn leave(self) {
        let (done, left) = oneshot::channel();
        if self.order(Order::Leave { done }).is_ok() {
            let _ = left.await;
        }
    }

    fn order(&self, order: Order) -> Result<(), JoinError> {
        self.orders.send(order).map_err(|_| JoinError::Gone)
    }
}

async fn next(responses: &mut Responses, what: &'static str) -> Result<down::Message, JoinError> {
    tokio::time::timeout(PATIENCE, responses.next())
        .await
        .map_err(|_| JoinError::Silent(what))?
        .ok_or(JoinError::Gone)
}

async fn run(
    mut requests: Requests,
    mut responses: Responses,
    peer: Peer,
    offers: u32,
    events: mpsc::UnboundedSender<Event>,
    mut orders: mpsc::UnboundedReceiver<Order>,
    mut news: mpsc::UnboundedReceiver<PeerNews>,
) {
    let mut task = Task {
        requests: &mut requests,
        peer: &peer,
        offers,
        waiting: HashMap::new(),
        events,
        reoffer: false,
        unanswered: false,
    };
    let mut ping = tokio::time::interval(Duration::from_secs(5));
    let ended = loop {
        let step = tokio::select! {
            message = responses.next() => match message {
                Some(down::Message::Leave(leave)) => break leave.reason().as_str_name().to_owned(),
                Some(message) => task.response(message).await,
                None => break "the server closed the wire".to_owned(),
            },
            order = orders.recv() => match order {
                Some(Order::Leave { done }) => {
                    task.goodbye().await;
                    let _ = done.send(());
                    break "left".to_owned();
                }
                Some(order) => task.order(order).await,
                None => {
                    task.goodbye().await;
                    break "left".to_owned();
                }
            },
            Some(news) = news.recv() => match news {
                PeerNews::Failed => break "the media connection failed".to_owned(),
                news => { task.news(news); Ok(()) }
            },
            _ = ping.tick() => task.ping().await,
        };
        if let Err(error) = step {
            break error.to_string();
        }
    };
    let _ = task.events.send(Event::Ended(ended));
    peer.close().await;
    requests.close().await;
}

struct Task<'a> {
    requests: &'a mut Requests,
    peer: &'a Peer,
    /// Offers made so far; also the id of the last one.
    offers: u32,
    /// Publications whose `track_published` has not come yet, by cid.
    waiting: HashMap<String, (Publication, oneshot::Sender<Result<Publication, JoinError>>)>,
    events: mpsc::UnboundedSender<Event>,
    unanswered: bool,
    /// Something changed while an offer was out: offer again after its answer.
    reoffer: bool,
}

impl Task<'_> {
    async fn offer(&mut self) -> Result<(), JoinError> {
        if self.unanswered {
            self.reoffer = true;
            return Ok(());
        }
        self.offers += 1;
        self.unanswered = true;
        let sdp = self.peer.offer().await?;
        let offer =
            proto::SessionDescription { r#type: "offer".into(), sdp, id: self.offers, ..Default::default() };
        self.requests.send(up::Message::Offer(offer)).await
    }

    async fn response(&mut self, message: down::Message) -> Result<(), JoinError> {
        match message {
            down::Message::Answer(answer) if answer.id == self.offers => {
                self.peer.answer(answer.sdp).await?;
                self.unanswered = false;
                if std::mem::take(&mut self.reoffer) {
                    self.offer().await?;
                }
            }
            down::Message::MediaSectionsRequirement(missing) => {
                self.peer.add_slots(missing.num_audios, missing.num_videos).await?;
                self.offer().await?;
            }
            down::Message::TrackPublished(published) => {
                if let Some((mut publication, done)) = self.waiting.remove(&published.cid) {
                    publication.sid = published.track.unwrap_or_default().sid;
                    let _ = done.send(Ok(publication));
                }
            }
            down::Message::Update(update) => {
                let _ = self.events.send(Event::Others(update.participants));
            }
            down::Message::SpeakersChanged(changed) => {
                let _ = self.events.send(Event::Speakers(changed.speakers));
            }
            _ => {}
        }
        Ok(())
    }

    async fn order(&mut self, order: Order) -> Result<(), JoinError> {
        match order {
            Order::Publish { video, size, done } => {
                let cid =
                    format!("{}-{:08x}", if video { "camera" } else { "microphone" }, rand::random::<u32>());
                let publication = Publication::add(&self.peer.connection, &cid, video).await?;
                self.waiting.insert(cid.clone(), (publication, done));
                self.requests.send(up::Message::AddTrack(add_track(cid, video, size))).await?;
                self.offer().await
            }
            Order::Data { packet, reliable } => self.peer.send(reliable, &packet.encode_to_vec()).await,
            Order::Mute { sid, muted } => {
                self.requests.send(up::Message::Mute(proto::MuteTrackRequest { sid, muted })).await
            }
            Order::Leave { .. } => Ok(()),
        }
    }

    fn news(&mut self, news: PeerNews) {
        let event = match news {
            PeerNews::Connected => Event::Connected,
            PeerNews::Failed => return,
            PeerNews::Data { bytes } => match proto::DataPacket::decode(Bytes::clone(&bytes)) {
                Ok(packet) => Event::Data(Box::new(packet)),
                Err(_) => return,
            },
        };
        let _ = self.events.send(event);
    }

    async fn ping(&mut self) -> Result<(), JoinError> {
        self.requests.send(up::Message::PingReq(proto::Ping::default())).await
    }

    async fn goodbye(&mut self) {
        let leave = proto::LeaveRequest {
            reason: proto::DisconnectReason::ClientInitiated.into(),
            ..Default::default()
        };
        let _ = self.requests.send(up::Message::Leave(leave)).await;
    }
}

fn add_track(cid: String, video: bool, (width, height): (u32, u32)) -> proto::AddTrackRequest {
    let source = if video { proto::TrackSource::Camera } else { proto::TrackSource::Microphone };
    let kind = if video { proto::TrackType::Video } else { proto::TrackType::Audio };
    let layers = if video {
        vec![proto::VideoLayer {
            quality: proto::VideoQuality::High.into(),
            width,
            height,
            ..Default::default()
        }]
    } else {
        vec![]
    };
    proto::AddTrackRequest {
        cid,
        name: if video { "camera" } else { "microphone" }.to_owned(),
        r#type: kind.into(),
        source: source.into(),
        width,
        height,
        layers,
        ..Default::default()
    }
}
