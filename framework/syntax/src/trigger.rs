//! Triggers in the attribute: `http`, `timer`, `object`, `message`, `log`, in the words f.yml has for them.

use proc_macro2::{Group, Ident, Span};
use syn::{Error, LitStr};

use crate::{
    entry::{Entry, Value, entries, twice, unknown},
    text,
};

/// One trigger of a function.
#[derive(Clone)]
pub struct Trigger {
    /// Where its word stands in the attribute.
    pub span: Span,
    /// What it is.
    pub kind: TriggerKind,
}

/// The kinds, each with its settings as written.
#[derive(Clone)]
pub enum TriggerKind {
    /// `"GET /user/:id"`; one trigger per text of a list.
    Http(LitStr),
    /// `"0 0 3 * * *"`, `"every 5m"`.
    Timer(LitStr),
    /// Objects of a bucket.
    Object {
        /// The bucket.
        bucket: LitStr,
        /// `created`, `removed` or a cloud's own words; empty: created.
        events: Vec<LitStr>,
        /// Key prefix.
        prefix: Option<LitStr>,
        /// Key suffix.
        suffix: Option<LitStr>,
    },
    /// Messages of a topic.
    Message {
        /// The topic.
        topic: LitStr,
        /// Tags to filter by.
        tags: Vec<LitStr>,
    },
    /// Batches of log lines.
    Log {
        /// The store that feeds.
        source: LitStr,
        /// The project it is in.
        project: Option<LitStr>,
        /// Where the job's own log goes.
        log: Option<LitStr>,
    },
}

/// The word of a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum TriggerWord {
    Http,
    Timer,
    Object,
    Message,
    Log,
}

impl TriggerWord {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Http, Self::Timer, Self::Object, Self::Message, Self::Log];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Timer => "timer",
            Self::Object => "object",
            Self::Message => "message",
            Self::Log => "log",
        }
    }

    pub(crate) fn from_ident(ident: &Ident) -> Option<Self> {
        Self::ALL.into_iter().find(|word| ident == word.as_str())
    }

    /// How it is used, to show in messages.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Http => "http = \"GET /user/:id\"",
            Self::Timer => "timer = \"0 0 3 * * *\"",
            Self::Object => {
                "object = \"bucket\", or object(bucket = \"b\", events = [\"created\"], prefix = \"in/\", suffix = \".csv\")"
            }
            Self::Message => "message = \"topic\", or message(topic = \"t\", tags = [\"a\"])",
            Self::Log => "log = \"store\", or log(source = \"store\", project = \"p\", log = \"jobs\")",
        }
    }
}

impl TriggerKind {
    /// Which word it was written with.
    pub fn word(&self) -> TriggerWord {
        match self {
            Self::Http(_) => TriggerWord::Http,
            Self::Timer(_) => TriggerWord::Timer,
            Self::Object { .. } => TriggerWord::Object,
            Self::Message { .. } => TriggerWord::Message,
            Self::Log { .. } => TriggerWord::Log,
        }
    }
}

/// `word = "text"` or `word = ["text", …]`: one trigger per text.
pub(crate) fn from_value(word: TriggerWord, span: Span, value: &Value, errors: &mut Vec<Error>) -> Vec<Trigger> {
    let mut triggers = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for lit in value.texts(word.example(), errors) {
        let sound = match word {
            TriggerWord::Http => text::check_http(&lit),
            TriggerWord::Timer => text::check_timer(&lit),
            TriggerWord::Object => text::check_name(&lit, "bucket's name"),
            TriggerWord::Message => text::check_name(&lit, "topic's name"),
            TriggerWord::Log => text::check_name(&lit, "log store's name"),
        };
        if let Err(error) = sound {
            errors.push(error);
            continue;
        }
        if seen.contains(&lit.value()) {
            errors.push(Error::new(lit.span(), format!("{:?} is in this list twice; once is enough", lit.value())));
            continue;
        }
        seen.push(lit.value());
        let kind = match word {
            TriggerWord::Http => TriggerKind::Http(lit),
            TriggerWord::Timer => TriggerKind::Timer(lit),
            TriggerWord::Object => TriggerKind::Object { bucket: lit, events: Vec::new(), prefix: None, suffix: None },
            TriggerWord::Message => TriggerKind::Message { topic: lit, tags: Vec::new() },
            TriggerWord::Log => TriggerKind::Log { source: lit, project: None, log: None },
        };
        triggers.push(Trigger { span, kind });
    }
    triggers
}

/// `word(field = …, …)`.
pub(crate) fn from_fields(word: TriggerWord, key: &Ident, group: &Group, errors: &mut Vec<Error>) -> Option<Trigger> {
    let (known, required): (&[&'static str], &str) = match word {
        TriggerWord::Object => (&["bucket", "events", "prefix", "suffix"], "bucket"),
        TriggerWord::Message => (&["topic", "tags"], "topic"),
        TriggerWord::Log => (&["source", "project", "log"], "source"),
        TriggerWord::Http | TriggerWord::Timer => {
            errors
                .push(Error::new(group.span(), format!("`{key}` takes its text after `=`; write {}", word.example())));
            return None;
        }
    };
    let before = errors.len();
    let mut fields = Fields::default();
    for entry in entries(group.stream(), |_| word.example().to_owned(), errors) {
        let (field, value) = match entry {
            Entry::Assigned(field, value) => (field, value),
            Entry::Bare(value) => {
                errors.push(Error::new(value.span(), format!("this needs a name; write {}", word.example())));
                continue;
            }
            Entry::Listed(field, _) => {
                errors.push(Error::new(
                    field.span(),
                    format!("`{field}` takes a value after `=`; write {}", word.example()),
                ));
                continue;
            }
        };
        if !known.iter().any(|name| field == name) {
            errors.push(unknown(&field, known, &format!("`{key}(…)`")));
        } else if fields.has(&field) {
            errors.push(twice(&field, "once is enough"));
        } else if field == "events" || field == "tags" {
            let texts = value.texts(word.example(), errors);
            fields.lists.push((field, texts));
        } else if let Some(lit) = value.text(word.example(), errors) {
            match text::check_name(&lit, &field.to_string()) {
                Ok(()) => fields.texts.push((field, lit)),
                Err(error) => errors.push(error),
            }
        }
    }
    let Some(main) = fields.text(required) else {
        // A field that is there but wrong has been reported already.
        if errors.len() == before {
            errors.push(Error::new(key.span(), format!("`{key}(…)` needs `{required}`; write {}", word.example())));
        }
        return None;
    };
    let kind = match word {
        TriggerWord::Message => TriggerKind::Message { topic: main, tags: fields.list("tags") },
        TriggerWord::Log => TriggerKind::Log { source: main, project: fields.text("project"), log: fields.text("log") },
        TriggerWord::Object | TriggerWord::Http | TriggerWord::Timer => TriggerKind::Object {
            bucket: main,
            events: fields.list("events"),
            prefix: fields.text("prefix"),
            suffix: fields.text("suffix"),
        },
    };
    Some(Trigger { span: key.span(), kind })
}

#[derive(Default)]
struct Fields {
    texts: Vec<(Ident, LitStr)>,
    lists: Vec<(Ident, Vec<LitStr>)>,
}

impl Fields {
    fn has(&self, field: &Ident) -> bool {
        self.texts.iter().any(|(name, _)| name == field) || self.lists.iter().any(|(name, _)| name == field)
    }

    fn text(&self, field: &str) -> Option<LitStr> {
        self.texts.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
    }

    fn list(&self, field: &str) -> Vec<LitStr> {
        self.lists.iter().find(|(name, _)| name == field).map(|(_, texts)| texts.clone()).unwrap_or_default()
    }
}
