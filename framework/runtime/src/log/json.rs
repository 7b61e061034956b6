//! Values as JSON, appended to a buffer.

use std::fmt;

/// A text in quotation marks.
pub(super) fn string(to: &mut Vec<u8>, text: &str) {
    to.push(b'"');
    escape(to, text);
    to.push(b'"');
}

/// A whole number.
pub(super) fn integer(to: &mut Vec<u8>, value: impl itoa::Integer) {
    to.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// A number; JSON has no infinity, and no "not a number".
pub(super) fn number(to: &mut Vec<u8>, value: f64) {
    // A number in a vector: nothing that could fail.
    let _ = serde_json::to_writer(to, &value);
}

/// What is formatted into it becomes the inside of a JSON text.
pub(super) struct Text<'a>(pub(super) &'a mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

fn escape(to: &mut Vec<u8>, mut text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    while let Some(at) = first_special(text.as_bytes()) {
        let (before, rest) = text.split_at(at);
        to.extend_from_slice(before.as_bytes());
        match rest.as_bytes()[0] {
            b'\n' => to.extend_from_slice(b"\\n"),
            b'\r' => to.extend_from_slice(b"\\r"),
            b'\t' => to.extend_from_slice(b"\\t"),
            special @ (b'"' | b'\\') => to.extend_from_slice(&[b'\\', special]),
            control => {
                let digits = [DIGITS[usize::from(control >> 4)], DIGITS[usize::from(control & 15)]];
                to.extend_from_slice(b"\\u00");
                to.extend_from_slice(&digits);
            }
        }
        text = &rest[1..];
    }
    to.extend_from_slice(text.as_bytes());
}

/// Where the first byte is that cannot stand in a JSON text: a control character, `"` or `\`.
fn first_special(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Eight at a time, as long as there is none among them: a byte below another borrows from the bit above it.
    let has_special = |eight: &[u8; 8]| {
        let eight = u64::from_le_bytes(*eight);
        let (quote, backslash) = (eight ^ (EACH * 0x22), eight ^ (EACH * 0x5c));
        let control = eight.wrapping_sub(EACH * 0x20) & !eight;
        let quote = quote.wrapping_sub(EACH) & !quote;
        let backslash = backslash.wrapping_sub(EACH) & !backslash;
        (control | quote | backslash) & (EACH * 0x80) != 0
    };
    let (eights, _) = bytes.as_chunks::<8>();
    let start = 8 * eights.iter().take_while(|eight| !has_special(eight)).count();
    let rest = &bytes[start..];
    rest.iter().position(|byte| *byte < b' ' || *byte == b'"' || *byte == b'\\').map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(write: impl FnOnce(&mut Vec<u8>)) -> serde_json::Value {
        let mut bytes = Vec::new();
        write(&mut bytes);
        serde_json::from_slice(&bytes).unwrap()
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>(), odd in "[\\x00-\\x1f\"\\\\a\u{7f}ä]{0,20}") {
            prop_assert_eq!(read(|to| string(to, &text)), text);
            prop_assert_eq!(read(|to| string(to, &odd)), odd);
        }
    }

    #[test]
    fn numbers_are_json_even_where_there_is_none() {
        assert_eq!(read(|to| integer(to, i64::MIN)), i64::MIN);
        assert_eq!(read(|to| number(to, 0.125)), 0.125);
        assert!(read(|to| number(to, f64::NAN)).is_null());
    }
}
