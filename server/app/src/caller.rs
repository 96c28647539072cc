//! Who is asking: extractors that turn a bearer token (RFC 6750) into a member of staff or a seat.
//!
//! A handler names in its arguments who may call it at all; what that caller may do with the thing at hand is decided
//! by `domain::access`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use domain::refusal::RefusalKind;
use domain::{CaseId, OrganizationId, Refusal, SeatId, SessionId, StaffId, StaffRole};
use uuid::Uuid;

use crate::problem::Problem;
use crate::security::is_host;
use crate::serve::Encrypted;
use crate::state::AppState;
use crate::tokens::{SeatClaims, StaffClaims};

/// A signed-in member of staff.
#[derive(Clone, Debug)]
pub struct StaffCaller {
    /// Who.
    pub id: StaffId,
    /// In which office.
    pub role: StaffRole,
    /// Of which organisation.
    pub organization_id: OrganizationId,
    /// By which sign-in.
    pub login_id: Uuid,
}

/// The seat that holds the phone now, of those who sit at it.
const BESIDE: &str = "x-onedoor-seat";

/// Somebody who holds a place at the table.
#[derive(Clone, Copy, Debug)]
pub struct SeatCaller {
    /// The place.
    pub seat_id: SeatId,
    /// The sitting.
    pub session_id: SessionId,
    /// The case.
    pub case_id: CaseId,
    /// Who sits at the same device and holds it now, by the header [`BESIDE`].
    pub beside: Option<SeatId>,
    /// When the token was made: a link revoked later than this ends it.
    pub issued_at: chrono::DateTime<chrono::Utc>,
}

/// Either.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Staff, wherever they sit.
    Staff(StaffCaller),
    /// A seat of one sitting.
    Seat(SeatCaller),
}

/// Whether the browser came over https, to us or to the proxy before us: its cookies are `Secure` then.
#[derive(Clone, Copy, Debug)]
pub struct Secure(pub bool);

/// Scheme, host and port as the browser sees this server: `https://192.168.1.5:7880`. On a local network a phone and
/// the desk reach it by different names, and each must be told its own.
#[derive(Clone, Debug)]
pub struct Origin(pub String);

impl Origin {
    /// The same for WebSocket: `wss://…`.
    pub fn ws(&self) -> String {
        self.0.replacen("http", "ws", 1)
    }
}

/// The address a request came from, for rate limits and the sign-in record.
///
/// The socket's own address; behind a proxy named in `http.trusted_proxies` the last `X-Forwarded-For` entry.
#[derive(Clone, Copy, Debug)]
pub struct CallerAddress(pub IpAddr);

impl From<StaffClaims> for StaffCaller {
    fn from(claims: StaffClaims) -> Self {
        let StaffClaims { staff_id, role, organization_id, login_id } = claims;
        Self { id: staff_id, role, organization_id, login_id }
    }
}

impl From<SeatClaims> for SeatCaller {
    fn from(claims: SeatClaims) -> Self {
        let SeatClaims { seat_id, session_id, case_id, issued_at } = claims;
        Self { seat_id, session_id, case_id, issued_at, beside: None }
    }
}

fn bearer(parts: &Parts) -> Result<&str, Refusal> {
    parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| Refusal::new(RefusalKind::Unauthenticated, "token_missing"))
}

/// Checks the token, and that its sign-in was not ended meanwhile.
async fn staff(app: &AppState, token: &str) -> Result<StaffCaller, Problem> {
    let now = app.clock.now();
    let caller = StaffCaller::from(app.tokens.check_staff(now, token)?);
    let tx = app.store.read().await?;
    let stands = store::login::stands(&tx, caller.login_id, now).await?;
    tx.rollback().await?;
    if stands { Ok(caller) } else { Err(Refusal::new(RefusalKind::Unauthenticated, "login_revoked").into()) }
}

impl FromRequestParts<AppState> for StaffCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        staff(app, bearer(parts)?).await
    }
}

impl FromRequestParts<AppState> for SeatCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        Ok(seated(app, parts)?)
    }
}

fn seated(app: &AppState, parts: &Parts) -> Result<SeatCaller, Refusal> {
    let caller: SeatCaller = app.tokens.check_seat(app.clock.now(), bearer(parts)?)?.into();
    Ok(SeatCaller { beside: beside(parts)?, ..caller })
}

/// Whose word this is, where several people sit at one device.
fn beside(parts: &Parts) -> Result<Option<SeatId>, Refusal> {
    let Some(value) = parts.headers.get(BESIDE) else { return Ok(None) };
    let seat = value.to_str().ok().and_then(|value| value.parse().ok());
    seat.map(Some).ok_or_else(|| Refusal::invalid("body_invalid"))
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let token = bearer(parts)?;
        match staff(app, token).await {
            Ok(caller) => Ok(Self::Staff(caller)),
            // Not a staff token at all: a seat's, then, or nobody's.
            Err(problem) if problem.code() == "token_invalid" => Ok(Self::Seat(seated(app, parts)?)),
            Err(problem) => Err(problem),
        }
    }
}

impl FromRequestParts<AppState> for CallerAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        let socket = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip().to_canonical());
        if !app.config.http.trusted_proxies.contains(&socket) {
            return Ok(Self(socket));
        }
        let forwarded = parts
            .headers
            .get("x-forwarded-for")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .and_then(|value| value.trim().parse().ok());
        Ok(Self(forwarded.unwrap_or(socket)))
    }
}

impl FromRequestParts<AppState> for Secure {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        let here = parts.extensions.get::<Encrypted>().is_some();
        // Plain http on this very connection, although https is the public face: a proxy ends TLS before us.
        let proxied = !app.config.http.self_signed && app.config.public_url().starts_with("https://");
        Ok(Self(here || proxied))
    }
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Self::Rejection> {
        let Secure(secure) = Secure::from_request_parts(parts, app).await?;
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
        Ok(Self(match host {
            Some(host) => format!("{}://{host}", if secure { "https" } else { "http" }),
            None => app.config.public_url().to_owned(),
        }))
    }
}
