//! Someone at a seat: a WebSocket that speaks the wire's messages and remembers nothing else.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use futures_util::{SinkExt, StreamExt};
use livekit::proto::{
    ConnectionSettings, JoinRequest, JoinResponse, ParticipantInfo, Ping, Request, Response,
    SessionDescription, SignalRequest, SignalResponse, TrackInfo, WrappedJoinRequest,
};
use prost::Message as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::house::House;
use crate::offer::Offer;

/// Longer than any answer takes, short enough for a test that waits in vain.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Seat {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub identity: String,
    pub sid: String,
    pub joined: JoinResponse,
    pub token: String,
    pub offer: Offer,
    pings: i64,
}

/// What a client asks for by default.
pub fn request() -> JoinRequest {
    JoinRequest {
        connection_settings: Some(ConnectionSettings {
            auto_subscribe: true,
            ..ConnectionSettings::default()
        }),
        ..JoinRequest::default()
    }
}

/// Opens a WebSocket and gives its first message.
pub async fn knock(house: &House, token: &str, request: &JoinRequest) -> Result<(Seat, Response), String> {
    let wrapped =
        WrappedJoinRequest { join_request: request.encode_to_vec().into(), ..WrappedJoinRequest::default() };
    let parameter = URL_SAFE.encode(wrapped.encode_to_vec()).replace('=', "%3D");
    let path = format!("/rtc/v1?access_token={token}&join_request={parameter}");
    knock_at(house, &path, token).await
}

/// The same through the door of the older wire, where the wish is spelled out in the query.
pub async fn knock_older(house: &House, token: &str, wish: &str) -> Result<(Seat, Response), String> {
    let path = format!("/rtc?access_token={token}&protocol=9&sdk=android&auto_subscribe=1{wish}");
    knock_at(house, &path, token).await
}

async fn knock_at(house: &House, path: &str, token: &str) -> Result<(Seat, Response), String> {
    let url = format!("ws://{}{path}", house.address);
    let (socket, _) = connect_async(url).await.map_err(|error| error.to_string())?;
    let mut seat = Seat {
        socket,
        identity: String::new(),
        sid: String::new(),
        joined: JoinResponse::default(),
        token: token.to_owned(),
        offer: Offer::default(),
        pings: 0,
    };
    let first = seat.next().await.ok_or("closed before the first message")?;
    Ok((seat, first))
}

impl Seat {
    /// Joins and takes the two messages everyone gets.
    pub async fn join(house: &House, room: &str, identity: &str) -> Self {
        Self::join_as(house, &house.token(room, identity), &request()).await
    }

    pub async fn join_as(house: &House, token: &str, request: &JoinRequest) -> Self {
        let (seat, first) = knock(house, token, request).await.expect("joins");
        seat.greeted(first).await
    }

    /// Joins on the older wire.
    pub async fn join_older(house: &House, room: &str, identity: &str) -> Self {
        let (seat, first) = knock_older(house, &house.token(room, identity), "").await.expect("joins");
        seat.greeted(first).await
    }

    async fn greeted(mut self, first: Response) -> Self {
        let seat = &mut self;
        let Response::Join(joined) = first else { panic!("join must come first, not {first:?}") };
        let me = joined.participant.clone().expect("participant");
        (seat.identity, seat.sid) = (me.identity, me.sid);
        seat.joined = joined;
        seat.token = seat
            .expect("a fresh token", |message| match message {
                Response::RefreshToken(token) => Some(token.clone()),
                _ => None,
            })
            .await;
        self
    }

    /// The next message; `None` when the server closed.
    pub async fn next(&mut self) -> Option<Response> {
        loop {
            let frame =
                tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("an answer in time")?.ok()?;
            match frame {
                Frame::Binary(bytes) => return SignalResponse::decode(bytes).expect("a response").message,
                Frame::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Waits for a message, passing over others.
    pub async fn expect<T>(&mut self, what: &str, pick: impl Fn(&Response) -> Option<T>) -> T {
        loop {
            let message =
                self.next().await.unwrap_or_else(|| panic!("{}: closed, not {what}", self.identity));
            if let Some(found) = pick(&message) {
                return found;
            }
        }
    }

    pub async fn send(&mut self, request: Request) {
        let bytes = SignalRequest { message: Some(request) }.encode_to_vec();
        self.socket.send(Frame::Binary(bytes.into())).await.expect("sends");
    }

    /// Everything that is on its way by now: a ping is answered after all that was said before it.
    pub async fn drain(&mut self) -> Vec<Response> {
        self.pings += 1;
        let mine = self.pings;
        self.send(Request::PingReq(Ping { timestamp: mine, rtt: 0 })).await;
        let mut before = Vec::new();
        loop {
            match self.next().await.expect("still connected") {
                Response::PongResp(pong) if pong.last_ping_timestamp == mine => return before,
                message => before.push(message),
            }
        }
    }

    /// Nothing was said since the last message read.
    pub async fn expect_nothing(&mut self) {
        let said = self.drain().await;
        assert!(said.is_empty(), "{} must not be told {said:?}", self.identity);
    }

    /// The next update, as a list of people.
    pub async fn update(&mut self) -> Vec<ParticipantInfo> {
        self.expect("an update", |message| match message {
            Response::Update(update) => Some(update.participants.clone()),
            _ => None,
        })
        .await
    }

    /// Makes an offer and takes the answer; other messages are passed over.
    pub async fn negotiate(&mut self) -> SessionDescription {
        let offer = self.offer.next();
        let id = offer.id;
        self.send(Request::Offer(offer)).await;
        self.expect("an answer", |message| match message {
            Response::Answer(answer) if answer.id == id => Some(answer.clone()),
            _ => None,
        })
        .await
    }

    /// Announces a microphone or camera, offers it, and gives what the server made of it.
    pub async fn publish(&mut self, cid: &str, request: livekit::proto::AddTrackRequest) -> TrackInfo {
        let video = request.r#type() == livekit::proto::TrackType::Video;
        self.send(Request::AddTrack(livekit::proto::AddTrackRequest { cid: cid.into(), ..request })).await;
        let track = self
            .expect("track_published", |message| match message {
                Response::TrackPublished(published) if published.cid == cid => published.track.clone(),
                _ => None,
            })
            .await;
        self.offer.add_sending(cid, video);
        self.negotiate().await;
        track
    }

    /// The connection breaks without a word.
    pub async fn vanish(mut self) -> (String, String) {
        let _ = self.socket.get_mut().get_mut_shutdown().await;
        (self.sid.clone(), self.token.clone())
    }

    pub async fn closed(&mut self) {
        while self.next().await.is_some() {}
    }
}

trait Cut {
    async fn get_mut_shutdown(&mut self) -> std::io::Result<()>;
}

impl Cut for MaybeTlsStream<TcpStream> {
    async fn get_mut_shutdown(&mut self) -> std::io::Result<()> {
        tokio::io::AsyncWriteExt::shutdown(self).await
    }
}
