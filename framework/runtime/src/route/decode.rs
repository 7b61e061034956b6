//! Percent-decoding.

use std::borrow::Cow;

/// The text that a path means; `None` if it is not UTF-8. (A path may hold any bytes, percent-encoded; handlers get text.)
pub(crate) fn decode(path: &str) -> Option<Cow<'_, str>> {
    if !path.as_bytes().contains(&b'%') {
        return Some(Cow::Borrowed(path));
    }
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        match (byte, bytes.get(index + 1).and_then(digit), bytes.get(index + 2).and_then(digit)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(high * 16 + low);
                index += 3;
            }
            _ => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

fn digit(byte: &u8) -> Option<u8> {
    // A hexadecimal digit is below 16.
    char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::decode;

    #[test]
    fn what_is_no_escape_stays() {
        assert_eq!(decode("/100%/a%2/%zz/%+1").as_deref(), Some("/100%/a%2/%zz/%+1"));
        assert_eq!(decode("/a%20b%C3%A9").as_deref(), Some("/a b\u{e9}"));
        assert_eq!(decode("/%C3%28"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
            let encoded: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
            prop_assert_eq!(decode(&encoded).map(String::from).ok_or(()), String::from_utf8(bytes).map_err(|_| ()));
        }
    }
}
