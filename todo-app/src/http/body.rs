//! The fields of a request's body, JSON or form: what the seed's pages send.

use fx::{
    axum::{
        body::Bytes,
        extract::{FromRequest, Request},
    },
    prelude::*,
};
use serde_json::{Map, Value};

use crate::board::{Description, Draft, Edit, Invalid, Status, Title, TodoKey};

/// The most bytes of a body.
pub const MAX_BYTES: usize = 100 * 1024;

/// The fields of a body. Absent and null are the same.
#[derive(Debug)]
pub struct Fields(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let kind = Kind::of(request.headers());
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Error::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 100 KB")
            } else {
                Error::bad_request("the body could not be read")
            }
        })?;
        match kind {
            Some(Kind::Json) => Self::from_json(&bytes),
            Some(Kind::Form) => Ok(Self::from_form(&bytes)),
            // A page of another origin can make a browser send text/plain without asking; these two it cannot, or the
            // cookie stays away.
            None if bytes.is_empty() => Err(Error::bad_request("a body is needed")),
            None => Err(Error::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the content type must be application/json or application/x-www-form-urlencoded",
            )),
        }
    }
}

enum Kind {
    Json,
    Form,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get("content-type")?.to_str().ok()?;
        match text.split(';').next()?.trim().to_ascii_lowercase().as_str() {
            "application/json" => Some(Self::Json),
            "application/x-www-form-urlencoded" => Some(Self::Form),
            _ => None,
        }
    }
}

impl Fields {
    fn from_json(bytes: &[u8]) -> Result<Self> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Error::bad_request("the body must be a JSON object")),
            Err(error) => Err(Error::bad_request(format!("the body is no JSON: {error}"))),
        }
    }

    /// A name that comes twice, or with brackets (`key[]=`, `key[0]=`), is a list.
    fn from_form(bytes: &[u8]) -> Self {
        let mut fields = Map::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            let value = Value::String(value.into_owned());
            let (name, listed) = match name.split_once('[') {
                Some((plain, _)) if name.ends_with(']') => (plain, true),
                _ => (&*name, false),
            };
            match fields.get_mut(name) {
                None if listed => {
                    fields.insert(name.to_owned(), Value::Array(vec![value]));
                }
                None => {
                    fields.insert(name.to_owned(), value);
                }
                Some(Value::Array(list)) => list.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Self(fields)
    }

    /// A field that must be text if it is there.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Invalid> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Invalid(format!("{name} must be text"))),
        }
    }

    /// `key`: one, or a list of several.
    pub fn keys(&self) -> Result<Vec<TodoKey>, Invalid> {
        let keys = match self.0.get("key") {
            Some(Value::Array(list)) => list.iter().map(key).collect::<Result<Vec<_>, _>>()?,
            Some(single) => vec![key(single)?],
            None => Vec::new(),
        };
        if keys.is_empty() { Err(Invalid::new("key is missing")) } else { Ok(keys) }
    }

    /// `key`: exactly one.
    pub fn key(&self) -> Result<TodoKey, Invalid> {
        match self.0.get("key") {
            None => Err(Invalid::new("key is missing")),
            Some(single) => key(single),
        }
    }

    /// A new todo: `name` must be there, `desc` may; whatever its `status` says, it begins in progress.
    pub fn draft(&self) -> Result<Draft, Invalid> {
        self.status()?;
        Ok(Draft {
            name: Title::parse(self.text("name")?.ok_or_else(|| Invalid::new("name is missing"))?)?,
            desc: Description::parse(self.text("desc")?.unwrap_or_default())?,
            status: Status::InProgress,
        })
    }

    /// A change: `name`, `desc` and `status`, as far as they are there.
    pub fn edit(&self) -> Result<Edit, Invalid> {
        Ok(Edit {
            name: self.text("name")?.map(Title::parse).transpose()?,
            desc: self.text("desc")?.map(Description::parse).transpose()?,
            status: self.status()?,
        })
    }

    fn status(&self) -> Result<Option<Status>, Invalid> {
        match self.0.get("status") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Status::from_digit(text).map(Some),
            Some(other) => Status::from_number(other.as_u64().unwrap_or(u64::MAX)).map(Some),
        }
    }
}

/// The oldest page of the seed has numbers for keys.
fn key(value: &Value) -> Result<TodoKey, Invalid> {
    match value {
        Value::String(text) => TodoKey::given(text),
        Value::Number(number) => TodoKey::given(&number.to_string()),
        _ => Err(Invalid::new("key must be the key of a todo")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Fields {
        Fields::from_json(text.as_bytes()).unwrap()
    }

    fn keys(fields: &Fields) -> Vec<String> {
        fields.keys().unwrap().iter().map(|key| key.as_str().to_owned()).collect()
    }

    #[test]
    fn a_form_says_the_same_as_json() {
        let form = Fields::from_form("name=%E7%89%9B%E5%A5%B6+2&desc=&status=2&key=a".as_bytes());
        let same = json(r#"{"name":"牛奶 2","desc":"","status":"2","key":"a"}"#);
        assert_eq!(form.edit().unwrap(), same.edit().unwrap());
        assert_eq!(form.key().unwrap(), same.key().unwrap());
    }

    #[test]
    fn keys_come_alone_or_in_lists() {
        assert_eq!(keys(&json(r#"{"key":"a"}"#)), ["a"]);
        assert_eq!(keys(&json(r#"{"key":["a","b"]}"#)), ["a", "b"]);
        assert_eq!(keys(&json(r#"{"key":[1,12]}"#)), ["1", "12"]);
        for form in ["key=a&key=b", "key[]=a&key[]=b", "key[0]=a&key[1]=b"] {
            assert_eq!(keys(&Fields::from_form(form.as_bytes())), ["a", "b"], "{form}");
        }
        assert_eq!(keys(&Fields::from_form(b"key[]=a")), ["a"]);
        for wrong in
            ["{}", r#"{"key":[]}"#, r#"{"key":null}"#, r#"{"key":[[]]}"#, r#"{"key":{"a":1}}"#, r#"{"key":""}"#]
        {
            assert!(json(wrong).keys().is_err(), "{wrong}");
        }
        assert!(json(r#"{"key":["a"]}"#).key().is_err());
    }

    #[test]
    fn only_what_is_there_is_changed() {
        assert!(json(r#"{"name":null,"other":1}"#).edit().unwrap().is_empty());
        let edit = json(r#"{"status":0}"#).edit().unwrap();
        assert_eq!((edit.name, edit.desc, edit.status), (None, None, Some(Status::Closed)));
    }

    #[test]
    fn wrong_fields_are_refused() {
        for wrong in [
            r#"{"name":{}}"#,
            r#"{"name":5}"#,
            r#"{"name":"  "}"#,
            r#"{"desc":[]}"#,
            r#"{"status":4}"#,
            r#"{"status":-1}"#,
            r#"{"status":1.5}"#,
            r#"{"status":true}"#,
            r#"{"status":""}"#,
            r#"{"status":"02"}"#,
        ] {
            assert!(json(wrong).edit().is_err(), "{wrong}");
        }
        assert!(json("{}").draft().is_err());
        assert!(json(r#"{"name":"x","status":9}"#).draft().is_err());
        for wrong in ["", "[]", "1", "{", "{\"a\":1} x", "\u{0}"] {
            assert!(Fields::from_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
