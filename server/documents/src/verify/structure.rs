//! Finds the one signature of a file and measures what it covers.

use std::ops::Range;

use lopdf::{Dictionary, Document, Object};

use super::Finding;

/// The signature, located; its container is read but not yet believed.
pub(super) struct Located {
    pub(super) document: Document,
    /// From `<` to behind `>` of `/Contents`.
    pub(super) hole: Range<usize>,
    pub(super) container: Vec<u8>,
    pub(super) signed_at: Option<String>,
}

/// Reads the file. The signature must reach from the first to the last byte with one hole, and the hole must hold
/// nothing but one DER value in lower-case hex and its padding of zeros.
pub(super) fn locate(pdf: &[u8]) -> Result<Located, Finding> {
    let document = Document::load_mem(pdf).map_err(|_| Finding::NotReadable)?;
    let (hole, signed_at) = {
        let signature = the_signature(&document)?;
        (covered_hole(signature, pdf.len())?, date(signature))
    };
    let container = container(pdf.get(hole.clone()).ok_or(Finding::NotWholeFile)?)?;
    Ok(Located { document, hole, container, signed_at })
}

fn the_signature(document: &Document) -> Result<&Dictionary, Finding> {
    let form = document
        .catalog()
        .and_then(|catalog| document.get_dict_in_dict(catalog, b"AcroForm"))
        .map_err(|_| Finding::NotSealed)?;
    let fields = form.get(b"Fields").and_then(Object::as_array).map_err(|_| Finding::NotSealed)?;
    let mut signatures = fields.iter().filter_map(|field| {
        let field = document.dereference(field).ok()?.1.as_dict().ok()?;
        let is_signature = field.get(b"FT").and_then(Object::as_name).is_ok_and(|name| name == b"Sig");
        is_signature.then(|| document.get_dict_in_dict(field, b"V").ok())?
    });
    let first = signatures.next().ok_or(Finding::NotSealed)?;
    if signatures.next().is_some() { Err(Finding::SeveralSeals) } else { Ok(first) }
}

fn covered_hole(signature: &Dictionary, length: usize) -> Result<Range<usize>, Finding> {
    let range = signature.get(b"ByteRange").and_then(Object::as_array).map_err(|_| Finding::NotSealed)?;
    let numbers = range
        .iter()
        .map(|n| n.as_i64().ok().and_then(|n| usize::try_from(n).ok()))
        .collect::<Option<Vec<_>>>()
        .ok_or(Finding::NotWholeFile)?;
    match numbers.as_slice() {
        &[0, start, end, rest] if start < end && end.checked_add(rest) == Some(length) => Ok(start..end),
        _ => Err(Finding::NotWholeFile),
    }
}

fn date(signature: &Dictionary) -> Option<String> {
    let raw = signature.get(b"M").and_then(Object::as_str).ok()?;
    let text = std::str::from_utf8(raw).ok()?.strip_prefix("D:")?;
    let digits = text.get(..14).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
    let part = |at: Range<usize>| &digits[at];
    Some(format!(
        "{}-{}-{} {}:{}:{} UTC",
        part(0..4),
        part(4..6),
        part(6..8),
        part(8..10),
        part(10..12),
        part(12..14)
    ))
}

fn container(hole: &[u8]) -> Result<Vec<u8>, Finding> {
    let inner = hole.strip_prefix(b"<").and_then(|h| h.strip_suffix(b">")).ok_or(Finding::NotWholeFile)?;
    if inner.iter().any(|b| !matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(Finding::SealUnreadable);
    }
    let bytes = hex::decode(inner).map_err(|_| Finding::SealUnreadable)?;
    let length = der_length(&bytes).filter(|length| *length <= bytes.len()).ok_or(Finding::SealUnreadable)?;
    if bytes[length..].iter().any(|b| *b != 0) {
        return Err(Finding::SealUnreadable);
    }
    Ok(bytes[..length].to_vec())
}

/// Whole length of the DER value that starts here (X.690 §8.1.3), header included.
fn der_length(bytes: &[u8]) -> Option<usize> {
    let first = usize::from(*bytes.get(1)?);
    if first < 0x80 {
        return Some(2 + first);
    }
    let octets = bytes.get(2..2 + (first & 0x7f)).filter(|o| !o.is_empty() && o.len() <= 4)?;
    Some(octets.iter().fold(0_usize, |sum, o| sum << 8 | usize::from(*o)) + 2 + octets.len())
}
