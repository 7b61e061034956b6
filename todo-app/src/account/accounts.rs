//! Registering, logging in, looking up.

use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;

use super::{Account, AccountId, Passwords, Throttle, UserName, password::PasswordError};
use crate::{
    board::Invalid,
    store::{Store, StoreError},
};

/// The accounts of the service.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn Store>,
    passwords: Passwords,
    throttle: Throttle,
    /// Folded names.
    admins: Arc<[String]>,
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterRefused {
    /// The name or password breaks a rule.
    #[error("{0}")]
    Invalid(Invalid),
    /// Too many were registered from there.
    #[error("too many registrations, try again later")]
    Throttled,
    /// Somebody has the name.
    #[error("userName exist")]
    Taken,
    /// Too much to do.
    #[error("too many people are registering, try again")]
    Busy,
    /// Something is broken.
    #[error(transparent)]
    Failed(#[from] StoreError),
    /// Something is broken.
    #[error(transparent)]
    Password(PasswordError),
}

/// Why nobody was logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginRefused {
    /// Name or password is wrong; which one is nobody's business.
    #[error("wrong user name or password")]
    Wrong,
    /// Too many wrong attempts.
    #[error("too many attempts, try again later")]
    Throttled,
    /// Too much to do.
    #[error("too many people are logging in, try again")]
    Busy,
    /// Something is broken.
    #[error(transparent)]
    Failed(#[from] StoreError),
    /// Something is broken.
    #[error(transparent)]
    Password(PasswordError),
}

impl Accounts {
    /// Accounts kept in this store; `admins` are the names of those who may see all others.
    pub fn new(store: Arc<dyn Store>, passwords: Passwords, admins: &[UserName]) -> Self {
        let throttle = Throttle::new(Arc::clone(&store));
        Self { store, passwords, throttle, admins: admins.iter().map(UserName::folded).collect() }
    }

    /// Makes an account.
    pub async fn register(
        &self,
        name: &str,
        password: String,
        address: Option<IpAddr>,
    ) -> Result<Account, RegisterRefused> {
        let name = UserName::parse(name).map_err(RegisterRefused::Invalid)?;
        Passwords::check_strength(&password).map_err(RegisterRefused::Invalid)?;
        if !self.throttle.admit_registration(address, Timestamp::now()).await? {
            return Err(RegisterRefused::Throttled);
        }
        // The store decides in the end; this only saves the hashing.
        if name.is_reserved() || self.store.account_named(&name).await?.is_some() {
            return Err(RegisterRefused::Taken);
        }
        let password = self.passwords.hash(password).await.map_err(|error| match error {
            PasswordError::Busy => RegisterRefused::Busy,
            other => RegisterRefused::Password(other),
        })?;
        let account = Account { id: AccountId::random(), name, password, created_at: Timestamp::now() };
        if self.store.add_account(account.clone()).await? { Ok(account) } else { Err(RegisterRefused::Taken) }
    }

    /// The account with this name and password.
    pub async fn log_in(&self, name: &str, password: String, address: Option<IpAddr>) -> Result<Account, LoginRefused> {
        let name = UserName::parse(name).map_err(|_| LoginRefused::Wrong)?;
        if !self.throttle.admit(&name, address, Timestamp::now()).await? {
            return Err(LoginRefused::Throttled);
        }
        let account = self.store.account_named(&name).await?;
        let hash = account.as_ref().map(|account| account.password.clone());
        let right = self.passwords.verify(password, hash).await.map_err(|error| match error {
            PasswordError::Busy => LoginRefused::Busy,
            other => LoginRefused::Password(other),
        })?;
        match account {
            Some(account) if right => {
                self.throttle.forgive(&name, address).await?;
                Ok(account)
            }
            _ => Err(LoginRefused::Wrong),
        }
    }

    /// The account with this id.
    pub async fn find(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        self.store.account(id).await
    }

    /// The account with this name.
    pub async fn named(&self, name: &UserName) -> Result<Option<Account>, StoreError> {
        self.store.account_named(name).await
    }

    /// All accounts.
    pub async fn all(&self) -> Result<Vec<Account>, StoreError> {
        self.store.accounts().await
    }

    /// Whether this name may see all others.
    pub fn is_admin(&self, name: &UserName) -> bool {
        self.admins.contains(&name.folded())
    }
}
