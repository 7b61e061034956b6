//! `artifact.json`: the resolved service beside its zips, so that a deploy elsewhere needs neither f.yml nor a compiler.
//!
//! Environment values stay expressions (`${env.X}`), so no value of this machine and no secret is in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The whole document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Name of the service.
    pub service: String,
    /// Canonical name of the target.
    pub provider: String,
    /// Version of fx.
    pub fx: String,
    /// Version of the compiler, `rustc 1.95.0`.
    pub rustc: String,
    /// One for each deployed function.
    pub units: Vec<UnitArtifact>,
}

/// One deployed function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitArtifact {
    /// Its name.
    pub name: String,
    /// The zip, beside the document.
    pub file: String,
    /// SHA-256 of the zip, lower-case hex.
    pub sha256: String,
    /// Bytes of the zip.
    pub size: u64,
    /// Bytes of its files together.
    pub unzipped: u64,
    /// The functions in it.
    pub functions: Vec<FunctionArtifact>,
    /// HTTP routes in dispatch order.
    pub routes: Vec<RouteArtifact>,
    /// Everything that invokes it.
    pub triggers: Vec<TriggerArtifact>,
    /// MB.
    pub memory_size: u32,
    /// Seconds.
    pub timeout: u32,
    /// Expressions as written in f.yml.
    pub environment: BTreeMap<String, String>,
    /// The platform's runtime.
    pub runtime: String,
    /// What the platform is told to call.
    pub handler: String,
}

/// A function of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionArtifact {
    /// Its name.
    pub name: String,
    /// What `#[func("…")]` says.
    pub handler: String,
}

/// An HTTP route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteArtifact {
    /// Names, or `["ANY"]`.
    pub methods: Vec<String>,
    /// The pattern as f.yml writes it.
    pub path: String,
    /// Name of the function.
    pub function: String,
}

/// What invokes a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerArtifact {
    /// Name of the trigger, unique in its unit.
    pub name: String,
    /// Name of the function.
    pub function: String,
    /// `false`: deployed, but asleep.
    pub enabled: bool,
    /// The kind with its settings.
    #[serde(flatten)]
    pub kind: TriggerSettings,
}

/// The kinds of trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum TriggerSettings {
    /// An HTTP route.
    Http {
        /// Names, or `["ANY"]`.
        methods: Vec<String>,
        /// The pattern as f.yml writes it.
        path: String,
    },
    /// A schedule.
    Timer {
        /// In fx's own words.
        schedule: String,
        /// IANA name; UTC when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timezone: Option<String>,
        /// Text handed to the function.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload: Option<String>,
    },
    /// Objects created or removed in a bucket.
    Object {
        /// Bucket name.
        bucket: String,
        /// `created`, `removed`, or the target's own words.
        events: Vec<String>,
        /// Key prefix.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
        /// Key suffix.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        suffix: Option<String>,
    },
    /// Messages of a topic or queue.
    Message {
        /// Its name.
        topic: String,
        /// Tags to filter by.
        tags: Vec<String>,
    },
    /// Batches of log lines.
    Log {
        /// The log store that feeds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// Its project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        project: Option<String>,
        /// Where the job logs go.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        log: Option<String>,
    },
}
