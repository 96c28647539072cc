//! `POST /join/{token}`: binds the link to this device, keeps the person's consents, lets the seat in. Repeatable from
//! the same device: that is how a reload comes back.

use axum::extract::State;
use axum_extra::extract::CookieJar;
use chrono::{DateTime, Utc};
use domain::consent::{NOTICE_VERSION, standing};
use domain::link::{self, Admission};
use domain::timeline::Draft;
use domain::{ConsentKind, PartyId, Refusal};
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use store::consent::Word;
use utoipa::ToSchema;

use super::key::{AtDoor, cookie};
use crate::api::sessions::{Entry, entry};
use crate::caller::{Origin, Secure};
use crate::extract::Json;
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// What the person said before coming in.
#[derive(Deserialize, ToSchema)]
pub(super) struct JoinRequest {
    consents: JoinConsents,
    /// The version of the notice they read.
    notice_version: String,
    /// Who else is in the room, in their words.
    others_in_room: String,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
struct JoinConsents {
    online_procedure: bool,
    e_signature: bool,
    recording: bool,
}

/// Comes in. Without consent to the online procedure nobody does (OMR 4; R11): other ways stay open.
#[utoipa::path(
    post,
    path = "/join/{token}",
    tag = "join",
    params(("token" = String, Path)),
    request_body = JoinRequest,
    responses(
        (status = 200, body = Entry, headers(("Set-Cookie" = String, description = "od_device"))),
        (status = 404, body = ProblemBody, description = "link_unknown"),
        (status = 409, body = ProblemBody, description = "link_bound_elsewhere, notice_outdated"),
        (status = 410, body = ProblemBody, description = "link_expired, link_revoked"),
        (status = 422, body = ProblemBody, description = "online_consent_missing, text_too_long"),
        (status = 429, body = ProblemBody, description = "too_many"),
    )
)]
pub(super) async fn redeem(
    State(app): State<AppState>,
    at_door: AtDoor,
    secure: Secure,
    origin: Origin,
    jar: CookieJar,
    Json(request): Json<JoinRequest>,
) -> Answer<(CookieJar, Json<Entry>)> {
    let now = app.clock.now();
    let others = request.others_in_room.trim().to_owned();
    if others.chars().count() > 500 {
        return Err(Refusal::invalid("text_too_long").into());
    }
    let tx = app.store.begin().await?;
    let behind = at_door.look(&app, &tx).await?;
    if request.notice_version != NOTICE_VERSION {
        return Err(Refusal::conflict("notice_outdated").with("version", NOTICE_VERSION).into());
    }
    if !request.consents.online_procedure {
        return Err(Refusal::invalid("online_consent_missing").into());
    }
    let device = at_door.device.clone().unwrap_or_else(|| app.random.token());
    store::seat_link::redeem(&tx, &at_door.token_hash, &link::hash(&device), now).await??;
    let mut changed = false;
    if let Some(party) = behind.seat.party_id {
        let first = behind.admission == Admission::Free;
        changed = keep(&tx, party, &behind.seat.name, request.consents, first, now).await?;
    }
    if behind.admission == Admission::Free {
        let draft = Draft {
            actor: behind.seat.name.clone(),
            kind: "link_bound".into(),
            summary: format!("{}用自己的设备打开了链接", behind.seat.name),
            data: json!({
                "session": behind.sitting.id,
                "seat": behind.seat.id,
                "notice": NOTICE_VERSION,
                "others_in_room": others,
            }),
        };
        store::timeline::append(&tx, behind.case.id, draft, now).await?;
    }
    tx.commit().await?;
    if changed {
        // Before anybody hears anybody: a sitting that goes on learns what was said on being recorded.
        app.live.hub.refresh(behind.sitting.id).await;
    }
    let entry = entry(&app, &behind.sitting, &behind.seat, &origin).await?;
    Ok((jar.add(cookie(device, secure)), Json(entry)))
}

/// Keeps what changed of a party's word; a reload repeats it and adds nothing. Answers whether the word on recording
/// changed. That one is asked again in the sitting and may be taken back there: what a phone that reloads remembers
/// of the door is older, and does not count.
async fn keep(
    tx: &Tx,
    party: PartyId,
    name: &str,
    said: JoinConsents,
    first: bool,
    now: DateTime<Utc>,
) -> Answer<bool> {
    let former = store::consent::of_party(tx, party).await?;
    let mut recording = false;
    let said = [
        (ConsentKind::OnlineProcedure, said.online_procedure),
        (ConsentKind::ESignature, said.e_signature),
        (ConsentKind::Recording, said.recording),
    ];
    for (kind, given) in said {
        let same = standing(&former, kind).is_some_and(|c| c.given == given && c.version == NOTICE_VERSION);
        let newer = kind != ConsentKind::Recording || first || standing(&former, kind).is_none();
        if !same && newer {
            recording |= kind == ConsentKind::Recording;
            let word = Word { kind, given, version: NOTICE_VERSION, recorded_by: name, at: now };
            store::consent::record(tx, party, &word).await?;
        }
    }
    Ok(recording)
}
