//! The signed token in the cookie: who somebody is, until when.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use super::{Account, AccountId, UserName, hs256};

/// Who a valid token speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Anybody; shares the guests' board.
    Guest,
    /// Somebody who logged in.
    User {
        /// The account.
        id: AccountId,
        /// Its name.
        name: UserName,
    },
}

/// Makes and reads tokens: JWT, HS256, always with an end.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

/// `data` is the name, as in the original's tokens.
#[derive(Serialize, Deserialize)]
struct Claims {
    data: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<AccountId>,
    iat: i64,
    exp: i64,
}

impl Tokens {
    /// How long a guest's token is good.
    pub const GUEST_LIFE: SignedDuration = SignedDuration::from_hours(1);
    /// How long a login is good.
    pub const USER_LIFE: SignedDuration = SignedDuration::from_hours(24);

    /// Tokens signed with this secret.
    pub fn new(secret: &[u8]) -> Self {
        hs256::install();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp"]);
        validation.leeway = 0;
        Self { signing: EncodingKey::from_secret(secret), checking: DecodingKey::from_secret(secret), validation }
    }

    /// A token for a guest.
    pub fn for_guest(&self, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        self.sign("guest", None, now, Self::GUEST_LIFE)
    }

    /// A token for somebody who has just proven who they are.
    pub fn for_user(&self, account: &Account, now: Timestamp) -> Result<String, jsonwebtoken::errors::Error> {
        self.sign(account.name.as_str(), Some(account.id.clone()), now, Self::USER_LIFE)
    }

    /// Whom a token speaks of; `None`: it is not ours, changed, or over.
    pub fn read(&self, token: &str) -> Option<Identity> {
        let claims = decode::<Claims>(token, &self.checking, &self.validation).ok()?.claims;
        match claims.id {
            None => Some(Identity::Guest),
            Some(id) => Some(Identity::User { id, name: UserName::parse(&claims.data).ok()? }),
        }
    }

    fn sign(
        &self,
        name: &str,
        id: Option<AccountId>,
        now: Timestamp,
        life: SignedDuration,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let iat = now.as_second();
        let claims = Claims { data: name.to_owned(), id, iat, exp: iat + life.as_secs() };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::PasswordHash;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

    fn ann() -> Account {
        Account {
            id: AccountId::random(),
            name: UserName::parse("ann").unwrap(),
            password: PasswordHash::stored("x"),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_token_says_who_it_was_made_for() {
        let tokens = Tokens::new(SECRET);
        let account = ann();
        let token = tokens.for_user(&account, Timestamp::now()).unwrap();
        assert_eq!(tokens.read(&token), Some(Identity::User { id: account.id, name: account.name }));
        let guest = tokens.for_guest(Timestamp::now()).unwrap();
        assert_eq!(tokens.read(&guest), Some(Identity::Guest));
    }

    #[test]
    fn a_token_ends() {
        let tokens = Tokens::new(SECRET);
        let day_ago = Timestamp::now() - SignedDuration::from_hours(24) - SignedDuration::from_secs(1);
        assert_eq!(tokens.read(&tokens.for_user(&ann(), day_ago).unwrap()), None);
        let hour_ago = Timestamp::now() - SignedDuration::from_hours(1) - SignedDuration::from_secs(1);
        assert_eq!(tokens.read(&tokens.for_guest(hour_ago).unwrap()), None);
    }

    #[test]
    fn foreign_and_changed_tokens_are_refused() {
        let tokens = Tokens::new(SECRET);
        let other = Tokens::new(b"another secret of thirty-two bytes").for_guest(Timestamp::now()).unwrap();
        assert_eq!(tokens.read(&other), None);
        let token = tokens.for_guest(Timestamp::now()).unwrap();
        let mut pieces = token.split('.');
        let (header, claims) = (pieces.next().unwrap(), pieces.next().unwrap());
        assert_eq!(tokens.read(&format!("{header}.{claims}.")), None);
        // {"alg":"none","typ":"JWT"}
        assert_eq!(tokens.read(&format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.")), None);
        assert_eq!(tokens.read(""), None);
        assert_eq!(tokens.read("a.b.c"), None);
    }

    #[test]
    fn a_token_without_an_end_is_refused() {
        let tokens = Tokens::new(SECRET);
        let claims = serde_json::json!({ "data": "guest", "iat": 0 });
        let token = encode(&Header::new(Algorithm::HS256), &claims, &tokens.signing).unwrap();
        assert_eq!(tokens.read(&token), None);
    }

    /// The example of RFC 7515, A.1: made by nobody here.
    #[test]
    fn the_signature_is_the_one_everybody_makes() {
        hs256::install();
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow==";
        let message = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let expected = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = EncodingKey::from_urlsafe_base64_secret(key).unwrap();
        assert_eq!(jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap(), expected);
    }
}
