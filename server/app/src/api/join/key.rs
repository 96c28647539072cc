//! The link in the path and the device in the cookie: what opens the door.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use domain::link::{self, Admission, TOKEN_BYTES};
use domain::{Case, Link, Refusal, Seat, SeatId, Sitting};
use store::Tx;

use crate::caller::{CallerAddress, Secure};
use crate::extract::Path;
use crate::ports::limit::{Rate, require};
use crate::problem::{Answer, Problem};
use crate::state::AppState;

const COOKIE: &str = "od_device";
/// The cookie goes to this door and nowhere else.
const COOKIE_PATH: &str = "/api/v1/join";

/// Calls at the door from one address: a village's kiosk, or a carrier's gateway with many phones behind it.
const CALLS: Rate = Rate::new(60, Duration::from_millis(500));
/// Links that do not exist, from one address: a mistyped one, not a search.
const UNKNOWN: Rate = Rate::new(10, Duration::from_secs(6));

/// Who stands at the door: a token's hash and perhaps a known device.
pub(super) struct AtDoor {
    pub token_hash: String,
    pub device: Option<String>,
    address: CallerAddress,
}

/// The table behind the door.
pub(super) struct Behind {
    pub seat: Seat,
    pub sitting: Sitting,
    pub case: Case,
    pub admission: Admission,
}

impl AtDoor {
    /// The hash of the device, if it was here before.
    pub fn device_hash(&self) -> Option<String> {
        self.device.as_deref().map(link::hash)
    }

    /// What this link opens, if it opens for this device: `link_unknown`, `link_expired`, `link_revoked`,
    /// `link_bound_elsewhere`.
    pub async fn look(&self, app: &AppState, tx: &Tx) -> Answer<Behind> {
        let (seat, link) = self.link(app, tx).await?;
        let admission = link.admit(self.device_hash().as_deref(), app.clock.now())?;
        let seat = store::seat::find(tx, seat).await?.ok_or_else(unknown)?;
        let sitting = store::sitting::find(tx, seat.session_id).await?.ok_or_else(unknown)?;
        let case = store::case::find(tx, sitting.case_id).await?.ok_or_else(unknown)?;
        Ok(Behind { seat, sitting, case, admission })
    }

    /// The link itself, whoever holds it, and whose it is: `link_unknown`.
    pub async fn link(&self, app: &AppState, tx: &Tx) -> Answer<(SeatId, Link)> {
        if let Some(found) = store::seat_link::find(tx, &self.token_hash).await? {
            return Ok(found);
        }
        require(&app.limit, &format!("link:unknown:{}", self.address.0), UNKNOWN).await?;
        Err(unknown().into())
    }
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("link_unknown")
}

impl FromRequestParts<AppState> for AtDoor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let Ok(address) = CallerAddress::from_request_parts(parts, app).await;
        require(&app.limit, &format!("link:{}", address.0), CALLS).await?;
        let Path(token) = Path::<String>::from_request_parts(parts, app).await?;
        if token.len() != TOKEN_BYTES * 2 || !token.bytes().all(|b| b.is_ascii_hexdigit()) {
            require(&app.limit, &format!("link:unknown:{}", address.0), UNKNOWN).await?;
            return Err(unknown().into());
        }
        let device =
            CookieJar::from_headers(&parts.headers).get(COOKIE).map(|cookie| cookie.value().to_owned());
        Ok(Self { token_hash: link::hash(&token), device, address })
    }
}

/// The cookie that binds a link to this browser. It stays, so that the same phone comes back days later.
pub(super) fn cookie(device: String, Secure(secure): Secure) -> Cookie<'static> {
    let mut cookie = Cookie::new(COOKIE, device);
    cookie.set_path(COOKIE_PATH);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_secure(secure);
    cookie.make_permanent();
    cookie
}
