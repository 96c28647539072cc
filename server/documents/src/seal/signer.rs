//! Who holds the key of the seal.

use super::SealError;

/// A key with its certificates that can sign for the committee: ECDSA on P-256 with SHA-256.
pub trait Signer: Send + Sync {
    /// The certificates as DER: the signer's own first, each next one the issuer of the one before.
    fn chain(&self) -> &[Vec<u8>];

    /// The DER-encoded ECDSA signature over SHA-256 of `message`.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Whether a licensed certificate authority stands behind the key (R17); printed on the paper when not.
    fn ca_backed(&self) -> bool;
}
