//! The signalling half: a WebSocket to `/rtc/v1` that carries protobuf frames.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use livekit::proto;
use prost::Message as _;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::join::JoinError;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Sends requests up.
pub struct Requests(SplitSink<Socket, Message>);
/// Reads responses.
pub struct Responses(SplitStream<Socket>);

/// Opens the wire. `url` is the server's base (`ws://host:port`); the token travels in a header, never in the URL.
pub async fn open(
    url: &str,
    token: &str,
    join: proto::JoinRequest,
) -> Result<(Requests, Responses), JoinError> {
    let wrapped = proto::WrappedJoinRequest {
        compression: proto::wrapped_join_request::Compression::None.into(),
        join_request: join.encode_to_vec().into(),
    };
    let address = format!(
        "{}/rtc/v1?join_request={}",
        url.trim_end_matches('/').replacen("http", "ws", 1),
        URL_SAFE_NO_PAD.encode(wrapped.encode_to_vec())
    );
    let mut request = address.into_client_request().map_err(JoinError::socket)?;
    let header = format!("Bearer {token}").parse().map_err(|_| JoinError::Token)?;
    request.headers_mut().insert("authorization", header);
    let (socket, _) = tokio_tungstenite::connect_async(request).await.map_err(JoinError::socket)?;
    let (up, down) = socket.split();
    Ok((Requests(up), Responses(down)))
}

impl Requests {
    pub async fn send(&mut self, message: proto::signal_request::Message) -> Result<(), JoinError> {
        let frame = proto::SignalRequest { message: Some(message) }.encode_to_vec();
        self.0.send(Message::Binary(frame.into())).await.map_err(JoinError::socket)
    }

    pub async fn close(&mut self) {
        let _ = self.0.close().await;
    }
}

impl Responses {
    /// The next response; `None` when the server has closed the wire.
    pub async fn next(&mut self) -> Option<proto::signal_response::Message> {
        loop {
            match self.0.next().await? {
                Ok(Message::Binary(frame)) => {
                    if let Ok(proto::SignalResponse { message: Some(message) }) =
                        proto::SignalResponse::decode(frame)
                    {
                        return Some(message);
                    }
                }
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}
