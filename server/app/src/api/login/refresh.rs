//! `POST /login/refresh`.

use axum::extract::State;
use axum_extra::extract::CookieJar;
use domain::Refusal;
use domain::refusal::RefusalKind;
use store::login::Shown;

use super::{COOKIE, Login, give};
use crate::caller::Secure;
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Uses up the cookie and gives the next pair. A cookie that was used before ends the sign-in: one of the two who
/// showed it stole it, and nobody can tell which.
#[utoipa::path(
    post,
    path = "/login/refresh",
    tag = "login",
    responses(
        (status = 200, body = Login, headers(("Set-Cookie" = String, description = "od_refresh"))),
        (status = 401, body = ProblemBody, description = "login_required, login_revoked"),
    )
)]
pub(super) async fn refresh(
    State(app): State<AppState>,
    secure: Secure,
    jar: CookieJar,
) -> Answer<(CookieJar, Json<Login>)> {
    let secret = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).ok_or_else(required)?;
    let tx = app.store.begin().await?;
    let token = match store::login::show(&tx, &domain::link::hash(&secret), app.clock.now()).await? {
        Shown::Good(token) => token,
        Shown::Reused(token) => {
            tx.commit().await?;
            tracing::warn!(staff = %token.staff_id, "a refresh token was shown twice: the sign-in is ended");
            return Err(Refusal::new(RefusalKind::Unauthenticated, "login_revoked").into());
        }
        Shown::Void => return Err(required().into()),
    };
    let staff =
        store::staff::find(&tx, token.staff_id).await?.filter(|staff| staff.active).ok_or_else(required)?;
    let (login, cookie) = give(&app, &tx, &staff, token.family_id, secure).await?;
    tx.commit().await?;
    Ok((jar.add(cookie), Json(login)))
}

fn required() -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, "login_required")
}
