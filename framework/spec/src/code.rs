//! What the code says about itself: the functions found in it, with the triggers their attributes carry.

/// One `#[func]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeFunction {
    /// Its handler name, what f.yml's `handler:` says.
    pub handler: String,
    /// The triggers in its attribute; f.yml's own events win over them.
    pub triggers: Vec<CodeTrigger>,
}

/// A trigger in an attribute. Its texts are as written: they are judged with f.yml's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeTrigger {
    /// `METHOD[,METHOD] /path`, or the path alone for all methods.
    Http(String),
    /// A schedule: cron, or `every 5m`.
    Timer(String),
    /// Objects created in or removed from a bucket.
    Object {
        /// The bucket.
        bucket: String,
        /// `created`, `removed`, or a target's own words; empty: created.
        events: Vec<String>,
        /// Key prefix.
        prefix: Option<String>,
        /// Key suffix.
        suffix: Option<String>,
    },
    /// Messages of a topic or queue.
    Message {
        /// The topic.
        topic: String,
        /// Tags to filter by.
        tags: Vec<String>,
    },
    /// Batches of log lines.
    Log {
        /// The log store that feeds.
        source: String,
        /// The project it is in.
        project: Option<String>,
        /// Where the job's own log goes.
        log: Option<String>,
    },
}
