//! `POST /connection-checks`: a short way through the media server for somebody who wants to know whether it will carry.
//!
//! Each check has a room of its own with two places, both of the one who asked: one that sends and one that receives
//! it. Nobody else can come in, neither place opens another room, and after a minute the room is closed. So it needs no
//! link and no sign-in: the test may come before the invitation is opened.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use livekit::{Grant, LeaveReason};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::caller::{CallerAddress, Origin};
use crate::extract::Json;
use crate::ports::limit::{Rate, require};
use crate::problem::{Answer, Fault, ProblemBody};
use crate::state::AppState;

/// How long a check may take; its room ends with it.
const LIFE: Duration = Duration::from_mins(1);
/// A family behind one address tries a few times; then one in ten seconds.
const PER_ADDRESS: Rate = Rate::new(8, Duration::from_secs(10));
/// All together: what the media server spends on strangers at most (trust.md T8).
const TOGETHER: Rate = Rate::new(60, Duration::from_secs(1));
/// The two places. Names of sittings and seats are UUIDs and cannot be taken for them.
const SENDS: &str = "sends";
const RECEIVES: &str = "receives";

/// Table of contents.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(open))
}

/// Where the check goes in, twice.
#[derive(Serialize, ToSchema)]
struct ConnectionCheck {
    media_url: String,
    /// A LiveKit token that sends a picture and a voice.
    sender_token: String,
    /// A LiveKit token that receives them.
    receiver_token: String,
    /// Whether there is a relay (TURN) to be tried as well.
    relay: bool,
    /// Seconds.
    expires_in: u64,
}

/// Opens a check.
#[utoipa::path(
    post,
    path = "/connection-checks",
    tag = "connection",
    responses(
        (status = 201, body = ConnectionCheck),
        (status = 429, body = ProblemBody, description = "too_many"),
    )
)]
async fn open(
    State(app): State<AppState>,
    CallerAddress(address): CallerAddress,
    origin: Origin,
) -> Answer<(StatusCode, Json<ConnectionCheck>)> {
    require(&app.limit, &format!("check:{address}"), PER_ADDRESS).await?;
    require(&app.limit, "check", TOGETHER).await?;
    let room = format!("check-{}", hex::encode(app.random.bytes::<16>()));
    app.wire.govern(&room).await;
    let pair = [(SENDS.to_owned(), RECEIVES.to_owned())].into();
    app.wire.flip(&room, pair).await.announce().await;
    let mint = |grant: Grant| {
        let grant = Grant { ttl: LIFE, can_publish_data: false, ..grant };
        app.wire.token(grant).map_err(Fault::of("minting a token for a check"))
    };
    let sender_token = mint(Grant { can_subscribe: false, ..Grant::new(&room, SENDS, "") })?;
    let receiver_token = mint(Grant { can_publish: false, ..Grant::new(&room, RECEIVES, "") })?;
    app.tasks.spawn("connection check", end(app.clone(), room));
    let relay = !app.config.turn.urls.is_empty();
    let check = ConnectionCheck {
        media_url: origin.ws(),
        sender_token,
        receiver_token,
        relay,
        expires_in: LIFE.as_secs(),
    };
    Ok((StatusCode::CREATED, Json(check)))
}

/// After its time the room ends, and with it every token for it, those the wire renewed included.
async fn end(app: AppState, room: String) {
    tokio::select! {
        () = app.tasks.stopping() => return,
        () = tokio::time::sleep(LIFE) => {}
    }
    let now = app.clock.now().timestamp_millis();
    for place in [SENDS, RECEIVES] {
        app.wire.revoke(&room, place, u64::try_from(now).unwrap_or_default()).await;
    }
    app.wire.forget_room(&room, LeaveReason::RoomDeleted).await;
}
