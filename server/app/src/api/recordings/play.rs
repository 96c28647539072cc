//! `POST /recordings/{recording}/playback`: begins a playback, which is written down; its cookie opens the files.
//!
//! A browser's `<video>` sends no `Authorization` header. The cookie goes to this one recording only, scripts cannot read
//! it, no other site can send it, and it stands no longer than the sign-in it came from.

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use domain::access::Action;
use domain::recording::LookKind;
use domain::refusal::RefusalKind;
use domain::{Recording, RecordingId, Refusal};

use crate::caller::{Secure, StaffCaller};
use crate::extract::Path;
use crate::problem::{Answer, Problem, ProblemBody};
use crate::state::AppState;
use crate::tokens::{PlaybackClaims, StaffClaims};

const COOKIE: &str = "od_playback";

/// Begins a playback.
#[utoipa::path(
    post,
    path = "/recordings/{recording}/playback",
    tag = "recordings",
    params(("recording" = RecordingId, Path)),
    security(("staff" = [])),
    responses(
        (status = 204, headers(("Set-Cookie" = String, description = "od_playback"))),
        (status = 403, body = ProblemBody, description = "not_allowed"),
        (status = 404, body = ProblemBody, description = "not_found"),
        (status = 409, body = ProblemBody, description = "recording_running, recording_gone"),
    )
)]
pub(super) async fn play(
    State(app): State<AppState>,
    caller: StaffCaller,
    secure: Secure,
    jar: CookieJar,
    Path(id): Path<RecordingId>,
) -> Answer<(StatusCode, CookieJar)> {
    let tx = app.store.begin().await?;
    let (recording, _) = super::found(&tx, &caller, id, Action::PlayRecording).await?;
    recording.playable()?;
    super::note(&app, &tx, &caller, id, LookKind::Played).await?;
    tx.commit().await?;
    let claims = PlaybackClaims {
        staff: StaffClaims {
            staff_id: caller.id,
            role: caller.role,
            organization_id: caller.organization_id,
            login_id: caller.login_id,
        },
        recording: id,
    };
    let minted = app.tokens.playback(app.clock.now(), &claims)?;
    Ok((StatusCode::NO_CONTENT, jar.add(cookie(id, minted.token, secure))))
}

/// Gone with the browser window, and earlier with its token.
fn cookie(id: RecordingId, token: String, Secure(secure): Secure) -> Cookie<'static> {
    let mut cookie = Cookie::new(COOKIE, token);
    cookie.set_path(format!("/api/v1/recordings/{id}"));
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Strict);
    cookie.set_secure(secure);
    cookie
}

/// Somebody in the middle of a playback. The right to it is looked up again with each request.
pub(super) struct Player(PlaybackClaims);

impl Player {
    /// The recording, if the playback is of it and the caller may still play it.
    pub async fn recording(self, app: &AppState, id: RecordingId) -> Answer<(Recording, StaffCaller)> {
        if self.0.recording != id {
            return Err(Problem::not_found());
        }
        let caller = StaffCaller::from(self.0.staff);
        let tx = app.store.read().await?;
        if !store::login::stands(&tx, caller.login_id, app.clock.now()).await? {
            return Err(Refusal::new(RefusalKind::Unauthenticated, "login_revoked").into());
        }
        let (recording, _) = super::found(&tx, &caller, id, Action::PlayRecording).await?;
        recording.playable()?;
        Ok((recording, caller))
    }
}

impl FromRequestParts<AppState> for Player {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let jar = CookieJar::from_headers(&parts.headers);
        let cookie = jar.get(COOKIE);
        let cookie = cookie.ok_or_else(|| Refusal::new(RefusalKind::Unauthenticated, "token_missing"))?;
        Ok(Self(app.tokens.check_playback(app.clock.now(), cookie.value())?))
    }
}
