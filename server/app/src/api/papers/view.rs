//! A paper in the file, as its handler reads it.

use chrono::{DateTime, Utc};
use domain::{Paper, PaperId, PaperKind, PaperScope, SessionId, Side};
use serde::Serialize;
use utoipa::ToSchema;

/// A paper somebody handed in.
#[derive(Serialize, ToSchema)]
#[schema(as = CasePaper)]
pub(super) struct CasePaper {
    id: PaperId,
    session_id: SessionId,
    owner: String,
    side: Side,
    scope: PaperScope,
    title: String,
    kind: PaperKind,
    size: i64,
    /// Of the original, lower-case hex; the case's timeline has it too.
    sha256: String,
    pages: u32,
    at: DateTime<Utc>,
}

impl From<Paper> for CasePaper {
    fn from(paper: Paper) -> Self {
        let Paper { id, session_id, owner, side, scope, title, kind, size, sha256, pages, at, .. } = paper;
        Self { id, session_id, owner, side, scope, title, kind, size, sha256, pages, at }
    }
}
