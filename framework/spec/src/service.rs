//! What f.yml means for one target once everything is resolved: one [`Service`] made of [`Unit`]s.
//!
//! A *unit* is what is deployed as one cloud function: one function, or one aggregation of several.

use std::{collections::BTreeMap, ops::Deref, path::PathBuf};

use serde::Serialize;

use crate::{problem::Span, route::Route, schedule::Schedule};

/// A value and where it was written in f.yml (`None`: a default, or it came from the code).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place in f.yml.
    #[serde(skip)]
    pub span: Option<Span>,
}

impl<T> Located<T> {
    /// A value that stands in the file.
    pub fn at(value: T, span: Span) -> Self {
        Self { value, span: Some(span) }
    }

    /// A value nobody wrote down.
    pub fn implied(value: T) -> Self {
        Self { value, span: None }
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A service resolved for one target.
#[derive(Debug, Clone)]
pub struct Service {
    /// Name of the service.
    pub name: Located<String>,
    /// For people.
    pub description: Option<String>,
    /// Canonical name of the target this was resolved for (`aliyun`, `local`, …).
    pub target: String,
    /// `provider.region`; flags and environment come later.
    pub region: Option<Located<String>>,
    /// `provider.stage`.
    pub stage: Option<Located<String>>,
    /// Folder of the Cargo package (`crate:`, else f.yml's own), joined onto f.yml's folder.
    pub crate_dir: PathBuf,
    /// What is deployed, in f.yml's order.
    pub units: Vec<Unit>,
    /// Files that go beside the binary.
    pub package: Package,
    /// `static:`: files served from a bucket or CDN.
    pub static_site: Option<StaticSite>,
    /// `custom.customDomain`.
    pub domain: Domain,
    /// `custom.customDomain.certificateArn`.
    pub certificate_arn: Option<Located<String>>,
    /// How many old versions a deploy keeps.
    pub keep: Located<u32>,
    /// Keys of `provider` that only one target understands (role, vpcConfig, logConfig, policies, …), as plain data.
    pub extra: BTreeMap<String, Located<serde_json::Value>>,
}

/// One deployed function: a binary with one or several handlers.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Name of the deployed function.
    pub name: Located<String>,
    /// For people.
    pub description: Option<String>,
    /// Its handlers, in f.yml's order.
    pub functions: Vec<Function>,
    /// All HTTP routes of all its functions, in dispatch order: the first that fits path and method answers.
    pub routes: Vec<Route>,
    /// MB.
    pub memory_size: Located<u32>,
    /// Seconds.
    pub timeout: Located<u32>,
    /// Seconds a cold start may take, where a target has that.
    pub init_timeout: Option<Located<u32>>,
    /// Requests one instance takes at once, where a target has that.
    pub concurrency: Located<u32>,
    /// Worker threads; 1 = current-thread runtime.
    pub threads: Located<u32>,
    /// CPU architecture of the binary.
    pub arch: Located<Arch>,
    /// How the binary is linked.
    pub link: Located<Link>,
    /// Whether answers are streamed where the platform can.
    pub streaming: Located<bool>,
    /// `provider.type`: `event` or `web`, where a target has both.
    pub kind: Option<Located<FunctionKind>>,
    /// Values as expressions: they are evaluated at deploy or dev, never earlier.
    pub environment: BTreeMap<String, Located<Expression>>,
    /// Layer ARNs.
    pub layers: Vec<Located<String>>,
    /// Function-level keys that only one target understands, as plain data.
    pub extra: BTreeMap<String, Located<serde_json::Value>>,
}

/// One handler of a unit.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its `name`, else its key in `functions`.
    pub name: Located<String>,
    /// What `#[func("…")]` says.
    pub handler: Located<String>,
    /// What invokes it.
    pub triggers: Vec<Trigger>,
    /// `true`: it stands only in the code, with its trigger in the attribute.
    pub from_code: bool,
}

/// What invokes a function.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Its own name, if one was given.
    pub name: Option<Located<String>>,
    /// Place of the event in f.yml (its kind's key).
    pub span: Option<Span>,
    /// `enable: false` keeps it deployed but asleep.
    pub enabled: bool,
    /// The kind with its settings.
    pub kind: TriggerKind,
    /// Settings of the event that only some targets understand (role, version, cors, …), as plain data.
    pub extra: BTreeMap<String, Located<serde_json::Value>>,
}

/// The kinds of trigger, each with its settings.
#[derive(Debug, Clone)]
pub enum TriggerKind {
    /// An HTTP route.
    Http(Route),
    /// A schedule.
    Timer {
        /// Parsed and checked; every target says it in its own words.
        schedule: Located<Schedule>,
        /// IANA name; UTC unless f.yml says otherwise.
        timezone: Option<Located<String>>,
        /// Text handed to the function.
        payload: Option<String>,
    },
    /// Objects created or removed in a bucket.
    Object {
        /// Bucket name.
        bucket: Located<String>,
        /// `created`, `removed`, or a target's own words verbatim.
        events: Vec<Located<String>>,
        /// Key prefix.
        prefix: Option<String>,
        /// Key suffix.
        suffix: Option<String>,
    },
    /// Messages of a topic or queue.
    Message {
        /// Topic or queue name.
        topic: Located<String>,
        /// Tags to filter by.
        tags: Vec<String>,
    },
    /// Batches of log lines.
    Log {
        /// The log store that feeds.
        source: Option<Located<String>>,
        /// Project.
        project: Option<String>,
        /// Where the job logs go.
        log: Option<String>,
    },
}

/// `package:`.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Globs, relative to the crate.
    pub include: Vec<Located<String>>,
    /// Globs, relative to the crate.
    pub exclude: Vec<Located<String>>,
    /// Name of the zip.
    pub artifact: Option<Located<String>>,
}

/// `static:`. Off while it names no bucket: then the files stay with the functions alone.
#[derive(Debug, Clone)]
pub struct StaticSite {
    /// Folder, relative to the crate.
    pub dir: Located<String>,
    /// Bucket the files go to.
    pub bucket: Option<Located<String>>,
    /// Key prefix in the bucket, without slashes at its ends.
    pub prefix: Option<String>,
    /// Address at which the bucket's objects are reachable, without a slash at its end.
    pub cdn: Option<String>,
}

/// `custom.customDomain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// `auto`, also when absent.
    Auto,
    /// `false`.
    Off,
    /// A name.
    Named(Located<String>),
}

/// CPU architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
}

/// How a function's binary is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// No shared libraries at all.
    Static,
    /// Against the platform's libc.
    Dynamic,
}

/// What a target with two kinds of function makes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FunctionKind {
    /// Fed with events.
    Event,
    /// An HTTP server.
    Web,
}

/// An environment value: text with `${env.X}`, `${env.X:-default}` and `${secret.X}` still in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expression {
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of an [`Expression`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Plain text.
    Text(String),
    /// `${env.NAME}` or `${env.NAME:-default}`.
    Env {
        /// The variable.
        name: String,
        /// Used when it is unset or empty.
        default: Option<String>,
    },
    /// `${secret.NAME}`: read at deploy, masked everywhere.
    Secret(String),
}
