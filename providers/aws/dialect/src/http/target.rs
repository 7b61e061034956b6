//! Paths and queries: what gateways have decoded is encoded again, and what they have not is left alone.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use http::Uri;
use serde::{
    Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::headers::Text;

/// The target of a request, being put together.
#[derive(Debug, Default)]
pub(super) struct Target(Vec<u8>);

impl Target {
    pub(super) fn new(path: &str) -> Self {
        let mut target = Self(Vec::with_capacity(path.len() + 64));
        if !path.starts_with('/') {
            target.0.push(b'/');
        }
        encode(path.as_bytes(), &mut target.0, |byte| is_plain(byte) || b"/:@!$&'()*+,;=".contains(&byte));
        target
    }

    /// A query as the client sent it.
    pub(super) fn raw_query(mut self, query: &str) -> Self {
        if !query.is_empty() {
            self.0.push(b'?');
            encode(query.as_bytes(), &mut self.0, |byte| byte.is_ascii_graphic() && !b"#\"<>".contains(&byte));
        }
        self
    }

    /// A pair of a query: decoded (then it is encoded again) or as the client sent it.
    pub(super) fn pair(&mut self, name: &str, value: &str, is_decoded: bool) {
        let first = !self.0.contains(&b'?');
        self.0.push(if first { b'?' } else { b'&' });
        let mut write = |text: &str| {
            if is_decoded {
                encode_all(text.as_bytes(), &mut self.0);
            } else {
                encode(text.as_bytes(), &mut self.0, |byte| byte.is_ascii_graphic() && !b"#\"<>&".contains(&byte));
            }
        };
        write(name);
        if !value.is_empty() {
            self.0.push(b'=');
            if is_decoded {
                encode_all(value.as_bytes(), &mut self.0);
            } else {
                encode(value.as_bytes(), &mut self.0, |byte| byte.is_ascii_graphic() && !b"#\"<>&".contains(&byte));
            }
        }
    }

    pub(super) fn uri(self) -> Option<Uri> {
        Uri::from_maybe_shared(Bytes::from(self.0)).ok()
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Writes text in which percent signs already mean something, unless two digits are missing behind one.
fn encode(text: &[u8], out: &mut Vec<u8>, is_allowed: impl Fn(u8) -> bool) {
    for (index, &byte) in text.iter().enumerate() {
        let is_escape = byte == b'%'
            && text.get(index + 1..index + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if is_escape || (byte != b'%' && is_allowed(byte)) {
            out.push(byte);
        } else {
            escape(byte, out);
        }
    }
}

/// Writes text in which a percent sign is one.
fn encode_all(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if is_plain(byte) { out.push(byte) } else { escape(byte, out) }
    }
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

/// Reads `{"name":"value"}` or `{"name":["value",…]}` and shows each pair; null is none at all.
pub(super) fn pairs<'de, D: Deserializer<'de>>(deserializer: D, each: impl FnMut(&str, &str)) -> Result<(), D::Error> {
    deserializer.deserialize_any(Pairs(each))
}

struct Pairs<F>(F);

impl<'de, F: FnMut(&str, &str)> Visitor<'de> for Pairs<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of query parameters")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some(Text(name)) = map.next_key()? {
            for value in map.next_value::<Values<'_>>()?.0 {
                (self.0)(&name, &value);
            }
        }
        Ok(())
    }
}

struct Values<'a>(Vec<Cow<'a, str>>);

impl<'de> serde::Deserialize<'de> for Values<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Values<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a parameter's value or a list of them")
            }

            fn visit_unit<E>(self) -> Result<Values<'de>, E> {
                Ok(Values(vec![Cow::Borrowed("")]))
            }

            fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Values<'de>, E> {
                Ok(Values(vec![Cow::Borrowed(value)]))
            }

            fn visit_str<E>(self, value: &str) -> Result<Values<'de>, E> {
                Ok(Values(vec![Cow::Owned(value.to_owned())]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Values<'de>, A::Error> {
                let mut values = Vec::new();
                while let Some(Text(value)) = list.next_element()? {
                    values.push(value);
                }
                Ok(Values(values))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_be_encoded_or_not() {
        let uri = |path| Target::new(path).uri().unwrap().to_string();
        assert_eq!(uri("/a b/\u{4f60}"), "/a%20b/%E4%BD%A0");
        assert_eq!(uri("/a%20b/%FF"), "/a%20b/%FF");
        assert_eq!(uri("/100%"), "/100%25");
        assert_eq!(uri("what?#"), "/what%3F%23");
        assert_eq!(uri(""), "/");
    }

    #[test]
    fn decoded_pairs_are_encoded_and_others_are_not() {
        let mut target = Target::new("/");
        target.pair("a b", "50%", true);
        target.pair("c", "d%20e", false);
        target.pair("flag", "", true);
        assert_eq!(target.uri().unwrap().to_string(), "/?a%20b=50%25&c=d%20e&flag");
    }

    #[test]
    fn a_raw_query_passes() {
        let uri = Target::new("/x").raw_query("a=1&a=2&b=%20+\u{e4}#").uri().unwrap();
        assert_eq!(uri.to_string(), "/x?a=1&a=2&b=%20+%C3%A4%23");
    }
}
