//! Header maps, read straight from JSON.

use std::{borrow::Cow, fmt};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Text that is borrowed if nothing in it was escaped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// `{"name":"value"}` or `{"name":["value",…]}`; null is none at all.
#[derive(Debug, Default)]
pub(super) struct Headers(pub(super) HeaderMap);

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Headers;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of headers")
    }

    fn visit_unit<E>(self) -> Result<Headers, E> {
        Ok(Headers::default())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Headers, M::Error> {
        let mut headers = HeaderMap::with_capacity(24);
        while let Some(Text(name)) = map.next_key()? {
            // A name that is none cannot have come over HTTP: nothing is lost.
            match HeaderName::from_bytes(name.as_bytes()) {
                Ok(name) => map.next_value_seed(Values { headers: &mut headers, name })?,
                Err(_) => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Headers(headers))
    }
}

struct Values<'a> {
    headers: &'a mut HeaderMap,
    name: HeaderName,
}

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a header's value or a list of them")
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            self.headers.append(self.name, value);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while let Some(Text(value)) = values.next_element()? {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                self.headers.append(self.name.clone(), value);
            }
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
