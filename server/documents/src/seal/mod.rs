//! The seal: a PAdES baseline signature (ETSI EN 319 142-1) over the whole file, added as an incremental update.
//!
//! The format is not what gives a seal legal weight in China: the certificate authority and the key's keeping are
//! (Electronic Signature Law art. 13, 16). So who signs is a port, `Signer`: a local key here, a licensed CA's service, a
//! security module or SM2 later, without a change to this module's callers.

mod authority;
pub(crate) mod cms;
mod pdf;
mod signer;

use chrono::{DateTime, Utc};

pub use authority::LocalKey;
pub use signer::Signer;

/// Why a paper could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file is not a PDF this module can extend.
    #[error("not a PDF that can be sealed: {0}")]
    Pdf(String),
    /// The file has a signature already; a paper is sealed once.
    #[error("the paper is sealed already")]
    AlreadySealed,
    /// The key refused or the service is away.
    #[error("the seal key failed: {0}")]
    Key(String),
    /// The certificate does not fit the key or cannot be read.
    #[error("the seal certificate cannot be used: {0}")]
    Certificate(String),
    /// Key files cannot be read or written.
    #[error("seal key files: {0}")]
    Files(#[from] std::io::Error),
}

/// What is written beside the signature.
#[derive(Clone, Debug)]
pub struct SealRequest {
    /// The organisation whose seal it is.
    pub organization: String,
    /// Why, for instance 人民调解协议书（2026）石桥人调字第17号.
    pub reason: String,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
}

/// Seals a PDF: the answer is the input's bytes plus one incremental update whose signature covers everything.
pub fn seal(pdf: &[u8], signer: &dyn Signer, request: &SealRequest) -> Result<Vec<u8>, SealError> {
    let mut prepared = pdf::prepare(pdf, request)?;
    let digest = cms::sha256(&[prepared.before(), prepared.after()]);
    let signature = signer.sign(&cms::signed_attributes(signer.chain(), &digest)?)?;
    let container = cms::signed_data(signer.chain(), &digest, &signature)?;
    prepared.fill(&container)?;
    Ok(prepared.bytes)
}
