//! CBOR (RFC 8949) as JSON: as much of it as data has.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Number, Value};

/// Deeper than any row, and far from the end of the stack.
const MAX_DEPTH: usize = 64;

/// The one item that all of the bytes are; `None` if they are not. Byte strings become base64, and what JSON has no number for, null.
pub(super) fn decode(bytes: &[u8]) -> Option<Value> {
    let mut reader = Reader { bytes };
    let value = reader.item(0)?;
    reader.bytes.is_empty().then_some(value)
}

struct Reader<'a> {
    bytes: &'a [u8],
}

/// The head of an item: its major type, and its argument, unless the length is open.
struct Head {
    major: u8,
    argument: Option<u64>,
    // Floating point numbers have their bits in the argument, and their width here.
    width: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(usize::try_from(count).ok()?)?;
        self.bytes = rest;
        Some(taken)
    }

    fn head(&mut self) -> Option<Head> {
        let first = *self.take(1)?.first()?;
        let (major, short) = (first >> 5, first & 0x1f);
        let width = match short {
            0..=23 | 31 => 0,
            24..=27 => 1 << (short - 24),
            _ => return None,
        };
        let argument = match short {
            0..=23 => Some(u64::from(short)),
            31 => None,
            _ => Some(self.take(width)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))),
        };
        Some(Head { major, argument, width: usize::try_from(width).ok()? })
    }

    fn item(&mut self, depth: usize) -> Option<Value> {
        let head = self.head()?;
        self.rest(&head, depth)
    }

    fn rest(&mut self, head: &Head, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        match (head.major, head.argument) {
            (0, Some(number)) => Some(number.into()),
            (1, Some(number)) => Some(match i64::try_from(number) {
                Ok(number) => Value::from(-1 - number),
                Err(_) => float(-1.0 - number as f64),
            }),
            (2, length) => Some(STANDARD.encode(self.string(2, length)?).into()),
            (3, length) => String::from_utf8(self.string(3, length)?).ok().map(Value::String),
            (4, length) => self.array(length, depth),
            (5, length) => self.map(length, depth),
            // A tag says more of the same value.
            (6, Some(_)) => self.item(depth + 1),
            (7, Some(argument)) => simple(argument, head.width),
            _ => None,
        }
    }

    fn string(&mut self, major: u8, length: Option<u64>) -> Option<Vec<u8>> {
        if let Some(length) = length {
            return self.take(length).map(<[u8]>::to_vec);
        }
        let mut whole = Vec::new();
        while !self.ends()? {
            let chunk = self.head()?;
            whole.extend_from_slice(self.take(chunk.argument.filter(|_| chunk.major == major)?)?);
        }
        Some(whole)
    }

    fn array(&mut self, length: Option<u64>, depth: usize) -> Option<Value> {
        let mut elements = Vec::new();
        while self.goes_on(length, elements.len())? {
            elements.push(self.item(depth + 1)?);
        }
        Some(Value::Array(elements))
    }

    fn map(&mut self, length: Option<u64>, depth: usize) -> Option<Value> {
        let (mut members, mut count) = (Map::new(), 0);
        while self.goes_on(length, count)? {
            let key = match self.item(depth + 1)? {
                Value::String(key) => key,
                other => other.to_string(),
            };
            members.insert(key, self.item(depth + 1)?);
            count += 1;
        }
        Some(Value::Object(members))
    }

    /// Whether a list has another element.
    fn goes_on(&mut self, length: Option<u64>, count: usize) -> Option<bool> {
        match length {
            Some(length) => Some((count as u64) < length),
            None => self.ends().map(|ends| !ends),
        }
    }

    /// Whether something of open length ends here.
    fn ends(&mut self) -> Option<bool> {
        let ends = *self.bytes.first()? == 0xff;
        if ends {
            self.take(1)?;
        }
        Some(ends)
    }
}

fn simple(argument: u64, width: usize) -> Option<Value> {
    Some(match width {
        0 => match argument {
            20 => Value::Bool(false),
            21 => Value::Bool(true),
            22 | 23 => Value::Null,
            _ => return None,
        },
        2 => float(half(u16::try_from(argument).ok()?)),
        4 => float(f64::from(f32::from_bits(u32::try_from(argument).ok()?))),
        8 => float(f64::from_bits(argument)),
        _ => return None,
    })
}

fn float(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (bits >> 10 & 0x1f, f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2f64.powi(i32::from(exponent) - 25),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
        digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect()
    }

    #[test]
    fn examples_of_the_specification() {
        for (bytes, expected) in [
            ("17", json!(23)),
            ("1818", json!(24)),
            ("1a000f4240", json!(1_000_000)),
            ("1bffffffffffffffff", json!(u64::MAX)),
            ("3903e7", json!(-1000)),
            ("f93e00", json!(1.5)),
            ("f90001", json!(5.960_464_477_539_063e-8)),
            ("fa47c35000", json!(100_000.0)),
            ("fb3ff199999999999a", json!(1.1)),
            ("f97c00", Value::Null),
            ("f4", json!(false)),
            ("f5", json!(true)),
            ("f6", Value::Null),
            ("4401020304", json!("AQIDBA==")),
            ("5f42010243030405ff", json!("AQIDBAU=")),
            ("62c3bc", json!("ü")),
            ("6449455446", json!("IETF")),
            ("7f657374726561646d696e67ff", json!("streaming")),
            ("83010203", json!([1, 2, 3])),
            ("9f018202039f0405ffff", json!([1, [2, 3], [4, 5]])),
            ("a201020304", json!({"1": 2, "3": 4})),
            ("bf61610161629f0203ffff", json!({"a": 1, "b": [2, 3]})),
            ("c11a514b67b0", json!(1_363_896_240)),
        ] {
            assert_eq!(decode(&hex(bytes)), Some(expected), "{bytes}");
        }
    }

    #[test]
    fn what_is_not_whole_is_nothing() {
        for bytes in ["", "18", "6261", "8301", "a101", "1c", "ff", "9f01", "0000", "62ffff", "5f6161ff", "e0"] {
            assert_eq!(decode(&hex(bytes)), None, "{bytes}");
        }
        assert_eq!(decode(&[0x81].repeat(100_000)), None, "nested without end");
        assert_eq!(decode(&hex("9bffffffffffffffff01")), None, "longer than memory");
    }

    proptest! {
        #[test]
        fn no_bytes_harm(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode(&bytes);
        }
    }
}
