//! Passwords: hashed and checked, never more at once than the memory allows.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use argon2::password_hash;
use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

use super::argon2id::Hasher;
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
    Thread,
}

/// Hashes and checks passwords, on threads of its own.
///
/// One hash takes 19 MiB and a whole core for a while: a burst of logins queues for a permit instead of exhausting both.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    jobs: mpsc::Sender<Job>,
    patience: Duration,
}

type Job = Box<dyn FnOnce(&mut Hasher) + Send>;

impl Passwords {
    /// At most `parallel` at a time.
    pub fn new(parallel: usize) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..parallel {
            let queue = Arc::clone(&queue);
            let next = move || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            thread::Builder::new().name("todo-password".to_owned()).spawn(move || {
                let mut hasher = Hasher::default();
                while let Ok(job) = next() {
                    // A panicking job answers nobody; the thread serves the next one.
                    let _ = catch_unwind(AssertUnwindSafe(|| job(&mut hasher)));
                }
            })?;
        }
        Ok(Self { permits: Arc::new(Semaphore::new(parallel)), jobs, patience: Duration::from_secs(8) })
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
        Ok(PasswordHash(self.work(move |hasher| hasher.hash(&password)).await??))
    }

    /// Whether this is the password. Without a hash to compare (nobody has that name) the answer is no, after as much
    /// work as for a wrong password, so that time does not tell names.
    pub async fn verify(&self, password: String, kept: Option<PasswordHash>) -> Result<bool, PasswordError> {
        let checked = self.work(move |hasher| match kept {
            Some(kept) => hasher.verify(&password, &kept.0),
            None => hasher.waste_time(&password).map(|()| false),
        });
        Ok(checked.await??)
    }

    async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Hasher) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = timeout(self.patience, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(PasswordError::Busy) };
        let (reply, answer) = oneshot::channel();
        // The permit moves along: when the client goes away, the thread keeps it until it is done.
        let job = Box::new(move |hasher: &mut Hasher| {
            let _permit = permit;
            let _ = reply.send(job(hasher));
        });
        self.jobs.send(job).map_err(|_| PasswordError::Thread)?;
        answer.await.map_err(|_| PasswordError::Thread)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_recognised_and_nothing_else() {
        let passwords = Passwords::new(2).unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse ".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("nobody".into(), None).await.unwrap());
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[tokio::test]
    async fn no_more_run_at_once_than_allowed() {
        let mut passwords = Passwords::new(1).unwrap();
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
