//! The entry: what a seat needs to come in on both wires.

use std::time::Duration;

use domain::{CaseId, Seat, SeatId, SessionId, Sitting};
use livekit::Grant;
use serde::Serialize;
use utoipa::ToSchema;

use super::table;
use crate::caller::Origin;
use crate::problem::{Answer, Fault};
use crate::state::AppState;
use crate::tokens::SeatClaims;

/// For the live wire, the seat's HTTP calls, and the media wire.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Entry {
    session_id: SessionId,
    case_id: CaseId,
    seat_id: SeatId,
    /// Audience `seat`.
    access_token: String,
    /// Seconds.
    expires_in: i64,
    media_url: String,
    /// A LiveKit token: identity is the seat, room is the sitting. Empty when the sitting is over.
    media_token: String,
}

/// Lets a seat in. The room is governed before the media token leaves the house; a sitting that is over still lets
/// people read their papers.
pub(in crate::api) async fn entry(
    app: &AppState,
    sitting: &Sitting,
    seat: &Seat,
    origin: &Origin,
) -> Answer<Entry> {
    let claims = SeatClaims {
        seat_id: seat.id,
        session_id: sitting.id,
        case_id: sitting.case_id,
        issued_at: app.clock.now(),
    };
    let access = app.tokens.seat(app.clock.now(), &claims)?;
    let media_token = if sitting.phase.is_over() {
        String::new()
    } else {
        table::open(app, sitting.id).await?;
        let mut grant = Grant::new(sitting.id.to_string(), seat.id.to_string(), seat.name.clone());
        grant.ttl = Duration::from_secs(app.config.auth.seat_seconds.into());
        app.wire.token(grant).map_err(Fault::of("minting a media token"))?
    };
    Ok(Entry {
        session_id: sitting.id,
        case_id: sitting.case_id,
        seat_id: seat.id,
        access_token: access.token,
        expires_in: access.expires_in,
        media_url: origin.ws(),
        media_token,
    })
}
