//! Who people are: accounts, passwords, session tokens, and the brake on guessing.

mod accounts;
mod argon2id;
mod hs256;
mod name;
mod password;
mod throttle;
mod token;

pub use accounts::{Accounts, LoginRefused, RegisterRefused};
pub use name::UserName;
pub use password::{PasswordHash, Passwords};
pub use throttle::Throttle;
pub use token::{Identity, Tokens};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::board::BoardId;

/// Somebody with a name and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Never changes.
    pub id: AccountId,
    /// How the person wants to be called, and logs in.
    pub name: UserName,
    /// What is kept of the password.
    pub password: PasswordHash,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// Names one account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// A new one.
    pub fn random() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    /// One that a store or a request names.
    pub fn stored(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The board that belongs to the account.
    pub fn board(&self) -> BoardId {
        BoardId::named(self.0.clone())
    }
}
