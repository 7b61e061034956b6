//! Text as JSON and back. Bodies may be large, and this is most of what they cost.

/// Writes a string, quotes included.
pub(crate) fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    escape(text.as_bytes(), out);
    out.push(b'"');
}

/// What has to be written in place of each byte: 0 for itself, `u` for six digits, else the letter behind a backslash.
static ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[0x08] = b'b';
    table[0x09] = b't';
    table[0x0a] = b'n';
    table[0x0c] = b'f';
    table[0x0d] = b'r';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// Writes the inside of a string: what needs no escape goes over in runs.
pub(crate) fn escape(text: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len() + text.len() / 8);
    let mut rest = text;
    while let Some(index) = rest.iter().position(|byte| ESCAPES[usize::from(*byte)] != 0) {
        let (run, behind) = rest.split_at(index);
        out.extend_from_slice(run);
        let byte = behind[0];
        match ESCAPES[usize::from(byte)] {
            b'u' => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let digit = |value: u8| DIGITS[usize::from(value & 15)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte)]);
            }
            letter => out.extend_from_slice(&[b'\\', letter]),
        }
        rest = &behind[1..];
    }
    out.extend_from_slice(rest);
}

/// Appends what the inside of a string means. The string has been through a JSON parser: its escapes are well-formed.
/// Half a surrogate pair, which means nothing, becomes the replacement character.
pub(crate) fn unescape(inside: &str, out: &mut Vec<u8>) {
    out.reserve(inside.len());
    let mut rest = inside.as_bytes();
    while let Some(index) = rest.iter().position(|byte| *byte == b'\\') {
        let (run, behind) = rest.split_at(index);
        out.extend_from_slice(run);
        let letter = behind.get(1).copied().unwrap_or(b'\\');
        let mut used = 2;
        match letter {
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => {
                let first = unit(behind, 2);
                let second = if behind.get(6..8) == Some(b"\\u") { unit(behind, 8) } else { None };
                let pair = first.into_iter().chain(second);
                let mut decoded = char::decode_utf16(pair);
                let character = decoded.next().and_then(Result::ok);
                // Both halves were one character only if nothing is left of them.
                used = if character.is_some_and(|character| character.len_utf16() == 2) { 12 } else { 6 };
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            other => out.push(other),
        }
        rest = behind.get(used..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

fn unit(text: &[u8], at: usize) -> Option<u16> {
    let digits = std::str::from_utf8(text.get(at..at + 4)?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(inside: &str) -> String {
        let mut out = Vec::new();
        unescape(inside, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_escape_is_understood() {
        assert_eq!(unescaped(r#"a\"\\\/\b\f\n\r\tz"#), "a\"\\/\u{8}\u{c}\n\r\tz");
        assert_eq!(unescaped(r"\u00e4\u4f60\ud83d\ude00"), "\u{e4}\u{4f60}\u{1f600}");
    }

    #[test]
    fn half_a_pair_is_replaced_and_takes_nothing_else_along() {
        assert_eq!(unescaped(r"\ud83dx"), "\u{fffd}x");
        assert_eq!(unescaped(r"\ud83d\u0041"), "\u{fffd}A");
        assert_eq!(unescaped(r"\ude00"), "\u{fffd}");
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same(text in any::<String>()) {
            let mut json = Vec::new();
            string(&text, &mut json);
            prop_assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), text);
        }

        #[test]
        fn what_others_write_reads_as_the_same(text in any::<String>()) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unescaped(&json[1..json.len() - 1]), text.as_str());
            let ascii: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(unescaped(&ascii), text);
        }
    }
}
