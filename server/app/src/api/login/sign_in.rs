//! `POST /login`.

use std::time::Duration;

use axum::extract::State;
use axum_extra::extract::CookieJar;
use domain::Refusal;
use domain::refusal::RefusalKind;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Login, give};
use crate::caller::{CallerAddress, Secure};
use crate::extract::Json;
use crate::ports::limit::{Rate, require};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// Guesses at one name.
const PER_NAME: Rate = Rate::new(8, Duration::from_secs(30));
/// Guesses from one address: a whole office may sit behind it.
const PER_ADDRESS: Rate = Rate::new(40, Duration::from_secs(3));
/// Longer names and passwords are nobody's.
const MAX_LENGTH: usize = 256;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Credentials {
    /// In any case.
    username: String,
    password: String,
}

/// Signs a member of staff in. An unknown name, a wrong password and a closed account are answered alike and as slowly.
#[utoipa::path(
    post,
    path = "/login",
    tag = "login",
    request_body = Credentials,
    responses(
        (status = 200, body = Login, headers(("Set-Cookie" = String, description = "od_refresh"))),
        (status = 401, body = ProblemBody, description = "login_failed"),
        (status = 429, body = ProblemBody, description = "too_many"),
    )
)]
pub(super) async fn sign_in(
    State(app): State<AppState>,
    CallerAddress(address): CallerAddress,
    secure: Secure,
    jar: CookieJar,
    Json(credentials): Json<Credentials>,
) -> Answer<(CookieJar, Json<Login>)> {
    let Credentials { username, password } = credentials;
    let username = username.trim().to_lowercase();
    if username.len() > MAX_LENGTH || password.len() > MAX_LENGTH {
        return Err(failed().into());
    }
    require(&app.limit, &format!("login:address:{address}"), PER_ADDRESS).await?;
    require(&app.limit, &format!("login:name:{username}"), PER_NAME).await?;

    let tx = app.store.read().await?;
    let known = store::staff::credentials(&tx, &username).await?;
    tx.rollback().await?; // no transaction is held while hashing
    let (staff, hash) = known.filter(|(staff, _)| staff.active).unzip();
    let fits = app.passwords.verify(password, hash).await?;
    let Some(staff) = staff.filter(|_| fits) else {
        metrics::counter!("onedoor_login_failures_total").increment(1);
        return Err(failed().into());
    };

    let tx = app.store.begin().await?;
    let (login, cookie) = give(&app, &tx, &staff, app.ids.next(), secure).await?;
    tx.commit().await?;
    tracing::info!(staff = %staff.id, "signed in");
    Ok((jar.add(cookie), Json(login)))
}

fn failed() -> Refusal {
    Refusal::new(RefusalKind::Unauthenticated, "login_failed")
}
