//! Who is asking: extractors that turn a bearer token (RFC 6750) into a member of staff or a seat.
//!
//! A handler names in its arguments who may call it at all; what that caller may do with the thing at hand is decided
//! by `domain::access`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::refusal::RefusalKind;
use domain::{CaseId, OrganizationId, Refusal, SeatId, SessionId, StaffId, StaffRole};
use uuid::Uuid;

use crate::problem::Problem;
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

/// Somebody who holds a place at the table.
#[derive(Clone, Copy, Debug)]
pub struct SeatCaller {
    /// The place.
    pub seat_id: SeatId,
    /// The sitting.
    pub session_id: SessionId,
    /// The case.
    pub case_id: CaseId,
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
        Self { seat_id, session_id, case_id, issued_at }
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

impl FromRequestParts<AppState> for StaffCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        Ok(app.tokens.check_staff(app.clock.now(), bearer(parts)?)?.into())
    }
}

impl FromRequestParts<AppState> for SeatCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        Ok(app.tokens.check_seat(app.clock.now(), bearer(parts)?)?.into())
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let (now, token) = (app.clock.now(), bearer(parts)?);
        match app.tokens.check_staff(now, token) {
            Ok(claims) => Ok(Self::Staff(claims.into())),
            Err(refusal) if refusal.code == "token_expired" => Err(refusal.into()),
            Err(_) => Ok(Self::Seat(app.tokens.check_seat(now, token)?.into())),
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
