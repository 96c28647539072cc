//! The detached CMS container of the seal (RFC 5652, ETSI EN 319 122-1 baseline B): one signer, three signed attributes.
//!
//! One function builds it, from three facts only: the chain, the digest of the file and the signature. Checking a seal
//! rebuilds it from the same facts and compares bytes, so there is no second encoding in which anything could hide.

use aws_lc_rs::digest;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, DigestAlgorithmIdentifiers, EncapsulatedContentInfo, SignedData, SignerIdentifier,
    SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Decode, Encode, Sequence};
use x509_cert::Certificate;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::SealError;

const ID_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ID_SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
pub(crate) const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// RFC 5035 §5.4.1: names the signer's certificate by its hash inside what is signed, so it cannot be exchanged.
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

/// RFC 5035 §4: SHA-256 is the default algorithm and therefore left out in DER.
#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

/// SHA-256 over the parts in order.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// The DER of the signed attributes: this is the message the key signs.
pub(crate) fn signed_attributes(chain: &[Vec<u8>], file_digest: &[u8; 32]) -> Result<Vec<u8>, SealError> {
    attributes(chain, file_digest).and_then(|a| a.to_der()).map_err(unusable)
}

/// The whole container, DER.
pub(crate) fn signed_data(
    chain: &[Vec<u8>],
    file_digest: &[u8; 32],
    signature: &[u8],
) -> Result<Vec<u8>, SealError> {
    container(chain, file_digest, signature).map_err(unusable)
}

fn unusable(e: der::Error) -> SealError {
    SealError::Certificate(e.to_string())
}

fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters: None }
}

fn own(chain: &[Vec<u8>]) -> der::Result<&[u8]> {
    chain.first().map(Vec::as_slice).ok_or_else(|| der::ErrorKind::Failed.into())
}

fn attributes(chain: &[Vec<u8>], file_digest: &[u8; 32]) -> der::Result<Attributes> {
    let named = SigningCertificateV2 {
        certs: vec![EssCertIdV2 { cert_hash: OctetString::new(sha256(&[own(chain)?]))? }],
    };
    let attribute = |oid, value: Any| -> der::Result<Attribute> {
        Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
    };
    SetOfVec::try_from(vec![
        attribute(CONTENT_TYPE, Any::encode_from(&ID_DATA)?)?,
        attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(file_digest.as_slice())?)?)?,
        attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&named)?)?,
    ])
}

fn container(chain: &[Vec<u8>], file_digest: &[u8; 32], signature: &[u8]) -> der::Result<Vec<u8>> {
    let certificate = Certificate::from_der(own(chain)?)?;
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.tbs_certificate().issuer().clone(),
            serial_number: certificate.tbs_certificate().serial_number().clone(),
        }),
        digest_alg: algorithm(SHA256),
        signed_attrs: Some(attributes(chain, file_digest)?),
        signature_algorithm: algorithm(ECDSA_WITH_SHA256),
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let certificates = chain
        .iter()
        .map(|c| Certificate::from_der(c).map(CertificateChoices::Certificate))
        .collect::<der::Result<Vec<_>>>()?;
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: DigestAlgorithmIdentifiers::try_from(vec![algorithm(SHA256)])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: ID_DATA, econtent: None },
        certificates: Some(CertificateSet::try_from(certificates)?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![signer])?,
    };
    ContentInfo { content_type: ID_SIGNED_DATA, content: Any::encode_from(&data)? }.to_der()
}

/// What a container holds: the certificates (the signer's first) and the signature. Nothing is believed yet.
pub(crate) struct Contained {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) signature: Vec<u8>,
}

/// Takes the facts out of a container. Its digest is not among them: the checker computes that from the file.
pub(crate) fn open(container: &[u8]) -> der::Result<Contained> {
    let info = ContentInfo::from_der(container)?;
    let data: SignedData = info.content.decode_as()?;
    let malformed = || der::Error::from(der::ErrorKind::Failed);
    let signer = data.signer_infos.0.get(0).ok_or_else(malformed)?;
    let SignerIdentifier::IssuerAndSerialNumber(id) = &signer.sid else { return Err(malformed()) };
    let mut rest = data
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .filter_map(
            |choice| if let CertificateChoices::Certificate(c) = choice { Some(c.clone()) } else { None },
        )
        .collect::<Vec<_>>();
    let own = rest
        .iter()
        .position(|c| {
            *c.tbs_certificate().issuer() == id.issuer
                && *c.tbs_certificate().serial_number() == id.serial_number
        })
        .ok_or_else(malformed)?;
    let mut chain = vec![rest.swap_remove(own)];
    // Each next certificate is the issuer of the one before; what does not belong is left out and then fails the rebuild.
    while let Some(next) = rest.iter().position(|c| {
        Some(c.tbs_certificate().subject()) == chain.last().map(|c| c.tbs_certificate().issuer())
    }) {
        chain.push(rest.swap_remove(next));
    }
    Ok(Contained {
        chain: chain.iter().map(Encode::to_der).collect::<der::Result<_>>()?,
        signature: signer.signature.as_bytes().to_vec(),
    })
}
