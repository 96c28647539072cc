//! The accept loop: HTTP/1.1 and WebSocket over plain TCP or TLS, on one port.
//!
//! `axum::serve` has no header timeout: a thousand half-open connections stay for ever. Here a connection has a time to
//! send its head, each piece of a body has a time, connections have a cap, and shutdown lets running requests finish
//! (trust.md T8).

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use futures_util::TryStreamExt as _;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::config::Http;
use crate::tasks::Tasks;

/// First byte of a TLS record that begins a handshake (RFC 8446 §5.1).
const TLS_HANDSHAKE: u8 = 0x16;
/// Bytes of one request's head.
const MAX_HEAD: usize = 64 * 1024;

/// Marks a request that came over TLS: cookies become `Secure`, links `https`.
#[derive(Clone, Copy, Debug)]
pub struct Encrypted;

/// What the loop holds a client to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    max_connections: usize,
    read_timeout: Duration,
}

impl From<&Http> for Limits {
    fn from(http: &Http) -> Self {
        Self { max_connections: http.max_connections, read_timeout: Duration::from_secs(http.read_timeout) }
    }
}

/// Accepts until the tasks are told to stop. Each connection is a tracked task.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    tasks: Tasks,
) {
    let places = Arc::new(Semaphore::new(limits.max_connections));
    loop {
        let accepted = tokio::select! {
            () = tasks.stopping() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, usually: give the others time to close.
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            metrics::counter!("onedoor_connections_refused_total").increment(1);
            continue;
        };
        let connection = Connection { router: router.clone(), peer, limits, stop: tasks.stop_token() };
        let tls = tls.clone();
        tasks.spawn("connection", async move {
            let _place = place;
            if let Err(error) = connection.run(stream, tls).await {
                tracing::debug!(%peer, %error, "connection ended");
            }
        });
    }
}

struct Connection {
    router: Router,
    peer: SocketAddr,
    limits: Limits,
    stop: CancellationToken,
}

impl Connection {
    async fn run(self, stream: TcpStream, tls: Option<TlsAcceptor>) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let patience = self.limits.read_timeout;
        let Some(tls) = tls else { return self.http(stream, false).await };
        // Both on one port: a person who types http:// on the local network still arrives.
        let mut first = [0];
        tokio::time::timeout(patience, stream.peek(&mut first))
            .await
            .map_err(|_| io::ErrorKind::TimedOut)??;
        if first[0] != TLS_HANDSHAKE {
            return self.http(stream, false).await;
        }
        let stream = tokio::time::timeout(patience, tls.accept(stream))
            .await
            .map_err(|_| io::ErrorKind::TimedOut)??;
        self.http(stream, true).await
    }

    async fn http(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        encrypted: bool,
    ) -> io::Result<()> {
        let Self { router, peer, limits, stop } = self;
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(|body| patient(body, limits.read_timeout));
            request.extensions_mut().insert(ConnectInfo(peer));
            if encrypted {
                request.extensions_mut().insert(Encrypted);
            }
            answer(router.clone(), request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.read_timeout)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        ended.map_err(io::Error::other)
    }
}

async fn answer(router: Router, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    router.oneshot(request).await
}

/// A body whose every piece must come in time.
fn patient(body: Incoming, patience: Duration) -> Body {
    if hyper::body::Body::is_end_stream(&body) {
        return Body::empty();
    }
    let pieces = futures_util::stream::try_unfold(body.into_data_stream(), move |mut pieces| async move {
        match tokio::time::timeout(patience, pieces.try_next()).await {
            Ok(Ok(piece)) => Ok(piece.map(|piece| (piece, pieces))),
            Ok(Err(error)) => Err(io::Error::other(error)),
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
        }
    });
    Body::from_stream(pieces)
}
