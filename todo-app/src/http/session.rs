//! From the cookie to a person, and back.

use std::{convert::Infallible, sync::Arc};

use fx::{
    axum::{
        extract::{FromRef, FromRequestParts},
        http::{HeaderValue, request::Parts},
    },
    prelude::*,
};
use jiff::SignedDuration;

use crate::{
    account::{Identity, Tokens},
    board::{BoardId, Person},
    settings::Settings,
};

const COOKIE: &str = "jwtToken";

/// Whoever sent a request: `None` without a valid token. A guest's token is not valid while guests are not admitted.
#[derive(Debug, Clone)]
pub struct Visitor(pub Option<Identity>);

impl Visitor {
    /// The board to show: their own, else the guests'.
    pub fn board(&self) -> BoardId {
        match &self.0 {
            Some(Identity::User { id, .. }) => id.board(),
            Some(Identity::Guest) | None => BoardId::guests(),
        }
    }
}

impl<S> FromRequestParts<S> for Visitor
where
    S: Sync,
    Tokens: FromRef<S>,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let tokens = Tokens::from_ref(state);
        let identity = token(&parts.headers).and_then(|token| tokens.read(token));
        let admitted = identity
            .filter(|identity| matches!(identity, Identity::User { .. }) || Arc::<Settings>::from_ref(state).guests);
        Ok(Self(admitted))
    }
}

/// Somebody who may write. Refuses everybody else, in the words of the original.
#[derive(Debug, Clone)]
pub struct Writer(pub Person);

impl<S> FromRequestParts<S> for Writer
where
    S: Sync,
    Tokens: FromRef<S>,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Ok(visitor) = Visitor::from_request_parts(parts, state).await;
        let board = visitor.board();
        match visitor.0 {
            Some(Identity::User { name, .. }) => Ok(Self(Person { board, name: name.as_str().to_owned() })),
            Some(Identity::Guest) => Ok(Self(Person { board, name: "guest".to_owned() })),
            None => Err(Error::forbidden("JWT token auth failed")),
        }
    }
}

/// The token in the cookie. A browser with two cookies of that name sends the more specific one first.
fn token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        (name.trim() == COOKIE).then(|| value.trim().trim_matches('"'))
    })
}

/// The `Set-Cookie` that keeps a token; no script can read it and no other site can send it along with a write.
pub fn keep(token: &str, life: SignedDuration, https: bool) -> Result<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", life.as_secs());
    Ok(HeaderValue::from_str(&cookie)?)
}

/// The `Set-Cookie` that takes the token away.
pub fn forget(https: bool) -> Result<HeaderValue> {
    keep("", SignedDuration::ZERO, https)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert_eq!(token(&headers), None);
        headers.append("cookie", HeaderValue::from_static("a=b; notjwtToken=x;jwtToken=abc.def.ghi ; c"));
        headers.append("cookie", HeaderValue::from_static("jwtToken=second"));
        assert_eq!(token(&headers), Some("abc.def.ghi"));
    }

    #[test]
    fn cookies_are_guarded() {
        let plain = keep("t", SignedDuration::from_hours(1), false).unwrap();
        assert_eq!(plain, "jwtToken=t; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
        assert!(keep("t", SignedDuration::ZERO, true).unwrap().to_str().unwrap().ends_with("; Secure"));
        assert!(forget(false).unwrap().to_str().unwrap().starts_with("jwtToken=; Path=/; Max-Age=0;"));
    }
}
