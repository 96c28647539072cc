//! Receiving a form with a file: piece by piece to the disk, counted and hashed on the way, never whole in memory.

use std::io::Write as _;

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use domain::{PaperKind, PaperScope, Refusal};
use sha2::{Digest, Sha256};

use crate::darkroom::Spooled;
use crate::problem::{Answer, Fault, Problem};

/// Bytes of the word that says who may see it.
const WORD: usize = 16;
/// How much beyond the bound is still read and thrown away, so that a browser hears the answer instead of a broken line.
const COURTESY: u64 = 16 << 20;

/// A file that arrived.
pub(super) struct Received {
    pub name: String,
    pub kind: PaperKind,
    pub size: u64,
    pub sha256: String,
    pub scope: PaperScope,
}

/// Reads the fields `scope` and `file`, in this order or the other.
pub(super) async fn receive(form: &mut Multipart, to: &Spooled, most: u64) -> Answer<Received> {
    let (mut scope, mut file) = (None, None);
    while let Some(field) = form.next_field().await.map_err(torn)? {
        match field.name() {
            Some("scope") if scope.is_none() => scope = Some(word(field).await?),
            Some("file") if file.is_none() => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, write(field, to, most).await?));
            }
            _ => return Err(Refusal::invalid("body_invalid").into()),
        }
    }
    let (Some(scope), Some((name, Written { kind, size, sha256 }))) = (scope, file) else {
        return Err(Refusal::invalid("body_invalid").into());
    };
    Ok(Received { name, kind, size, sha256, scope })
}

struct Written {
    kind: PaperKind,
    size: u64,
    sha256: String,
}

async fn write(mut field: Field<'_>, to: &Spooled, most: u64) -> Answer<Written> {
    let mut out = std::fs::File::create(to.path()).map_err(Fault::of("receiving a paper"))?;
    let (mut size, mut hash, mut head) = (0_u64, Sha256::new(), Vec::with_capacity(12));
    while let Some(piece) = field.chunk().await.map_err(torn)? {
        size += piece.len() as u64;
        if size > most {
            if size > most + COURTESY {
                break;
            }
            continue;
        }
        head.extend(piece.iter().take(12 - head.len()));
        hash.update(&piece);
        // Pieces are as the socket gives them, some tens of kilobytes: the page cache takes them at once.
        out.write_all(&piece).map_err(full)?;
    }
    if size > most {
        let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "paper_too_large");
        return Err(problem.with("most", most >> 20));
    }
    Ok(Written { kind: PaperKind::of(&head)?, size, sha256: hex::encode(hash.finalize()) })
}

async fn word(mut field: Field<'_>) -> Answer<PaperScope> {
    let mut word = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(torn)? {
        word.extend(piece.iter().take(WORD + 1 - word.len()));
    }
    let word = String::from_utf8_lossy(&word).into_owned();
    serde_json::from_value(word.into()).map_err(|_| Refusal::invalid("paper_scope").into())
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn torn(error: MultipartError) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "body_invalid").detail(error.body_text())
}

fn full(error: std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::StorageFull {
        Problem::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full")
    } else {
        Fault::new("receiving a paper", error).into()
    }
}
