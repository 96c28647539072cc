//! Staff sign-in: a short access token in the body, a rotating refresh token in a cookie scripts cannot read.
//!
//! ```text
//!  POST /login ──▶ access token (10 min) + cookie od_refresh (14 days, good once)
//!  POST /login/refresh ──▶ the next pair; an old cookie shown again ends the whole sign-in (RFC 9700 §4.14.2)
//!  POST /logout · /logout/everywhere ──▶ ends this sign-in · all of them, access tokens included
//! ```

mod refresh;
mod sign_in;
mod sign_out;

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Staff, StaffId, StaffRole};
use serde::Serialize;
use store::Tx;
use store::login::RefreshToken;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::caller::Secure;
use crate::problem::{Answer, Fault};
use crate::state::AppState;
use crate::tokens::StaffClaims;

const COOKIE: &str = "od_refresh";
/// The cookie goes nowhere else.
const COOKIE_PATH: &str = "/api/v1/login";

/// Sign-in, refresh, sign-out.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(refresh::refresh))
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(sign_out::sign_out_everywhere))
}

/// A sign-in that succeeded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Login {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Seconds until it expires: refresh before.
    expires_in: i64,
    /// Who signed in.
    staff: StaffView,
}

/// A member of staff, as they see themselves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Staff)]
pub struct StaffView {
    id: StaffId,
    name: String,
    role: StaffRole,
    organization: String,
    username: String,
}

impl StaffView {
    /// With the organisation's name.
    pub(super) async fn of(tx: &Tx, staff: &Staff) -> Answer<Self> {
        let organization = store::organization::find(tx, staff.organization_id).await?;
        Ok(Self {
            id: staff.id,
            name: staff.name.clone(),
            role: staff.role,
            organization: organization.map(|organization| organization.name).unwrap_or_default(),
            username: staff.username.clone(),
        })
    }
}

/// Gives the next pair of tokens within a sign-in, and keeps the refresh token's hash.
async fn give(
    app: &AppState,
    tx: &Tx,
    staff: &Staff,
    login_id: Uuid,
    secure: Secure,
) -> Answer<(Login, Cookie<'static>)> {
    let now = app.clock.now();
    let claims = StaffClaims {
        staff_id: staff.id,
        role: staff.role,
        organization_id: staff.organization_id,
        login_id,
    };
    let access = app.tokens.staff(now, &claims)?;
    let secret = app.random.token();
    let life = TimeDelta::days(app.config.auth.refresh_days.into());
    let token = RefreshToken {
        id: app.ids.next(),
        family_id: login_id,
        staff_id: staff.id,
        token_hash: domain::link::hash(&secret),
        issued_at: now,
        expires_at: expiry(now, life)?,
    };
    store::login::insert(tx, &token).await?;
    let login = Login {
        access_token: access.token,
        expires_in: access.expires_in,
        staff: StaffView::of(tx, staff).await?,
    };
    Ok((login, cookie(secret, life.num_seconds(), secure)))
}

fn expiry(now: DateTime<Utc>, life: TimeDelta) -> Result<DateTime<Utc>, Fault> {
    now.checked_add_signed(life).ok_or_else(|| Fault::new("reading auth.refresh_days", "too far away"))
}

fn cookie(secret: String, seconds: i64, secure: Secure) -> Cookie<'static> {
    let mut cookie = Cookie::new(COOKIE, secret);
    cookie.set_path(COOKIE_PATH);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_secure(secure.0);
    cookie.set_max_age(time::Duration::seconds(seconds));
    cookie
}

fn without_cookie(jar: CookieJar, secure: Secure) -> CookieJar {
    jar.add(cookie(String::new(), 0, secure))
}
