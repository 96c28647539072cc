//! The WebSocket: hello, then frames both ways, until either side is done.
//!
//! It holds no state of the sitting. Everything a client can do wrong ends here: no hello, a foreign token, frames too
//! long, too many or unreadable, a socket that does not read or has gone silent.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRef, State};
use axum::response::Response;
use axum::routing::get;
use domain::{Refusal, SeatId, SessionId};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::Live;
use super::frame::{ClientFrame, ServerFrame};
use super::pace::Pace;
use super::presence::{BUFFER, Conn, Window};
use super::sitting::Message;
use crate::extract::Path;
use crate::measures::LiveSocket;
use crate::tasks::Tasks;

/// Within this the first frame must be a hello.
const HELLO: Duration = Duration::from_secs(5);
/// Bytes of a client's frame: the longest is a hello with its token.
const FRAME: usize = 16 * 1024;
/// Bytes that may wait in the socket's own buffer.
const WRITE_BUFFER: usize = 512 * 1024;
/// How often the client is pinged, and after how much silence it is given up.
const PING: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(20);
/// A frame must be on its way within this.
const WRITE: Duration = Duration::from_secs(10);

/// Between two places somebody points at.
const POINTS: Duration = Duration::from_millis(50);

/// Bytes in the name of a window.
const TAB: usize = 64;

/// For the goodbye itself.
const LAST_WORD: Duration = Duration::from_secs(2);

static NEXT: AtomicU64 = AtomicU64::new(1);

/// Who knocks: checks a seat token, and that its link still stands.
pub trait Door: Send + Sync + 'static {
    /// The seat of a valid token of this sitting.
    fn seat<'a>(&'a self, session: SessionId, token: &'a str) -> BoxFuture<'a, Result<SeatId, Refusal>>;
}

/// The live wire's route.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Live: FromRef<S>,
{
    Router::new().route("/api/v1/sessions/{id}/live", get(open))
}

async fn open(
    State(live): State<Live>,
    Path(session): Path<SessionId>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(FRAME)
        .max_frame_size(FRAME)
        .max_write_buffer_size(WRITE_BUFFER)
        // Tracked, so that a server that stops waits until everybody was told.
        .on_upgrade(async move |socket| {
            live.tasks().clone().spawn("live socket", attend(live, session, socket));
        })
}

async fn attend(live: Live, session: SessionId, mut socket: WebSocket) {
    let _counted = LiveSocket::open();
    let stop = live.tasks().stop_token();
    let work = async {
        let end = match greet(&live, session, &mut socket).await {
            Ok((seat, window)) => {
                metrics::counter!("onedoor_live_joins_total").increment(1);
                converse(&live, session, (seat, window), &mut socket).await
            }
            Err(code) => Some(ServerFrame::bye(code)),
        };
        if let Some(frame) = end {
            let _ = write(&mut socket, &frame).await;
        }
        let _ = timeout(LAST_WORD, socket.send(Frame::Close(None))).await;
    };
    // The sitting says goodbye when the server stops; whoever does not take it in time is cut.
    tokio::select! {
        () = work => {}
        () = async { stop.cancelled().await; tokio::time::sleep(LAST_WORD).await } => {}
    }
}

/// Waits for the hello and checks its token.
async fn greet(
    live: &Live,
    session: SessionId,
    socket: &mut WebSocket,
) -> Result<(SeatId, Window), &'static str> {
    let first = timeout(HELLO, async {
        loop {
            match socket.recv().await {
                Some(Ok(Frame::Text(text))) => return Some(text),
                Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                _ => return None,
            }
        }
    });
    let text = match first.await {
        Ok(Some(text)) => text,
        Ok(None) => return Err("hello_expected"),
        Err(_) => return Err("hello_late"),
    };
    let Ok(ClientFrame::Hello { token, tab, takeover, .. }) = serde_json::from_str(text.as_str()) else {
        return Err("hello_expected");
    };
    let seat = live.door.seat(session, &token).await.map_err(|refusal| refusal.code)?;
    Ok((seat, Window { tab: tab.filter(|tab| tab.len() <= TAB), takeover }))
}

/// Frames both ways; answers the goodbye that is still to be said.
async fn converse(
    live: &Live,
    session: SessionId,
    (seat, window): (SeatId, Window),
    socket: &mut WebSocket,
) -> Option<ServerFrame> {
    let (frames, mut outgoing) = mpsc::channel(BUFFER);
    let kill = CancellationToken::new();
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let hub = &live.hub;
    hub.join(session, Conn { id, seat, frames, kill: kill.clone(), window, ready: false }).await;
    let _gone = Gone { hub: hub.clone(), session, seat, id, tasks: live.tasks().clone() };
    let mut pointed = None;
    let mut pace = Pace::new(Instant::now());
    let mut heard = Instant::now();
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = kill.cancelled() => return Some(ServerFrame::bye("too_slow")),
            frame = outgoing.recv() => {
                // The sitting has let this socket go; what it had to say was said.
                let frame = frame?;
                let sent = tokio::select! {
                    () = kill.cancelled() => false,
                    sent = write(socket, &frame) => sent,
                };
                if !sent || matches!(frame, ServerFrame::Bye { .. }) {
                    return None;
                }
            }
            incoming = socket.recv() => {
                heard = Instant::now();
                let text = match incoming? {
                    Ok(Frame::Text(text)) => text,
                    Ok(Frame::Ping(_) | Frame::Pong(_)) => continue,
                    Ok(Frame::Binary(_)) => return Some(ServerFrame::bye("frame_invalid")),
                    Ok(Frame::Close(_)) | Err(_) => return None,
                };
                let frame = serde_json::from_str(text.as_str());
                if let Ok(ClientFrame::Point { at }) = &frame
                    && pointed.is_none_or(|before: Instant| heard - before >= POINTS)
                {
                    pointed = Some(heard);
                    let at = at.map(super::frame::Place::on_page);
                    hub.send(session, Message::Point { seat, conn: id, at }).await;
                    continue;
                }
                if !pace.take(heard) {
                    return Some(ServerFrame::bye("too_many"));
                }
                match frame {
                    // Too soon after the one before: passed over, and counted like everything else.
                    Ok(ClientFrame::Point { .. }) => {}
                    Ok(ClientFrame::Ping) => {
                        if !write(socket, &ServerFrame::Pong { now: live.now() }).await {
                            return None;
                        }
                    }
                    Ok(ClientFrame::Command { id: command_id, command }) => {
                        hub.send(session, Message::Command { seat, conn: id, id: command_id, command }).await;
                    }
                    Ok(ClientFrame::Hello { .. }) | Err(_) => return Some(ServerFrame::bye("frame_invalid")),
                }
            }
            _ = ping.tick() => {
                if heard.elapsed() > SILENCE {
                    return None;
                }
                if !matches!(timeout(WRITE, socket.send(Frame::Ping(Vec::new().into()))).await, Ok(Ok(()))) {
                    return None;
                }
            }
        }
    }
}

async fn write(socket: &mut WebSocket, frame: &ServerFrame) -> bool {
    let text = Utf8Bytes::from(frame.text());
    matches!(timeout(WRITE, socket.send(Frame::Text(text))).await, Ok(Ok(())))
}

/// However the conversation ends, the sitting learns of it.
struct Gone {
    hub: super::Hub,
    session: SessionId,
    seat: SeatId,
    id: u64,
    tasks: Tasks,
}

impl Drop for Gone {
    fn drop(&mut self) {
        let (hub, session, seat, id) = (self.hub.clone(), self.session, self.seat, self.id);
        self.tasks.spawn("socket gone", async move { hub.part(session, seat, id).await });
    }
}
