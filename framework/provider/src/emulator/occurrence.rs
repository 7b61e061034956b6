//! [`Occurrence`]: an event in fx's own words, completed with what f.yml says of the function's trigger.

use std::collections::BTreeMap;

use fx_spec::{NamedTrigger, Unit, service::TriggerKind};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::Failure;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Occurrence {
    Timer(TimerData),
    Object(ObjectData),
    Message(MessageData),
    Log(LogData),
}

/// A schedule came round.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct TimerData {
    pub name: String,
    pub scheduled: Option<Timestamp>,
    pub payload: Option<String>,
}

/// Something happened to an object.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct ObjectData {
    pub bucket: String,
    pub key: String,
    pub kind: ObjectKind,
    pub size: Option<u64>,
    pub etag: Option<String>,
    pub time: Option<Timestamp>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum ObjectKind {
    #[default]
    Created,
    Removed,
}

/// A message was sent.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct MessageData {
    pub id: String,
    pub topic: String,
    pub tags: Vec<String>,
    pub attributes: BTreeMap<String, String>,
    pub body: Value,
    pub time: Option<Timestamp>,
}

/// Lines were logged.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct LogData {
    pub project: Option<String>,
    pub store: Option<String>,
    pub lines: Vec<LogLineData>,
}

/// A line of a log.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it all")]
pub struct LogLineData {
    pub time: Option<Timestamp>,
    pub message: String,
    pub fields: BTreeMap<String, String>,
}

impl MessageData {
    /// The body as it is sent: text as it is, anything else as JSON.
    pub fn text(&self) -> String {
        match &self.body {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

impl Occurrence {
    /// Reads an event for a function of a unit. What it leaves out comes from the function's first trigger of that kind, as
    /// [`complete`] has it.
    ///
    /// # Errors
    /// The function takes no such event, or the data does not describe one.
    pub fn read(unit: &Unit, function: &str, kind: &str, data: &Value) -> Result<Self, Failure> {
        let triggers = unit.triggers();
        let of_function = || {
            let named = |name: &str, handler: &str| name == function || handler == function;
            triggers.iter().filter(move |own| named(&own.function.name.value, &own.function.handler.value))
        };
        let own = of_function().find(|own| own.trigger.kind.word() == kind);
        let Some(own) = own else {
            let words: Vec<_> = of_function().map(|own| own.trigger.kind.word()).collect();
            let words = if words.is_empty() { "no events".to_owned() } else { words.join(" and ") };
            let message = format!("`{function}` has no {kind} trigger in f.yml; it has {words}");
            return Err(Failure::new("Unknown", message));
        };
        let mut data = data.clone();
        complete(&mut data, own);
        Ok(match kind {
            "timer" => Self::Timer(shape(data)?),
            "object" => Self::Object(shape(data)?),
            "message" => Self::Message(shape(data)?),
            _ => Self::Log(shape(data)?),
        })
    }
}

/// Puts into an event's data what it leaves out and the trigger knows: a timer's name and payload, the bucket, the topic, the
/// log store and its project.
pub fn complete(data: &mut Value, own: &NamedTrigger<'_>) {
    let Value::Object(fields) = data else { return };
    let mut fill = |field: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|_| fields.get(field).is_none_or(Value::is_null)) {
            fields.insert(field.to_owned(), value.into());
        }
    };
    match &own.trigger.kind {
        TriggerKind::Timer { payload, .. } => {
            fill("name", Some(&own.name));
            fill("payload", payload.as_deref());
        }
        TriggerKind::Object { bucket, .. } => fill("bucket", Some(&bucket.value)),
        TriggerKind::Message { topic, .. } => fill("topic", Some(&topic.value)),
        TriggerKind::Log { source, project, .. } => {
            fill("store", source.as_ref().map(|source| source.value.as_str()));
            fill("project", project.as_deref());
        }
        TriggerKind::Http(_) => {}
    }
}

fn shape<T: DeserializeOwned>(data: Value) -> Result<T, Failure> {
    T::deserialize(data).map_err(|error| Failure::new("BadEvent", format!("the data does not fit: {error}")))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fx_spec::{Document, Request};
    use serde_json::json;

    use super::*;

    fn unit() -> Unit {
        let yml = "service: s\nfunctions:\n  purge: { handler: a.b, events: [ { timer: { type: every, value: 5m, payload: p } } ] }\n";
        let document = Document::parse("f.yml", yml, Path::new(".")).unwrap();
        let request = Request { target: None, targets: &[], variables: &|_| None, udev: Default::default(), code: &[] };
        document.resolve(&request).service.unwrap().units.remove(0)
    }

    #[test]
    fn the_trigger_completes_what_the_data_leaves_out() {
        let expected = TimerData { name: "timer-purge".into(), payload: Some("p".into()), scheduled: None };
        let read = |function, data: Value| Occurrence::read(&unit(), function, "timer", &data).unwrap();
        assert_eq!(read("purge", json!({})), Occurrence::Timer(expected.clone()));
        let said = TimerData { payload: Some("q".into()), ..expected };
        assert_eq!(read("a.b", json!({"payload": "q"})), Occurrence::Timer(said));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let failure = |kind, data: Value| Occurrence::read(&unit(), "purge", kind, &data).unwrap_err().message;
        assert_eq!(failure("object", json!({})), "`purge` has no object trigger in f.yml; it has timer");
        assert!(failure("timer", json!({"nam": "x"})).starts_with("the data does not fit: unknown field `nam`"));
    }
}
