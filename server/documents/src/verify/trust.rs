//! Whose key it is: the signature against the certificate, the chain, and the anchors trusted here.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use der::{Decode, Encode};
use x509_cert::Certificate;

use super::{Finding, SealedBy};
use crate::seal::cms::{ECDSA_WITH_SHA256, sha256};

/// Whether the first certificate's key made this signature.
pub(super) fn signature_holds(chain: &[Vec<u8>], message: &[u8], signature: &[u8]) -> bool {
    chain
        .first()
        .and_then(|der| Certificate::from_der(der).ok())
        .is_some_and(|own| verifies(&own, message, signature))
}

/// Names the sealer, and checks every link of the chain and its end.
pub(super) fn judge(chain: &[Vec<u8>], anchors: &[Vec<u8>]) -> (Option<SealedBy>, Vec<Finding>) {
    let Ok(certificates) = chain.iter().map(|der| Certificate::from_der(der)).collect::<Result<Vec<_>, _>>()
    else {
        return (None, vec![Finding::SealUnreadable]);
    };
    let Some((own, own_der)) = certificates.first().zip(chain.first()) else {
        return (None, vec![Finding::SealUnreadable]);
    };
    let mut findings = Vec::new();
    let linked = certificates.windows(2).all(|pair| issued_by(&pair[0], &pair[1]))
        && certificates.last().is_none_or(|last| !self_issued(last) || issued_by(last, last));
    if !linked {
        findings.push(Finding::ChainBroken);
    }
    let known =
        linked && (chain.iter().any(|der| anchors.contains(der)) || ends_at(certificates.last(), anchors));
    if !known && !anchors.is_empty() {
        findings.push(Finding::IssuerNotTrusted);
    }
    let sealed_by = SealedBy {
        subject: own.tbs_certificate().subject().to_string(),
        issuer: own.tbs_certificate().issuer().to_string(),
        fingerprint: hex::encode(sha256(&[own_der])),
        known,
    };
    (Some(sealed_by), findings)
}

fn self_issued(certificate: &Certificate) -> bool {
    certificate.tbs_certificate().issuer() == certificate.tbs_certificate().subject()
}

/// Whether an anchor that is not itself in the file issued the last certificate.
fn ends_at(last: Option<&Certificate>, anchors: &[Vec<u8>]) -> bool {
    let anchors = anchors.iter().filter_map(|der| Certificate::from_der(der).ok());
    last.is_some_and(|last| anchors.into_iter().any(|anchor| issued_by(last, &anchor)))
}

fn issued_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let tbs = certificate.tbs_certificate();
    // The outer algorithm is not signed over: it must repeat the inner one (RFC 5280 §4.1.1.2).
    tbs.issuer() == issuer.tbs_certificate().subject()
        && certificate.signature_algorithm() == tbs.signature()
        && tbs.signature().oid == ECDSA_WITH_SHA256
        && tbs
            .to_der()
            .is_ok_and(|tbs| certificate.signature().as_bytes().is_some_and(|s| verifies(issuer, &tbs, s)))
}

fn verifies(certificate: &Certificate, message: &[u8], signature: &[u8]) -> bool {
    let key = certificate.tbs_certificate().subject_public_key_info();
    key.subject_public_key.as_bytes().is_some_and(|point| {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
    })
}
