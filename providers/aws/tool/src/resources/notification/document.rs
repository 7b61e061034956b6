//! The notification configuration of a bucket, as text: what others have in it is carried over as it stands, whatever it is.

use std::{collections::BTreeSet, ops::Range};

use roxmltree::Node;

const ROOT: &str = "NotificationConfiguration";
const EMPTY: &str =
    "<NotificationConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></NotificationConfiguration>";
/// What each kind of entry calls: topics and queues can be in the way of functions, too.
const TARGETS: [&str; 3] = ["CloudFunction", "Queue", "Topic"];

/// The configuration of a bucket.
#[derive(Debug)]
pub(super) struct Document {
    text: String,
    entries: Vec<(Range<usize>, Entry)>,
    /// Where the next entry goes.
    end: usize,
}

/// Whom a bucket calls, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub id: String,
    pub target: String,
    pub events: BTreeSet<String>,
    pub prefix: String,
    pub suffix: String,
}

impl Entry {
    /// For people.
    pub fn said(&self) -> String {
        let events: Vec<&str> = self.events.iter().map(String::as_str).collect();
        format!("{} of `{}*{}`", events.join(", "), self.prefix, self.suffix)
    }

    fn read(node: Node<'_, '_>) -> Option<Self> {
        let text = |name: &str| {
            let named = node.children().find(|child| child.tag_name().name() == name);
            named.and_then(|named| named.text()).map(str::to_owned)
        };
        let events = node.children().filter(|child| child.tag_name().name() == "Event");
        let mut entry = Self {
            id: text("Id").unwrap_or_default(),
            target: TARGETS.iter().find_map(|name| text(name))?,
            events: events.filter_map(|event| Some(event.text()?.to_owned())).collect(),
            prefix: String::new(),
            suffix: String::new(),
        };
        for rule in node.descendants().filter(|node| node.tag_name().name() == "FilterRule") {
            let text = |name: &str| {
                let named = rule.children().find(|child| child.tag_name().name() == name);
                named.and_then(|named| named.text()).unwrap_or_default().to_owned()
            };
            // S3 answers `Prefix` to a `prefix`.
            match text("Name").to_ascii_lowercase().as_str() {
                "prefix" => entry.prefix = text("Value"),
                "suffix" => entry.suffix = text("Value"),
                _ => {}
            }
        }
        Some(entry)
    }

    fn write(&self) -> String {
        let mut said = format!("<CloudFunctionConfiguration><Id>{}</Id>", escaped(&self.id));
        said += &format!("<CloudFunction>{}</CloudFunction>", escaped(&self.target));
        said.extend(self.events.iter().map(|event| format!("<Event>{}</Event>", escaped(event))));
        let rules: String = [("prefix", &self.prefix), ("suffix", &self.suffix)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| {
                format!("<FilterRule><Name>{name}</Name><Value>{}</Value></FilterRule>", escaped(value))
            })
            .collect();
        if !rules.is_empty() {
            said += &format!("<Filter><S3Key>{rules}</S3Key></Filter>");
        }
        said + "</CloudFunctionConfiguration>"
    }
}

impl Document {
    /// Reads what S3 answers; of a bucket that calls nobody that is nothing.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?.trim();
        let text = if text.is_empty() { EMPTY } else { text };
        let parsed = roxmltree::Document::parse(text).map_err(|error| error.to_string())?;
        let root = parsed.root_element();
        match root.tag_name().name() {
            ROOT => {}
            // Servers other than AWS's name an answer that has nothing to say after the question.
            name if name.starts_with("GetBucketNotification") && !root.has_children() => {
                return Self::read(EMPTY.as_bytes());
            }
            name => return Err(format!("an answer with a {name} in it")),
        }
        let range = root.range();
        // `<NotificationConfiguration/>` has no inside.
        let Some(end) = text.get(range.clone()).and_then(|whole| whole.rfind("</")) else {
            return Self::read(EMPTY.as_bytes());
        };
        let entries = root.children().filter_map(|node| Some((node.range(), Entry::read(node)?))).collect();
        Ok(Self { text: text.to_owned(), entries, end: range.start + end })
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.entries.iter().map(|(_, entry)| entry.clone()).collect()
    }

    /// The same without those that go and with those that come.
    pub fn rewritten(&self, goes: impl Fn(&Entry) -> bool, come: &[Entry]) -> String {
        let mut text = self.text.clone();
        text.insert_str(self.end, &come.iter().map(Entry::write).collect::<String>());
        for (range, _) in self.entries.iter().rev().filter(|(_, entry)| goes(entry)) {
            text.replace_range(range.clone(), "");
        }
        text
    }
}

/// Whether an object can fit both.
pub(super) fn overlap(one: &Entry, other: &Entry) -> bool {
    let begins = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
    let ends = |one: &str, other: &str| one.ends_with(other) || other.ends_with(one);
    let same = |one: &str, other: &str| {
        // `s3:ObjectCreated:*` has `s3:ObjectCreated:Put` in it.
        let family = |event: &str| event.strip_suffix('*').map(str::to_owned);
        let within = |event: &str, all: &str| family(all).is_some_and(|all| event.starts_with(&all));
        one == other || within(one, other) || within(other, one)
    };
    begins(&one.prefix, &other.prefix)
        && ends(&one.suffix, &other.suffix)
        && one.events.iter().any(|event| other.events.iter().any(|other| same(event, other)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: &str = "<?xml version='1.0'?>\n<NotificationConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>\
        <QueueConfiguration><Id>theirs</Id><Queue>arn:q</Queue><Event>s3:ObjectRemoved:*</Event><New>thing</New></QueueConfiguration>\
        <CloudFunctionConfiguration><Id>ours</Id><CloudFunction>arn:f</CloudFunction><Event>s3:ObjectCreated:*</Event>\
        <Filter><S3Key><FilterRule><Name>Prefix</Name><Value>in/</Value></FilterRule></S3Key></Filter></CloudFunctionConfiguration>\
        <EventBridgeConfiguration/></NotificationConfiguration>";

    fn entry(id: &str, events: &[&str], prefix: &str, suffix: &str) -> Entry {
        Entry {
            id: id.into(),
            target: "arn:f".into(),
            events: events.iter().map(|event| (*event).to_owned()).collect(),
            prefix: prefix.into(),
            suffix: suffix.into(),
        }
    }

    #[test]
    fn what_others_have_stays_as_it_is() {
        let document = Document::read(SHARED.as_bytes()).unwrap();
        assert_eq!(document.entries()[1], entry("ours", &["s3:ObjectCreated:*"], "in/", ""));
        let come = entry("new", &["s3:ObjectCreated:*"], "a&b/", ".csv");
        let text = document.rewritten(|entry| entry.id == "ours", std::slice::from_ref(&come));
        let theirs = "<Id>theirs</Id><Queue>arn:q</Queue><Event>s3:ObjectRemoved:*</Event><New>thing</New>";
        assert!(
            text.contains(theirs) && text.contains("<EventBridgeConfiguration/>") && !text.contains("ours"),
            "{text}"
        );
        assert_eq!(Document::read(text.as_bytes()).unwrap().entries()[1], come);
        assert_eq!(document.rewritten(|_| false, &[]), SHARED);
    }

    #[test]
    fn a_bucket_that_calls_nobody_has_many_ways_to_say_so() {
        for nothing in [
            "",
            "<GetBucketNotificationResponse/>",
            "<NotificationConfiguration/>",
            "<NotificationConfiguration xmlns='urn:x'></NotificationConfiguration>",
        ] {
            let document = Document::read(nothing.as_bytes()).unwrap();
            assert_eq!(document.entries(), []);
            let text = document.rewritten(|_| true, &[entry("one", &["s3:ObjectCreated:*"], "", "")]);
            assert_eq!(Document::read(text.as_bytes()).unwrap().entries().len(), 1, "{text}");
        }
        assert!(Document::read(b"<html/>").is_err() && Document::read(b"oops").is_err());
    }

    #[test]
    fn two_entries_overlap_where_an_object_fits_both() {
        let created = entry("a", &["s3:ObjectCreated:*"], "in/", ".csv");
        for (events, prefix, suffix, overlaps) in [
            (&["s3:ObjectCreated:Put"] as &[&str], "", "", true),
            (&["s3:ObjectCreated:*"], "in/ann/", "csv", true),
            (&["s3:ObjectRemoved:*"], "", "", false),
            (&["s3:ObjectCreated:*"], "out/", "", false),
            (&["s3:ObjectCreated:*"], "", ".json", false),
        ] {
            assert_eq!(
                overlap(&created, &entry("b", events, prefix, suffix)),
                overlaps,
                "{events:?} {prefix} {suffix}"
            );
        }
    }
}
