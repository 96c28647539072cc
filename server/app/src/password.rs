//! Passwords: Argon2id (RFC 9106), off the async threads and only a few at a time.
//!
//! One hash takes some 20 MB and tens of milliseconds; without the semaphore a login storm would eat the memory and
//! starve the calls that are running (trust.md T8).

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::problem::Fault;
use crate::random::Random;

/// Hashes at the same time.
const AT_ONCE: usize = 2;

/// Makes and checks password hashes. A cheap handle.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    turn: Arc<Semaphore>,
    /// The hash of a password nobody has: an unknown user costs as long as a known one.
    nobody: Arc<str>,
    random: Random,
}

impl Passwords {
    /// With memory in KiB and passes.
    pub fn new(memory: u32, passes: u32, random: Random) -> Result<Self, Fault> {
        let params = Params::new(memory, passes, 1, None)
            .map_err(|error| Fault::new("reading the Argon2 settings", error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, &random.token(), &random.bytes())?.into();
        Ok(Self { argon2, turn: Arc::new(Semaphore::new(AT_ONCE)), nobody, random })
    }

    /// A hash in PHC form, with its own salt.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        let (argon2, salt) = (self.argon2.clone(), self.random.bytes());
        self.in_turn(move || hash(&argon2, &password, &salt)).await?
    }

    /// Whether the password fits. `None` for a user that does not exist: takes as long, and is false.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Fault> {
        let argon2 = self.argon2.clone();
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let fits = self
            .in_turn(move || {
                PasswordHash::new(&hash)
                    .is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(fits && exists)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let permit =
            self.turn.clone().acquire_owned().await.map_err(Fault::of("waiting for a turn to hash"))?;
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(Fault::of("hashing a password"))
    }
}

fn hash(argon2: &Argon2<'_>, password: &str, salt: &[u8; 16]) -> Result<String, Fault> {
    argon2
        .hash_password_with_salt(password.as_bytes(), salt)
        .map(|hash| hash.to_string())
        .map_err(|error| Fault::new("hashing a password", error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[tokio::test]
    async fn the_right_password_fits_and_nobody_fits_nothing() {
        let passwords = Passwords::new(64, 1, Random::new(SeededRandom::new(1))).unwrap();
        let hash = passwords.hash("石桥2026".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert_ne!(hash, passwords.hash("石桥2026".into()).await.unwrap(), "each hash has its own salt");
        assert!(passwords.verify("石桥2026".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("石桥2027".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("石桥2026".into(), None).await.unwrap());
    }
}
