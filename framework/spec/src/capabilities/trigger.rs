//! Which triggers a target offers, and what each of them demands.

use super::{Amount, NameRule};
use crate::{
    route::Method,
    schedule::{self, CloudSchedule, Schedule, Unsayable},
};

/// The triggers a target offers; `None`: not at all.
#[derive(Debug, Clone, Copy)]
pub struct Triggers {
    /// HTTP routes.
    pub http: Option<HttpTrigger>,
    /// Schedules.
    pub timer: Option<TimerTrigger>,
    /// Objects created or removed in a bucket.
    pub object: Option<ObjectTrigger>,
    /// Messages of a topic or queue.
    pub message: Option<MessageTrigger>,
    /// Batches of log lines.
    pub log: Option<LogTrigger>,
    /// Whether events can invoke a function that is an HTTP server.
    pub events_reach_web: bool,
    /// Most triggers of one unit, all kinds together.
    pub per_unit: Option<usize>,
    /// Most triggers of one unit of the same kind.
    pub per_kind: Option<usize>,
}

/// HTTP.
#[derive(Debug, Clone, Copy)]
pub struct HttpTrigger {
    /// Methods that reach a function.
    pub methods: &'static [Method],
    /// What `authType` can be, and the word for everybody first; empty: the target makes nothing of it.
    pub auth: &'static [&'static str],
    /// Seconds after which the front door gives up, whatever the function's `timeout` says.
    pub timeout: Option<u32>,
    /// The same for the front door that joins several units on one address, or has a domain.
    pub shared_timeout: Option<u32>,
    /// Whether the front door that joins several units, or has a domain, passes on streams.
    pub shared_streaming: bool,
    /// Largest request body.
    pub request: Option<Amount>,
    /// Largest answer.
    pub response: Option<Amount>,
}

/// Says a schedule in a target's words. The second argument is the IANA name of the time zone; `None` is UTC.
pub type Translate = fn(&Schedule, Option<&str>) -> Result<CloudSchedule, Unsayable>;

/// Schedules.
#[derive(Debug, Clone, Copy)]
pub struct TimerTrigger {
    /// How the target says a schedule.
    pub translate: Translate,
    /// Whether the text of `payload` reaches the function.
    pub payload: bool,
    /// Names of timers.
    pub name: Option<NameRule>,
}

/// Objects created or removed in a bucket.
#[derive(Debug, Clone, Copy)]
pub struct ObjectTrigger {
    /// What the platform calls its object storage, for people.
    pub service: &'static str,
    /// What `created` and `removed` are called there; other kinds of event cannot be said in fx's words.
    pub created: &'static str,
    /// See `created`.
    pub removed: &'static str,
    /// Native event names are taken verbatim when they begin with this.
    pub native: &'static [&'static str],
    /// What its trigger must be called.
    pub name: TriggerName,
    /// A suffix must begin with this.
    pub suffix_begins_with: Option<char>,
}

/// What a trigger must be called there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerName {
    /// Anything.
    Free,
    /// Like the bucket's address. fx works it out from the bucket's name, which must therefore carry the account's number
    /// (`name-1250000000`).
    BucketAddress {
        /// How such an address ends.
        ends_with: &'static str,
    },
}

/// Messages of a topic or queue.
#[derive(Debug, Clone, Copy)]
pub struct MessageTrigger {
    /// What the platform calls it, for people.
    pub service: &'static str,
    /// Whether messages can be filtered by tags.
    pub tags: bool,
}

/// Batches of log lines.
#[derive(Debug, Clone, Copy)]
pub struct LogTrigger {
    /// What the platform calls it, for people.
    pub service: &'static str,
}

/// A word of fx's for something that happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectWord {
    /// `created`.
    Created,
    /// `removed`.
    Removed,
}

impl ObjectWord {
    /// Reads `created` or `removed`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "created" => Some(Self::Created),
            "removed" => Some(Self::Removed),
            _ => None,
        }
    }
}

impl HttpTrigger {
    /// Everything, without limits.
    pub const FREE: Self = Self {
        methods: &Method::ALL,
        auth: &[],
        timeout: None,
        shared_timeout: None,
        shared_streaming: true,
        request: None,
        response: None,
    };
}

impl Triggers {
    /// All kinds, in fx's own words.
    pub const ALL: Self = Self {
        http: Some(HttpTrigger::FREE),
        timer: Some(TimerTrigger { translate: schedule::verbatim, payload: true, name: None }),
        object: Some(ObjectTrigger {
            service: "objects",
            created: "created",
            removed: "removed",
            native: &[""],
            name: TriggerName::Free,
            suffix_begins_with: None,
        }),
        message: Some(MessageTrigger { service: "messages", tags: true }),
        log: Some(LogTrigger { service: "logs" }),
        events_reach_web: true,
        per_unit: None,
        per_kind: None,
    };

    /// HTTP alone.
    pub const HTTP_ONLY: Self = Self { timer: None, object: None, message: None, log: None, ..Self::ALL };
}
