//! `POST /logout` and `POST /logout/everywhere`.

use axum::extract::State;
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;

use super::without_cookie;
use crate::caller::{Secure, StaffCaller};
use crate::problem::Answer;
use crate::state::AppState;

/// Ends this sign-in; its access tokens are refused from now on.
#[utoipa::path(post, path = "/logout", tag = "login", security(("staff" = [])), responses((status = 204)))]
pub(super) async fn sign_out(
    State(app): State<AppState>,
    caller: StaffCaller,
    secure: Secure,
    jar: CookieJar,
) -> Answer<(StatusCode, CookieJar)> {
    let tx = app.store.begin().await?;
    store::login::revoke_family(&tx, caller.login_id, app.clock.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::NO_CONTENT, without_cookie(jar, secure)))
}

/// Ends every sign-in of the caller, on every device.
#[utoipa::path(post, path = "/logout/everywhere", tag = "login", security(("staff" = [])), responses((status = 204)))]
pub(super) async fn sign_out_everywhere(
    State(app): State<AppState>,
    caller: StaffCaller,
    secure: Secure,
    jar: CookieJar,
) -> Answer<(StatusCode, CookieJar)> {
    let tx = app.store.begin().await?;
    store::login::revoke_all(&tx, caller.id, app.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(staff = %caller.id, "signed out everywhere");
    Ok((StatusCode::NO_CONTENT, without_cookie(jar, secure)))
}
