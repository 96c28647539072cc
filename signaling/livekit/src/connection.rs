//! One WebSocket: bytes in, requests to the room; responses of the room, bytes out. It decides nothing.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::proto::{JoinRequest, Response, SignalRequest, SignalResponse};
use crate::room::{Join, Message, RoomHandle};
use crate::token::Claims;
use crate::v0::Version;
use crate::wire::Shared;

/// Messages that may wait for a client before it counts as lost.
const OUTBOX: usize = 512;
/// Not every client pings by itself (the Go one does not); each answers a ping of the WebSocket.
const PING: Duration = Duration::from_secs(10);
/// A client that says nothing for this long, nor answers pings, is lost.
const SILENCE: Duration = Duration::from_secs(30);
/// A write that takes longer means the client does not read.
const WRITE: Duration = Duration::from_secs(10);
/// How long the client may take to close after we did.
const LINGER: Duration = Duration::from_secs(2);

/// Serves a WebSocket until either side ends it.
pub(crate) async fn serve(
    socket: WebSocket,
    shared: Arc<Shared>,
    claims: Claims,
    request: JoinRequest,
    version: Version,
) {
    let (outbox, responses) = mpsc::channel(OUTBOX);
    let connection = shared.next_connection();
    let (identity, name) = (claims.sub.clone(), claims.video.room.clone());
    shared.join(&name, Box::new(Join { claims, request, outbox, connection, version })).await;
    let Some(room) = shared.find(&name) else { return };
    drop(shared);
    let (sink, stream) = socket.split();
    let mut reading = std::pin::pin!(read(stream, &room, identity.clone(), connection));
    let ended = tokio::select! {
        () = write(sink, responses) => true,
        () = &mut reading => false,
    };
    if ended {
        // A client that still sends would take an unread byte for a broken connection, and resume.
        let _ = timeout(LINGER, reading).await;
    }
    let _ = room.send(Message::Lost { identity, connection }).await;
}

/// Until the client closes, falls silent or sends what is no request.
async fn read(mut stream: SplitStream<WebSocket>, room: &RoomHandle, identity: String, connection: u64) {
    while let Ok(Some(Ok(frame))) = timeout(SILENCE, stream.next()).await {
        let bytes = match frame {
            Frame::Binary(bytes) => bytes,
            // Reading on after a close lets the answer to it be sent; then the stream ends.
            Frame::Close(_) | Frame::Text(_) | Frame::Ping(_) | Frame::Pong(_) => continue,
        };
        let Ok(request) = SignalRequest::decode(bytes) else { return };
        // A kind unknown here (of a newer client) is empty after decoding.
        let Some(request) = request.message else { continue };
        let message = Message::Signal { identity: identity.clone(), connection, request: Box::new(request) };
        if room.send(message).await.is_err() {
            return;
        }
    }
}

/// Until the room drops the outbox; then the WebSocket is closed in order.
async fn write(mut sink: SplitSink<WebSocket, Frame>, mut responses: mpsc::Receiver<Response>) {
    loop {
        let frame = match timeout(PING, responses.recv()).await {
            Ok(Some(message)) => {
                Frame::Binary(SignalResponse { message: Some(message) }.encode_to_vec().into())
            }
            Ok(None) => break,
            Err(_) => Frame::Ping(Bytes::new()),
        };
        if !matches!(timeout(WRITE, sink.send(frame)).await, Ok(Ok(()))) {
            return;
        }
    }
    let end = CloseFrame { code: close_code::NORMAL, reason: "".into() };
    let _ = timeout(WRITE, sink.send(Frame::Close(Some(end)))).await;
}
