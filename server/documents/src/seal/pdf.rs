//! The incremental update that carries the seal: signature dictionary, field, `DocMDP` “no changes allowed”
//! (ISO 32000-1 §12.8). The widths of `/ByteRange` and `/Contents` are reserved first and filled in place.

use lopdf::{
    Dictionary, Document, IncrementalDocument, Object, ObjectId, StringFormat, dictionary, text_string,
};

use super::{SealError, SealRequest};

/// Room for the container: two certificates and a signature take under 2 KB; a time stamp later takes some 6 KB more.
const CONTENTS_BYTES: usize = 12 * 1024;
/// Ten-digit stand-ins no real offset of a paper reaches.
const BYTE_RANGE_STAND_INS: [&str; 3] = ["9999999991", "9999999992", "9999999993"];

/// A file with its hole: the `<…>` of `/Contents`.
pub(super) struct Prepared {
    pub(super) bytes: Vec<u8>,
    /// Offset of `<`.
    hole_start: usize,
    /// Offset behind `>`.
    hole_end: usize,
}

impl Prepared {
    /// The bytes before the hole.
    pub(super) fn before(&self) -> &[u8] {
        &self.bytes[..self.hole_start]
    }

    /// The bytes behind the hole.
    pub(super) fn after(&self) -> &[u8] {
        &self.bytes[self.hole_end..]
    }

    /// Writes the container into the hole, lower-case hex, padded with zeros.
    pub(super) fn fill(&mut self, container: &[u8]) -> Result<(), SealError> {
        let hex = hex::encode(container);
        let room = self.hole_start + 1..self.hole_end - 1;
        if hex.len() > room.len() {
            return Err(SealError::Certificate("the certificate chain is too long for the seal".to_owned()));
        }
        self.bytes[room.start..room.start + hex.len()].copy_from_slice(hex.as_bytes());
        self.bytes[room.start + hex.len()..room.end].fill(b'0');
        Ok(())
    }
}

/// Appends the update and measures the hole.
pub(super) fn prepare(pdf: &[u8], request: &SealRequest) -> Result<Prepared, SealError> {
    let unusable = |e: lopdf::Error| SealError::Pdf(e.to_string());
    let previous = Document::load_mem(pdf).map_err(unusable)?;
    let catalog_id = previous.trailer.get(b"Root").and_then(Object::as_reference).map_err(unusable)?;
    let page_id = previous.page_iter().next().ok_or_else(|| SealError::Pdf("no page".to_owned()))?;
    if previous.catalog().map_err(unusable)?.has(b"AcroForm") {
        return Err(SealError::AlreadySealed);
    }
    let mut update = IncrementalDocument::create_from(pdf.to_vec(), previous);
    let signature_id = update.new_document.add_object(signature_dictionary(request));
    let field_id = update.new_document.add_object(field(signature_id, page_id));
    extend_catalog(&mut update, catalog_id, field_id, signature_id).map_err(unusable)?;
    extend_page(&mut update, page_id, field_id).map_err(unusable)?;
    let mut bytes = Vec::with_capacity(pdf.len() + 4 * CONTENTS_BYTES);
    update.save_to(&mut bytes).map_err(|e| SealError::Pdf(e.to_string()))?;
    measured(bytes, pdf.len())
}

fn signature_dictionary(request: &SealRequest) -> Dictionary {
    let stand_in = |digits: &str| Object::Integer(digits.parse().unwrap_or(i64::MAX));
    dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        "ByteRange" => vec![Object::Integer(0), stand_in(BYTE_RANGE_STAND_INS[0]), stand_in(BYTE_RANGE_STAND_INS[1]), stand_in(BYTE_RANGE_STAND_INS[2])],
        "Contents" => Object::String(vec![0; CONTENTS_BYTES], StringFormat::Hexadecimal),
        "Name" => text_string(&request.organization),
        "Reason" => text_string(&request.reason),
        "M" => Object::string_literal(request.at.format("D:%Y%m%d%H%M%S+00'00'").to_string()),
        "Reference" => vec![Object::Dictionary(dictionary! {
            "Type" => "SigRef",
            "TransformMethod" => "DocMDP",
            "TransformParams" => dictionary! { "Type" => "TransformParams", "P" => 1, "V" => "1.2" },
        })],
    }
}

/// The field is invisible (a zero rectangle): what people see is the drawn seal on the paper itself.
fn field(signature_id: ObjectId, page_id: ObjectId) -> Dictionary {
    dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Sig",
        "T" => Object::string_literal("OneDoorSeal"),
        "V" => signature_id, "P" => page_id,
        "Rect" => vec![0.into(), 0.into(), 0.into(), 0.into()],
        "F" => 132,
    }
}

fn extend_catalog(
    update: &mut IncrementalDocument,
    catalog_id: ObjectId,
    field_id: ObjectId,
    signature_id: ObjectId,
) -> lopdf::Result<()> {
    update.opt_clone_object_to_new_document(catalog_id)?;
    let catalog = update.new_document.get_dictionary_mut(catalog_id)?;
    catalog.set("AcroForm", dictionary! { "Fields" => vec![Object::Reference(field_id)], "SigFlags" => 3 });
    catalog.set("Perms", dictionary! { "DocMDP" => signature_id });
    Ok(())
}

fn extend_page(update: &mut IncrementalDocument, page_id: ObjectId, field_id: ObjectId) -> lopdf::Result<()> {
    let mut annotations = match update.get_prev_documents().get_dictionary(page_id)?.get(b"Annots") {
        Ok(Object::Array(list)) => list.clone(),
        Ok(Object::Reference(id)) => update.get_prev_documents().get_object(*id)?.as_array()?.clone(),
        _ => Vec::new(),
    };
    annotations.push(Object::Reference(field_id));
    update.opt_clone_object_to_new_document(page_id)?;
    update.new_document.get_dictionary_mut(page_id)?.set("Annots", annotations);
    Ok(())
}

/// Finds the hole in the appended part and writes the true `/ByteRange` over the stand-ins, padded with blanks.
fn measured(mut bytes: Vec<u8>, update_start: usize) -> Result<Prepared, SealError> {
    let lost = || SealError::Pdf("the reserved signature was not written as expected".to_owned());
    let run = [b"<".as_slice(), &[b'0'; 64]].concat();
    let hole_start = find(&bytes[update_start..], &run).map(|at| at + update_start).ok_or_else(lost)?;
    let hole_end = hole_start + 2 * CONTENTS_BYTES + 2;
    if bytes.get(hole_end - 1) != Some(&b'>') {
        return Err(lost());
    }
    let values = [hole_start, hole_end, bytes.len() - hole_end];
    for (stand_in, value) in BYTE_RANGE_STAND_INS.iter().zip(values) {
        let at =
            find(&bytes[update_start..], stand_in.as_bytes()).map(|at| at + update_start).ok_or_else(lost)?;
        let padded = format!("{value:<width$}", width = stand_in.len());
        bytes[at..at + stand_in.len()].copy_from_slice(padded.as_bytes());
    }
    Ok(Prepared { bytes, hole_start, hole_end })
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|w| w == needle)
}
