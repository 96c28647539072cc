//! `GET /sessions/{id}/consents`: the receipts of a party's own words (R11, R33): on what, yes or no, to which version of
//! the notice, when, who wrote it down, and a fingerprint that the case file gives again.

use axum::extract::State;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{Consent, ConsentKind, PartyId, SessionId};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::api::guard;
use crate::caller::SeatCaller;
use crate::extract::{Json, Path};
use crate::problem::{Answer, ProblemBody};
use crate::state::AppState;

/// A party's words, the first one first; none for who is no party.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentReceipts {
    items: Vec<ConsentReceipt>,
}

#[derive(Serialize, ToSchema)]
struct ConsentReceipt {
    kind: ConsentKind,
    given: bool,
    /// Of the notice that was shown.
    version: String,
    at: DateTime<Utc>,
    /// Who wrote it down.
    recorded_by: String,
    /// SHA-256 of party, question, revision, word, version and time, one to a line.
    fingerprint: String,
    /// It is the word that counts now.
    standing: bool,
}

/// What the party of this seat agreed to and refused, with every change of mind.
#[utoipa::path(
    get,
    path = "/sessions/{id}/consents",
    tag = "sessions",
    operation_id = "read_own_consents",
    params(("id" = SessionId, Path)),
    security(("seat" = [])),
    responses(
        (status = 200, body = ConsentReceipts),
        (status = 404, body = ProblemBody, description = "not_found"),
    )
)]
pub(super) async fn receipts(
    State(app): State<AppState>,
    caller: SeatCaller,
    Path(id): Path<SessionId>,
) -> Answer<Json<ConsentReceipts>> {
    let tx = app.store.read().await?;
    let seat = guard::at_table(&tx, &caller, id).await?;
    let Some(party) = seat.party_id else { return Ok(Json(ConsentReceipts { items: vec![] })) };
    let mut words = store::consent::of_party(&tx, party).await?;
    words.sort_by_key(|word| (word.at, word.revision));
    let last = |word: &Consent| words.iter().all(|w| w.kind != word.kind || w.revision <= word.revision);
    let items = words.iter().map(|word| receipt(party, word, last(word))).collect();
    Ok(Json(ConsentReceipts { items }))
}

fn receipt(party: PartyId, word: &Consent, standing: bool) -> ConsentReceipt {
    let Consent { kind, revision, given, version, recorded_by, at } = word.clone();
    let kind_word = serde_json::to_string(&kind).unwrap_or_default();
    let time = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let lines = format!("{party}\n{kind_word}\n{revision}\n{given}\n{version}\n{time}");
    let fingerprint = hex::encode(Sha256::digest(lines));
    ConsentReceipt { kind, given, version, at, recorded_by, fingerprint, standing }
}
