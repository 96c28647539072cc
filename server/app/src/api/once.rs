//! `Idempotency-Key`: a creating call that comes twice (a double click, a lost answer) creates once.
//!
//! The key is claimed inside the transaction that creates the thing, so it holds across nodes. The same key with other
//! words is a mistake of the caller and refused.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use domain::timeline::canonical;
use serde::Serialize;
use store::Tx;
use store::idempotency::{self, Claim};

use crate::extract::Json;
use crate::problem::{Answer, Fault, Problem};
use crate::state::AppState;

const HEADER: &str = "idempotency-key";

/// The key a caller sent, if any.
#[derive(Clone, Debug)]
pub struct Key(Option<String>);

/// A claim on a key: the work is to be done now, or was done.
pub enum Once {
    /// Do it, then [`Pending::created`].
    Now(Pending),
    /// It was done: this was the answer.
    Before(Response),
}

/// A claimed key whose answer is still to be kept.
pub struct Pending(Option<(String, String)>);

impl Key {
    /// Claims the key for this caller (`who`: any words that name caller and call) and this request.
    pub async fn claim(&self, app: &AppState, tx: &Tx, who: &str, request: &impl Serialize) -> Answer<Once> {
        let Some(key) = &self.0 else { return Ok(Once::Now(Pending(None))) };
        let request = serde_json::to_value(request).map_err(Fault::of("reading a request again"))?;
        let hash = domain::link::hash(&canonical(&request));
        Ok(match idempotency::claim(tx, who, key, &hash, app.clock.now()).await? {
            Claim::New => Once::Now(Pending(Some((who.to_owned(), key.clone())))),
            Claim::Done { status, body } => {
                let status = StatusCode::from_u16(status).map_err(Fault::of("reading a kept status"))?;
                Once::Before((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
            }
            Claim::Other => return Err(Refusal::invalid("idempotency_key_reused").into()),
        })
    }
}

impl Pending {
    /// Keeps the answer under the key and gives it: 201 with this body.
    pub async fn created(self, tx: &Tx, body: &impl Serialize) -> Answer<Response> {
        let body = serde_json::to_value(body).map_err(Fault::of("writing an answer"))?;
        if let Some((who, key)) = self.0 {
            idempotency::answer(tx, &who, &key, StatusCode::CREATED.as_u16(), &body.to_string()).await?;
        }
        Ok((StatusCode::CREATED, Json(body)).into_response())
    }
}

impl FromRequestParts<AppState> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len()));
        key.map(|key| Self(Some(key.to_owned())))
            .ok_or_else(|| Refusal::invalid("idempotency_key_invalid").into())
    }
}
