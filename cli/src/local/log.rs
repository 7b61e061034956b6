//! A unit's log lines: JSON on the way in, one readable line on the way out.

use std::{fmt, net::SocketAddr};

use anstyle::{AnsiColor, Style};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What one line of a unit's output says.
#[derive(Debug, Clone, PartialEq)]
pub enum LogLine {
    /// The unit is ready, at these addresses.
    Listening {
        /// Where it answers HTTP.
        http: SocketAddr,
        /// Where it takes events.
        control: Option<SocketAddr>,
    },
    /// An HTTP request was answered.
    Request(Request),
    /// Anything else that was logged.
    Event(Event),
    /// Not a log line: printed by the program itself.
    Text(String),
}

/// An answered request.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Request {
    method: String,
    path: String,
    #[serde(default)]
    function: Option<String>,
    status: u16,
    ms: f64,
}

/// A logged event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    level: String,
    target: String,
    message: String,
    fields: Map<String, Value>,
}

impl LogLine {
    /// Understands one line; whatever it is, nothing is lost.
    pub fn parse(line: &str) -> Self {
        let Ok(Value::Object(mut fields)) = serde_json::from_str::<Value>(line) else {
            return Self::Text(line.to_owned());
        };
        let Some(Value::String(message)) = fields.get("message").cloned() else {
            return Self::Text(line.to_owned());
        };
        let address = |name: &str| fields.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok());
        match message.as_str() {
            "listening" => {
                if let Some(http) = address("http") {
                    return Self::Listening { http, control: address("control") };
                }
            }
            "request" => {
                if let Ok(request) = serde_json::from_value(Value::Object(fields.clone())) {
                    return Self::Request(request);
                }
            }
            _ => {}
        }
        let mut text = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (level, target) = (text("level").to_ascii_lowercase(), text("target"));
        for shown_elsewhere in ["message", "time"] {
            text(shown_elsewhere);
        }
        Self::Event(Event { level, target, message, fields })
    }

    /// Whether it is the runtime talking about its own life ("stopping"), which nobody who is developing wants to follow.
    pub fn is_housekeeping(&self) -> bool {
        match self {
            LogLine::Listening { .. } => true,
            LogLine::Event(event) => event.target == "fx" && event.level == "info" && event.fields.is_empty(),
            LogLine::Request(_) | LogLine::Text(_) => false,
        }
    }
}

impl fmt::Display for LogLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogLine::Listening { http, .. } => write!(formatter, "listening on {http}"),
            LogLine::Request(request) => request.fmt(formatter),
            LogLine::Event(event) => event.fmt(formatter),
            LogLine::Text(text) => formatter.write_str(text),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { method, path, function, status, ms } = self;
        let function = function.as_deref().unwrap_or("-");
        let style = colour(match status {
            500.. => AnsiColor::Red,
            400.. => AnsiColor::Yellow,
            300.. => AnsiColor::Cyan,
            _ => AnsiColor::Green,
        });
        write!(formatter, "{method:<7} {path:<32} {function:<16} {style}{status}{style:#} {:>6} ms", duration(*ms))
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = match self.level.as_str() {
            "error" => colour(AnsiColor::Red).bold(),
            "warn" => colour(AnsiColor::Yellow),
            "info" => colour(AnsiColor::Green),
            _ => Style::new().dimmed(),
        };
        write!(formatter, "{style}{:<5}{style:#} {}", self.level, self.message)?;
        let dim = Style::new().dimmed();
        for (name, value) in &self.fields {
            match value {
                Value::String(text) if text.is_empty() => {}
                Value::String(text) => write!(formatter, " {dim}{name}={text}{dim:#}")?,
                other => write!(formatter, " {dim}{name}={other}{dim:#}")?,
            }
        }
        Ok(())
    }
}

/// Three digits at most: 0.42, 7.1, 350.
fn duration(ms: f64) -> String {
    let decimals = if ms < 1.0 {
        2
    } else if ms < 100.0 {
        1
    } else {
        0
    };
    format!("{ms:.decimals$}")
}

fn colour(colour: AnsiColor) -> Style {
    colour.on_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: &str) -> String {
        anstream::adapter::strip_str(&LogLine::parse(line).to_string()).to_string()
    }

    #[test]
    fn a_request_is_one_line() {
        let line = r#"{"time":"2026-01-02T03:04:05Z","level":"info","message":"request","method":"GET","path":"/user/7","function":"getUser","status":200,"ms":3.25,"requestId":"r1"}"#;
        assert_eq!(plain(line), "GET     /user/7                          getUser          200    3.2 ms");
    }

    #[test]
    fn the_addresses_are_read_from_the_listening_line() {
        let line = r#"{"message":"listening","http":"127.0.0.1:4000","control":"127.0.0.1:4001"}"#;
        let expected = LogLine::Listening {
            http: "127.0.0.1:4000".parse().unwrap(),
            control: Some("127.0.0.1:4001".parse().unwrap()),
        };
        assert_eq!(LogLine::parse(line), expected);
    }

    #[test]
    fn other_lines_keep_their_fields_and_foreign_text_stays_as_it_is() {
        let line = r#"{"time":"t","level":"WARN","target":"app","message":"slow","requestId":"r1","rows":3}"#;
        assert_eq!(plain(line), "warn  slow requestId=r1 rows=3");
        let empty = r#"{"level":"ERROR","target":"fx","message":"failed","detail":"","status":500}"#;
        assert_eq!(plain(empty), "error failed status=500");
        assert!(LogLine::parse(r#"{"level":"info","target":"fx","message":"stopping"}"#).is_housekeeping());
        assert!(!LogLine::parse(r#"{"level":"error","target":"fx","message":"does not start"}"#).is_housekeeping());
        assert_eq!(plain("thread 'main' panicked"), "thread 'main' panicked");
        assert_eq!(plain(r#"{"a":1}"#), r#"{"a":1}"#);
    }
}
