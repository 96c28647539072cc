//! How a “no” and a failure leave the server: RFC 9457 problem+json, mapped here once.
//!
//! When to use which error: a [`Refusal`] is an answer the user can act on; its stable code is translated by the web
//! client. A [`Fault`] is a bug or an outage: the operator gets the trace, the user is told to try again and nothing
//! else. A [`StoreError`] is a fault, but for a full disk (507). Handlers answer [`Answer<T>`]; `?` turns either into a [`Problem`].

use std::error::Error;
use std::fmt;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use domain::refusal::RefusalKind;
use serde::Serialize;
use serde_json::{Map, Value};
use store::StoreError;
use utoipa::ToSchema;

/// What a handler answers.
pub type Answer<T> = Result<T, Problem>;

/// A bug or an outage, with what was being done. Its text is for the operator and never reaches a user.
#[derive(Debug)]
pub struct Fault {
    doing: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl Fault {
    /// What was being done (“publishing to the bus”) and what went wrong.
    pub fn new(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { doing, source: source.into() }
    }

    /// For `map_err`: `.map_err(Fault::of("reading a blob"))?`.
    pub fn of<E: Into<Box<dyn Error + Send + Sync>>>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::new(doing, source)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.doing, self.source)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// The body of every answer that is not a success (RFC 9457 §3).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// `about:blank#code`: a stable name, not a page.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words, in English; clients translate `code` instead.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, `snake_case`, never reused for another meaning.
    pub code: String,
    /// For a developer; never holds personal data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Figures for the translated sentence.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Option<Object>)]
    pub params: Map<String, Value>,
}

/// An answer that is not a success.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: Option<String>,
    params: Map<String, Value>,
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem with a stable code.
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, detail: None, params: Map::new(), retry_after: None }
    }

    /// Words for a developer.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a value for the translated sentence.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.insert(key.to_owned(), value.into());
        self
    }

    /// Seconds after which another try makes sense (RFC 9110 §10.2.3).
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self.params.insert("retry_after".into(), seconds.into());
        self
    }

    /// 404 for absent and foreign things alike.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// 429 with the wait.
    pub fn too_many(retry_after: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many").retry_after(retry_after)
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.kind {
            RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            RefusalKind::Forbidden => StatusCode::FORBIDDEN,
            RefusalKind::NotFound => StatusCode::NOT_FOUND,
            RefusalKind::Conflict => StatusCode::CONFLICT,
            RefusalKind::Gone => StatusCode::GONE,
            RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        };
        Self { params: refusal.params, ..Self::new(status, refusal.code) }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        tracing::error!(error = %fault, "fault");
        metrics::counter!("onedoor_faults_total").increment(1);
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "try_again").retry_after(2)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            // A caller that expects a duplicate matches it before; here it is two requests that met.
            StoreError::Duplicate(_) => Self::new(StatusCode::CONFLICT, "already_there"),
            StoreError::Full(_) => {
                tracing::error!(%error, "the disk is full");
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full")
            }
            error => Fault::new("using the database", error).into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: format!("about:blank#{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail,
            params: self.params,
        };
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
