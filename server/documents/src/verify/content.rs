//! What the paper says about itself: the printed hash and chain head, and the attached text.

use lopdf::{Document, Object};

use super::Printed;
use crate::Frozen;

/// Reads the printed values from the page text and the frozen text from the attachment.
pub(super) fn printed(document: &Document) -> Option<Printed> {
    let pages = document.get_pages().keys().copied().collect::<Vec<_>>();
    let text = document.extract_text(&pages).ok()?;
    let compact = text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let attached = attachment(document)?;
    Some(Printed {
        text_sha256: hex_after(&compact, "SHA-256：")?,
        attached_sha256: Frozen::hash(std::slice::from_ref(&attached)),
        audit_head: hex_after(&compact, "案件记录链首值："),
        text: attached,
    })
}

/// The 64 hex digits behind a label.
fn hex_after(text: &str, label: &str) -> Option<String> {
    let rest = &text[text.find(label)? + label.len()..];
    rest.get(..64).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit())).map(str::to_owned)
}

/// The first associated file of the catalog (PDF/A-3): our `agreement.txt`.
fn attachment(document: &Document) -> Option<String> {
    let files = document.catalog().ok()?.get(b"AF").ok()?;
    let files = document.dereference(files).ok()?.1.as_array().ok()?;
    let specification = document.dereference(files.first()?).ok()?.1.as_dict().ok()?;
    let embedded = document.get_dict_in_dict(specification, b"EF").ok()?;
    let stream = document.dereference(embedded.get(b"F").ok()?).ok()?.1;
    let stream = Object::as_stream(stream).ok()?;
    String::from_utf8(stream.get_plain_content().unwrap_or_else(|_| stream.content.clone())).ok()
}
