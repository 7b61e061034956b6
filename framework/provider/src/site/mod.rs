//! Files in a bucket: those that `static` of f.yml uploads, for browsers to load.
//!
//! | what | where |
//! |---|---|
//! | the files as a resource: only what is missing is uploaded | [`Site`] |
//! | what a platform brings: a bucket and a way to call it | [`Bucket`], [`BucketCall`] |
//! | the calls that are made | `objects.rs` |
//! | one file, asked for as a browser would | [`look`] |
//!
//! The object stores of all platforms speak one language as far as it is needed here: that of S3. What differs is the signature.

mod look;
pub(crate) mod objects;
mod resource;

pub use look::{Look, look};
pub use resource::{Site, files};

use fx_deploy::{Answer, Pending};
use http::Method;

/// A bucket of a platform.
pub trait Bucket: Send + Sync {
    /// Its name.
    fn name(&self) -> &str;

    /// The address that has its objects below it, for everybody; without a slash at its end.
    fn address(&self) -> String;

    /// Makes a call. An answer that is no success is an error, with the store's own code for it.
    fn call(&self, call: BucketCall) -> Pending<'_, Answer>;

    /// What its owner has to do that browsers can use it.
    fn remedies(&self) -> Remedies;
}

/// What to do about a bucket that browsers cannot use: each a sentence for people, with the command of the platform's own tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedies {
    /// There is none of this name.
    pub make: &'static str,
    /// Nobody but its owner may read its objects.
    pub open: &'static str,
    /// Pages of other sites may not load scripts and fonts from it.
    pub cors: &'static str,
}

/// A call of an object store.
#[derive(Debug, Clone)]
pub struct BucketCall {
    /// The store's name for it.
    pub operation: &'static str,
    /// Its method.
    pub method: Method,
    /// The object, not escaped; empty: the bucket itself.
    pub key: String,
    /// Not escaped, in the order of the names.
    pub query: Vec<(&'static str, String)>,
    /// Headers beside those that the signature needs.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Vec<u8>,
}

impl BucketCall {
    /// The path without the bucket, escaped: `/app/main.js`.
    pub fn path(&self) -> String {
        format!("/{}", escaped(&self.key, true))
    }

    /// The query, escaped, without a question mark.
    pub fn query(&self) -> String {
        let pairs = self.query.iter().map(|(name, value)| format!("{name}={}", escaped(value, false)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Path and query.
    pub fn path_and_query(&self) -> String {
        let query = self.query();
        if query.is_empty() { self.path() } else { format!("{}?{query}", self.path()) }
    }
}

/// RFC 3986: everything but letters, digits and `-_.~`, and in paths the slash.
pub fn escaped(text: &str, slashes: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(byte)),
            b'/' if slashes => escaped.push('/'),
            _ => escaped += &format!("%{byte:02X}"),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_escaped_once() {
        let call = BucketCall {
            operation: "ListObjects",
            method: Method::GET,
            key: "a b/ü.js".into(),
            query: vec![("marker", "x/y z".into()), ("prefix", String::new())],
            headers: Vec::new(),
            body: Vec::new(),
        };
        assert_eq!(call.path_and_query(), "/a%20b/%C3%BC.js?marker=x%2Fy%20z&prefix=");
    }
}
