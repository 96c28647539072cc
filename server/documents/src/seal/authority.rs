//! A seal of one's own: a small authority and one key, kept in two files. For demonstrations and for sites without a
//! licensed certificate authority; papers say so.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use chrono::{DateTime, Datelike, Utc};
use der::Encode as _;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use x509_cert::Certificate;

use super::{SealError, Signer};

/// File names inside the seal folder.
const KEY_FILE: &str = "seal-key.pem";
const CHAIN_FILE: &str = "seal-chain.pem";

/// A P-256 key in this process, with its chain.
pub struct LocalKey {
    key: EcdsaKeyPair,
    chain: Vec<Vec<u8>>,
}

impl LocalKey {
    /// Makes an authority and a seal certificate for this organisation, valid for ten and five years from `now`.
    /// The authority's key is thrown away at once: it can sign nothing else.
    pub fn generate(organization: &str, now: DateTime<Utc>) -> Result<Self, SealError> {
        let (pem_key, pem_chain) =
            issue(organization, now).map_err(|e| SealError::Certificate(e.to_string()))?;
        Self::from_pem(&pem_key, &pem_chain)
    }

    /// The key of this folder; made there first when absent. The key file is readable by its owner only.
    pub fn load_or_create(folder: &Path, organization: &str, now: DateTime<Utc>) -> Result<Self, SealError> {
        let (key_path, chain_path) = (folder.join(KEY_FILE), folder.join(CHAIN_FILE));
        if !key_path.exists() {
            let (key, chain) = issue(organization, now).map_err(|e| SealError::Certificate(e.to_string()))?;
            fs::create_dir_all(folder)?;
            fs::write(&chain_path, chain)?;
            write_private(&key_path, &key)?;
        }
        Self::from_pem(&fs::read_to_string(key_path)?, &fs::read_to_string(chain_path)?)
    }

    /// The chain of a seal folder, for checking papers without touching the key.
    pub fn chain_of(folder: &Path) -> Result<Vec<Vec<u8>>, SealError> {
        Self::chain_in(&folder.join(CHAIN_FILE))
    }

    /// The certificates of one PEM file.
    pub fn chain_in(file: &Path) -> Result<Vec<Vec<u8>>, SealError> {
        parse_chain(&fs::read_to_string(file)?)
    }

    fn from_pem(key: &str, chain: &str) -> Result<Self, SealError> {
        let pkcs8 = KeyPair::from_pem(key).map_err(|e| SealError::Key(e.to_string()))?.serialize_der();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8)
            .map_err(|e| SealError::Key(e.to_string()))?;
        Ok(Self { key, chain: parse_chain(chain)? })
    }
}

impl Signer for LocalKey {
    fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SealError> {
        let signature =
            self.key.sign(&SystemRandom::new(), message).map_err(|e| SealError::Key(e.to_string()))?;
        Ok(signature.as_ref().to_vec())
    }

    fn ca_backed(&self) -> bool {
        false
    }
}

fn issue(organization: &str, now: DateTime<Utc>) -> Result<(String, String), rcgen::Error> {
    let mut ca = CertificateParams::default();
    ca.distinguished_name = rcgen::DistinguishedName::new();
    ca.distinguished_name.push(DnType::CommonName, "OneDoor local seal authority");
    ca.distinguished_name.push(DnType::OrganizationName, organization);
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (ca.not_before, ca.not_after) = (first_of_month(now, 0), first_of_month(now, 10));
    let ca_key = KeyPair::generate()?;
    let ca_certificate = ca.self_signed(&ca_key)?;

    let mut own = CertificateParams::default();
    own.distinguished_name = rcgen::DistinguishedName::new();
    own.distinguished_name.push(DnType::CommonName, organization);
    own.distinguished_name.push(DnType::OrganizationName, organization);
    own.is_ca = IsCa::ExplicitNoCa;
    own.use_authority_key_identifier_extension = true;
    // ContentCommitment is X.509's name for non-repudiation, which validators ask of a seal.
    own.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    (own.not_before, own.not_after) = (first_of_month(now, 0), first_of_month(now, 5));
    let key = KeyPair::generate()?;
    let certificate = own.signed_by(&key, &Issuer::from_params(&ca, &ca_key))?;
    Ok((key.serialize_pem(), certificate.pem() + &ca_certificate.pem()))
}

/// Validity starts with the month, so that a clock a little behind does not find a certificate “not yet valid”.
fn first_of_month(now: DateTime<Utc>, years_on: i32) -> time::OffsetDateTime {
    rcgen::date_time_ymd(now.year() + years_on, u8::try_from(now.month()).unwrap_or(1), 1)
}

fn parse_chain(pem: &str) -> Result<Vec<Vec<u8>>, SealError> {
    let unreadable = |e: der::Error| SealError::Certificate(e.to_string());
    let chain = Certificate::load_pem_chain(pem.as_bytes()).map_err(unreadable)?;
    if chain.is_empty() {
        return Err(SealError::Certificate("no certificate".to_owned()));
    }
    chain.iter().map(|c| c.to_der().map_err(unreadable)).collect()
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
