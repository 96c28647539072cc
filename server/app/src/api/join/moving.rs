//! `POST /join/{token}/move`: this device would like to go on in the place of the one that holds the link.
//!
//! It gets a number and nothing else. Whoever sits there sees the number as well, and so do the hosts; when one of them
//! says yes, the link opens here and no more there. Until then this device asks at the door.

use std::time::Duration;

use axum::extract::State;
use axum_extra::extract::CookieJar;
use domain::Refusal;
use domain::link::{self, Admission};
use serde::Serialize;
use session::DeviceWish;
use utoipa::ToSchema;

use super::key::{AtDoor, cookie, unknown};
use crate::caller::Secure;
use crate::extract::Json;
use crate::ports::limit::{Rate, require};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Wishes for one seat: each one interrupts somebody.
const WISHES: Rate = Rate::new(4, Duration::from_secs(30));

/// The wish was passed on.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    /// Two digits, to be read out or compared.
    #[schema(example = "47")]
    code: String,
}

/// Asks for the seat on this device.
#[utoipa::path(
    post,
    path = "/join/{token}/move",
    tag = "join",
    operation_id = "move_here",
    params(("token" = String, Path)),
    responses(
        (status = 200, body = Asked, headers(("Set-Cookie" = String, description = "od_device"))),
        (status = 404, body = ProblemBody, description = "link_unknown"),
        (status = 409, body = ProblemBody, description = "link_opens_here, session_over"),
        (status = 410, body = ProblemBody, description = "link_expired, link_revoked"),
        (status = 429, body = ProblemBody, description = "too_many"),
    )
)]
pub(super) async fn ask(
    State(app): State<AppState>,
    at_door: AtDoor,
    secure: Secure,
    jar: CookieJar,
) -> Answer<(CookieJar, Json<Asked>)> {
    let tx = app.store.read().await?;
    let (seat, link) = at_door.link(&app, &tx).await?;
    match link.admit(at_door.device_hash().as_deref(), app.clock.now()) {
        Ok(Admission::Free | Admission::Mine) => return Err(Refusal::conflict("link_opens_here").into()),
        Err(refusal) if refusal.code != "link_bound_elsewhere" => return Err(refusal.into()),
        Err(_) => {}
    }
    let seat = store::seat::find(&tx, seat).await?.ok_or_else(unknown)?;
    drop(tx);
    require(&app.limit, &format!("link:move:{}", seat.id), WISHES).await?;
    let device = at_door.device.clone().unwrap_or_else(|| app.random.token());
    let [byte] = app.random.bytes::<1>();
    let code = (10 + byte % 90).to_string();
    let wish = DeviceWish { device: link::hash(&device), code: code.clone() };
    app.live.hub.device_asks(seat.session_id, seat.id, wish).await?;
    Ok((jar.add(cookie(device, secure)), Json(Asked { code })))
}
