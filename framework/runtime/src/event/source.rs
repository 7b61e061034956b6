//! [`Source`]: where the events of a trigger come from, for telling apart several functions that take the same kind.

use std::fmt;

use super::{Delivery, Message, ObjectEvent, ObjectEventKind, Payload, TriggerKind};

/// A trigger of a function as f.yml describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A schedule.
    Timer {
        /// The trigger's name.
        name: &'static str,
    },
    /// Objects of a bucket.
    Object {
        /// The bucket.
        bucket: &'static str,
        /// `created`, `removed`, or the platform's own words; empty for all.
        events: &'static [&'static str],
        /// How the key begins; empty for any.
        prefix: &'static str,
        /// How the key ends; empty for any.
        suffix: &'static str,
    },
    /// Messages of a topic or queue.
    Message {
        /// Its name.
        topic: &'static str,
        /// One of these has to be on the message; empty for any.
        tags: &'static [&'static str],
    },
    /// Lines of a log store.
    Log {
        /// Its name; empty for any.
        source: &'static str,
    },
}

impl Source {
    /// The kind of trigger.
    pub fn kind(&self) -> TriggerKind {
        match self {
            Self::Timer { .. } => TriggerKind::Timer,
            Self::Object { .. } => TriggerKind::Object,
            Self::Message { .. } => TriggerKind::Message,
            Self::Log { .. } => TriggerKind::Log,
        }
    }

    /// The same, with a topic's name as events have it.
    pub(crate) fn topic_as(&self, name: fn(&'static str) -> &'static str) -> Self {
        match *self {
            Self::Message { topic, tags } => Self::Message { topic: name(topic), tags },
            other => other,
        }
    }

    /// Whether this trigger can have brought the event.
    pub fn brings(&self, delivery: &Delivery) -> bool {
        match (self, delivery) {
            (Self::Timer { name }, Delivery::Timer(timer)) => same(name, &timer.name),
            (Self::Object { bucket, events, prefix, suffix }, Delivery::Object(event)) => {
                (same(bucket, &event.bucket) || is_host_of(bucket, &event.bucket))
                    && (events.is_empty() || events.iter().any(|word| means(word, event)))
                    && event.key.starts_with(prefix)
                    && event.key.ends_with(suffix)
            }
            (Self::Message { topic, tags }, Delivery::Message(message)) => {
                same(topic, &message.topic) && (tags.is_empty() || tags.iter().any(|tag| has(message, tag)))
            }
            (Self::Log { source }, Delivery::Log(batch)) => {
                source.is_empty() || batch.store.as_deref().is_some_and(|store| same(source, store))
            }
            // What came as a CloudEvent says nothing of triggers but the kind.
            (own, Delivery::Cloud(kind, _)) => own.kind() == *kind,
            _ => false,
        }
    }
}

/// f.yml may name a thing by its full resource name, of which an event carries the last part, and the other way round.
fn same(written: &str, got: &str) -> bool {
    let ends_in = |long: &str, short: &str| {
        let before = long.strip_suffix(short).filter(|_| !short.is_empty());
        before.is_some_and(|before| before.is_empty() || before.ends_with([':', '/']))
    };
    ends_in(written, got) || ends_in(got, written)
}

/// Where a bucket has a host name of its own, f.yml may say that: `inbox.objects.example`.
fn is_host_of(written: &str, bucket: &str) -> bool {
    !bucket.is_empty() && written.strip_prefix(bucket).is_some_and(|rest| rest.starts_with('.'))
}

/// Platforms have their own words (`ObjectCreated:Put`, `ObjectRemove:DeleteMarkerCreated`), and all of them say which of the two.
fn means(word: &str, event: &ObjectEvent) -> bool {
    let word = word.to_ascii_lowercase();
    match event.kind {
        ObjectEventKind::Removed => word.contains("remove") || word.contains("delete"),
        ObjectEventKind::Created => !word.contains("remove") && !word.contains("delete"),
    }
}

fn has(message: &Message<Payload>, tag: &str) -> bool {
    message.tags.iter().any(|own| own == tag)
}

/// What an event says of its origin, for people.
pub(crate) struct Origin<'a>(pub(crate) &'a Delivery);

impl fmt::Display for Origin<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Delivery::Timer(timer) => write!(formatter, "timer `{}`", timer.name),
            Delivery::Object(event) => {
                let what = match event.kind {
                    ObjectEventKind::Created => "created",
                    ObjectEventKind::Removed => "removed",
                };
                write!(formatter, "object `{}` {what} in bucket `{}`", event.key, event.bucket)
            }
            Delivery::Message(message) => {
                write!(formatter, "message of `{}`", message.topic)?;
                if message.tags.is_empty() { Ok(()) } else { write!(formatter, " with {}", message.tags.join(", ")) }
            }
            Delivery::Log(batch) => write!(formatter, "log lines of `{}`", batch.store.as_deref().unwrap_or_default()),
            Delivery::Cloud(kind, event) => write!(formatter, "{kind} event `{}` of `{}`", event.kind, event.source),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timer { name } => write!(formatter, "timer `{name}`"),
            Self::Object { bucket, events, prefix, suffix } => {
                write!(formatter, "objects `{prefix}*{suffix}` in bucket `{bucket}`")?;
                if events.is_empty() { Ok(()) } else { write!(formatter, " ({})", events.join(", ")) }
            }
            Self::Message { topic, tags } => {
                write!(formatter, "messages of `{topic}`")?;
                if tags.is_empty() { Ok(()) } else { write!(formatter, " with {}", tags.join(" or ")) }
            }
            Self::Log { source } => write!(formatter, "log lines of `{source}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{LogBatch, Timer};

    fn object(key: &str, kind: ObjectEventKind) -> Delivery {
        let (bucket, key) = ("inbox".to_owned(), key.to_owned());
        Delivery::Object(ObjectEvent { bucket, key, kind, ..ObjectEvent::default() })
    }

    #[test]
    fn an_object_is_told_by_bucket_key_and_what_happened() {
        let csv = Source::Object { bucket: "inbox", events: &["created"], prefix: "in/", suffix: ".csv" };
        assert!(csv.brings(&object("in/a.csv", ObjectEventKind::Created)));
        assert!(!csv.brings(&object("in/a.csv", ObjectEventKind::Removed)));
        assert!(!csv.brings(&object("out/a.csv", ObjectEventKind::Created)));
        assert!(!csv.brings(&object("in/a.txt", ObjectEventKind::Created)));
        let other = Source::Object { bucket: "outbox", events: &[], prefix: "", suffix: "" };
        assert!(!other.brings(&object("in/a.csv", ObjectEventKind::Created)));
    }

    #[test]
    fn words_of_platforms_are_understood() {
        let brings = |word: &'static str, kind| {
            let events: &'static [&'static str] = Box::leak(Box::new([word]));
            Source::Object { bucket: "inbox", events, prefix: "", suffix: "" }.brings(&object("k", kind))
        };
        for word in ["s3:ObjectCreated:*", "oss:ObjectCreated:PutObject", "cos:ObjectCreated:Post", "created"] {
            assert!(brings(word, ObjectEventKind::Created) && !brings(word, ObjectEventKind::Removed), "{word}");
        }
        for word in ["s3:ObjectRemoved:DeleteMarkerCreated", "cos:ObjectRemove:*", "removed"] {
            assert!(!brings(word, ObjectEventKind::Created) && brings(word, ObjectEventKind::Removed), "{word}");
        }
    }

    #[test]
    fn a_full_resource_name_and_its_last_part_are_the_same() {
        assert!(same("arn:aws:sqs:us-east-1:1:orders", "orders"));
        assert!(same("orders", "arn:aws:sns:us-east-1:1:orders"));
        assert!(!same("my-orders", "orders"));
        assert!(!same("orders", ""));
        assert!(is_host_of("inbox-125.objects.example", "inbox-125"));
        assert!(!is_host_of("inbox-125.objects.example", "inbox"));
        assert!(!is_host_of(".example", ""));
    }

    #[test]
    fn messages_and_logs_and_timers() {
        let message = |tags: &[&str]| {
            let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
            Delivery::Message(Message { topic: "t".to_owned(), tags, ..Message::default() })
        };
        assert!(Source::Message { topic: "t", tags: &[] }.brings(&message(&["a"])));
        assert!(Source::Message { topic: "t", tags: &["b", "a"] }.brings(&message(&["a"])));
        assert!(!Source::Message { topic: "t", tags: &["b"] }.brings(&message(&["a"])));
        assert!(!Source::Message { topic: "u", tags: &[] }.brings(&message(&[])));

        let batch = Delivery::Log(LogBatch { store: Some("web".to_owned()), ..LogBatch::default() });
        assert!(Source::Log { source: "web" }.brings(&batch) && Source::Log { source: "" }.brings(&batch));
        assert!(!Source::Log { source: "db" }.brings(&batch));

        let tick = Delivery::Timer(Timer { name: "purge".to_owned(), ..Timer::default() });
        assert!(Source::Timer { name: "purge" }.brings(&tick) && !Source::Timer { name: "other" }.brings(&tick));
    }
}
