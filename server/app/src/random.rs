//! The randomness port: secrets come from here and nowhere else.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Where random bytes come from.
pub trait RandomSource: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// Random secrets: link tokens, refresh tokens, signing codes.
#[derive(Clone)]
pub struct Random(Arc<dyn RandomSource>);

impl Random {
    /// From a source; see [`SystemRandom`] and [`SeededRandom`].
    pub fn new(source: impl RandomSource) -> Self {
        Self(Arc::new(source))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }

    /// An unguessable token of 256 bits, 43 letters of URL-safe base64.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A code of six digits to be read aloud or typed, every value equally likely.
    pub fn code(&self) -> String {
        // Values past the last whole million would make small codes likelier: draw again (about 1 in 4,000,000,000).
        loop {
            let n = u64::from_le_bytes(self.bytes());
            if n < u64::MAX - u64::MAX % 1_000_000 {
                return format!("{:06}", n % 1_000_000);
            }
        }
    }
}

/// The operating system's generator, through a per-thread `ChaCha` that reseeds itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl RandomSource for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// Repeatable randomness for tests. Never for a running server: whoever knows the seed knows every link.
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// The same seed gives the same run.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl RandomSource for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_no_two_are_alike() {
        let random = Random::new(SystemRandom);
        let (a, b) = (random.token(), random.token());
        assert_eq!(a.len(), 43);
        assert_ne!(a, b);
    }

    #[test]
    fn a_code_has_six_digits_and_a_seed_repeats_it() {
        let code = Random::new(SeededRandom::new(7)).code();
        assert_eq!(code.len(), 6);
        assert!(code.chars().all(|c| c.is_ascii_digit()));
        assert_eq!(code, Random::new(SeededRandom::new(7)).code());
    }
}
