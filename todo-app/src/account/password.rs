//! Passwords: Argon2id, a salt for each, and never more at once than the memory allows.

use std::{
    fmt,
    sync::{Arc, LazyLock},
    time::Duration,
};

use argon2::{
    Argon2,
    password_hash::{self, PasswordHasher, PasswordVerifier, phc},
};
use tokio::{sync::Semaphore, time::timeout};

use crate::board::Invalid;

/// The shortest and longest passwords that can be registered. The upper bound only keeps requests cheap.
const LENGTHS: std::ops::RangeInclusive<usize> = 6..=200;

/// What is kept of a password: a PHC string, which names algorithm, costs and salt.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// One that a store kept.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to keep.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Never shown, not even in a log.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Hashing did not happen.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Others are before us, and took too long.
    #[error("too many passwords are being checked")]
    Busy,
    /// No randomness, or a broken record in the store.
    #[error("a password could not be hashed or checked")]
    Hash(#[from] password_hash::Error),
    /// The hashing thread failed.
    #[error("the password thread failed")]
    Thread(#[from] tokio::task::JoinError),
}

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    // One hash takes 19 MiB and a whole core for a while: a burst of logins queues here instead of exhausting both.
    permits: Arc<Semaphore>,
    patience: Duration,
}

impl Passwords {
    /// At most `parallel` at a time.
    pub fn new(parallel: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(parallel)), patience: Duration::from_secs(8) }
    }

    /// Whether somebody may register with this password.
    pub fn check_strength(password: &str) -> Result<(), Invalid> {
        if LENGTHS.contains(&password.chars().count()) {
            Ok(())
        } else {
            Err(Invalid(format!("the password must have {} to {} characters", LENGTHS.start(), LENGTHS.end())))
        }
    }

    /// What to keep of a password.
    pub async fn hash(&self, password: String) -> Result<PasswordHash, PasswordError> {
        let hash = self.work(move || argon2().hash_password(password.as_bytes())).await??;
        Ok(PasswordHash(hash.to_string()))
    }

    /// Whether this is the password. Without a hash to compare (nobody has that name) the answer is no, after as much
    /// work as for a wrong password, so that time does not tell names.
    pub async fn verify(&self, password: String, hash: Option<PasswordHash>) -> Result<bool, PasswordError> {
        static NOBODY: LazyLock<Option<PasswordHash>> = LazyLock::new(|| {
            let hash: phc::PasswordHash = argon2().hash_password_with_salt(b"nobody", b"nobody's own salt").ok()?;
            Some(PasswordHash(hash.to_string()))
        });
        let checked = move || -> password_hash::Result<bool> {
            let exists = hash.is_some();
            let Some(hash) = hash.or_else(|| NOBODY.clone()) else { return Ok(false) };
            match argon2().verify_password(password.as_bytes(), &phc::PasswordHash::new(&hash.0)?) {
                Ok(()) => Ok(exists),
                Err(password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(error),
            }
        };
        Ok(self.work(checked).await??)
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let permit = timeout(self.patience, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(PasswordError::Busy) };
        // The permit moves along: when the client goes away, the thread keeps it until it is done.
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            job()
        });
        Ok(task.await?)
    }
}

/// Argon2id with the costs that OWASP names: 19 MiB, two passes.
fn argon2() -> Argon2<'static> {
    Argon2::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_nothing_else() {
        let passwords = Passwords::new(2);
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse ".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("nobody".into(), None).await.unwrap());
        let again = passwords.hash("correct horse".into()).await.unwrap();
        assert_ne!(hash, again, "every password has its own salt");
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[tokio::test]
    async fn no_more_run_at_once_than_allowed() {
        let mut passwords = Passwords::new(1);
        passwords.patience = Duration::from_millis(20);
        let _held = Arc::clone(&passwords.permits).acquire_owned().await.unwrap();
        assert!(matches!(passwords.hash("secret".into()).await, Err(PasswordError::Busy)));
    }

    #[test]
    fn short_and_endless_passwords_cannot_be_registered() {
        assert!(Passwords::check_strength("12345").is_err());
        assert!(Passwords::check_strength("密码密码密码").is_ok());
        assert!(Passwords::check_strength(&"x".repeat(201)).is_err());
    }
}
