//! Documents of a case: what they are. Their bytes lie in the blob store under `blob_key`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CaseId, DocumentId};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// 调解协议书
    Agreement,
    /// 调解笔录
    Minutes,
    /// 受理回执
    Receipt,
    /// 证据
    Evidence,
}

/// A document of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Which.
    pub id: DocumentId,
    /// Of which case.
    pub case_id: CaseId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its name for people.
    pub title: String,
    /// Its media type (RFC 6838).
    pub mime: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    /// Where the bytes lie.
    pub blob_key: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}
