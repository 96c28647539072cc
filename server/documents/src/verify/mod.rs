//! Checks a sealed paper offline: is the seal's signature right, does it cover the whole file and nothing else, who made
//! it, and is the text inside the one whose hash is printed.
//!
//! Stricter than general validators on purpose. A paper of ours has exactly one signature, that signature covers every
//! byte but its own container, and the container can be rebuilt byte for byte from certificate, digest and signature.
//! Whatever deviates (appended update, spare certificate, odd padding) is refused: `pdfsig` alone is content with less.

mod content;
mod report;
mod structure;
mod trust;

pub use report::{Finding, Printed, Report, SealedBy, Verdict};

use crate::seal::cms;

/// Checks one file. `anchors` are the DER certificates trusted to have issued seals; with none given the seal can be
/// intact but is never called known.
pub fn verify(pdf: &[u8], anchors: &[Vec<u8>]) -> Report {
    let mut report = Report::default();
    let located = match structure::locate(pdf) {
        Ok(located) => located,
        Err(finding) => {
            report.findings.push(finding);
            return report;
        }
    };
    report.signed_at = located.signed_at.clone();
    report.covers_whole_file = true;
    let digest = cms::sha256(&[&pdf[..located.hole.start], &pdf[located.hole.end..]]);
    match cms::open(&located.container) {
        Err(_) => report.findings.push(Finding::SealUnreadable),
        Ok(contained) => {
            let rebuilt = cms::signed_data(&contained.chain, &digest, &contained.signature);
            let message = cms::signed_attributes(&contained.chain, &digest);
            match (rebuilt, message) {
                (Ok(rebuilt), Ok(message)) if rebuilt == located.container => {
                    if !trust::signature_holds(&contained.chain, &message, &contained.signature) {
                        report.findings.push(Finding::SignatureWrong);
                    }
                }
                _ => report.findings.push(Finding::ContentChanged),
            }
            let (sealed_by, findings) = trust::judge(&contained.chain, anchors);
            report.sealed_by = sealed_by;
            report.findings.extend(findings);
        }
    }
    match content::printed(&located.document) {
        Some(printed) => {
            if printed.attached_sha256 != printed.text_sha256 {
                report.findings.push(Finding::TextNotAsPrinted);
            }
            report.printed = Some(printed);
        }
        None => report.findings.push(Finding::NothingPrinted),
    }
    report
}
