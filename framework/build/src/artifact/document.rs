//! `artifact.json`: the resolved service beside its zips, so that a deploy elsewhere needs neither f.yml nor a compiler.
//!
//! Environment values stay expressions (`${env.X}`), so no value of this machine and no secret is in it; nor is any path or
//! time, so the same sources give the same document.

use std::{collections::BTreeMap, path::Path};

use fx_spec::{
    Service, Unit,
    route::{Methods, Route},
    service::{Arch, Domain, FunctionKind, Located, TriggerKind},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ArtifactError, archive::Written, site::SiteArtifact};

/// Name of the file.
pub const FILE_NAME: &str = "artifact.json";

/// The whole document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// Name of the service.
    pub service: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Canonical name of the target.
    pub provider: String,
    /// Version of fx.
    pub fx: String,
    /// Version of the compiler, `rustc 1.95.0`.
    pub rustc: String,
    /// What f.yml says about the region; flags and environment come later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `provider.stage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// `custom.customDomain`: `auto`, `false` or a name.
    pub domain: String,
    /// `custom.customDomain.certificateArn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_arn: Option<String>,
    /// How many old versions a deploy keeps.
    pub keep: u32,
    /// Keys of `provider` that only some targets understand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Value>,
    /// One for each deployed function.
    pub units: Vec<UnitArtifact>,
    /// Files for a bucket.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "static")]
    pub site: Option<SiteArtifact>,
}

/// One deployed function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitArtifact {
    /// Its name.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
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
    /// Seconds a cold start may take, where the target has that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init_timeout: Option<u32>,
    /// Requests one instance takes at once.
    pub concurrency: u32,
    /// `x86_64` or `aarch64`.
    pub arch: String,
    /// Whether answers are streamed where the platform can.
    pub streaming: bool,
    /// `event` or `web`, where the target has both.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "type")]
    pub kind: Option<String>,
    /// Expressions as written in f.yml.
    pub environment: BTreeMap<String, String>,
    /// Layers, by the target's names for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<String>,
    /// The platform's runtime.
    pub runtime: String,
    /// What the platform is told to call.
    pub handler: String,
    /// Keys of the function that only some targets understand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Value>,
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
    /// Settings that only some targets understand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Value>,
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

/// A unit and the zip made of it.
#[derive(Debug, Clone)]
pub struct Packed<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// Name of the zip, beside the document.
    pub file: String,
    /// What the zip is.
    pub zip: Written,
    /// The platform's runtime.
    pub runtime: &'static str,
    /// What the platform is told to call.
    pub handler: &'static str,
}

impl Document {
    /// What there is to say about a service and its zips, without its site. `rustc` is the compiler's version.
    pub fn of(service: &Service, rustc: &str, packed: &[Packed<'_>]) -> Self {
        Self {
            service: service.name.value.clone(),
            description: service.description.clone(),
            provider: service.target.clone(),
            fx: env!("CARGO_PKG_VERSION").into(),
            rustc: rustc.into(),
            region: service.region.as_ref().map(|region| region.value.clone()),
            stage: service.stage.as_ref().map(|stage| stage.value.clone()),
            domain: match &service.domain {
                Domain::Auto => "auto".into(),
                Domain::Off => "false".into(),
                Domain::Named(name) => name.value.clone(),
            },
            certificate_arn: service.certificate_arn.as_ref().map(|certificate| certificate.value.clone()),
            keep: service.keep.value,
            extra: values(&service.extra),
            units: packed.iter().map(UnitArtifact::of).collect(),
            site: None,
        }
    }

    /// The document as text, ending in a line break.
    pub fn to_json(&self) -> Result<String, ArtifactError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| ArtifactError::Document(error.to_string()))?;
        Ok(format!("{text}\n"))
    }

    /// Reads the document of a folder that [`Document::to_json`] was written to.
    pub fn read(folder: &Path) -> Result<Self, ArtifactError> {
        let path = folder.join(FILE_NAME);
        let text = std::fs::read_to_string(&path).map_err(ArtifactError::io(&path))?;
        serde_json::from_str(&text).map_err(|error| ArtifactError::Document(error.to_string()))
    }
}

impl UnitArtifact {
    fn of(packed: &Packed<'_>) -> Self {
        let unit = packed.unit;
        Self {
            name: unit.name.value.clone(),
            description: unit.description.clone(),
            file: packed.file.clone(),
            sha256: packed.zip.sha256.clone(),
            size: packed.zip.size,
            unzipped: packed.zip.unzipped,
            functions: unit
                .functions
                .iter()
                .map(|function| FunctionArtifact {
                    name: function.name.value.clone(),
                    handler: function.handler.value.clone(),
                })
                .collect(),
            routes: unit.routes.iter().map(RouteArtifact::of).collect(),
            triggers: triggers(unit),
            memory_size: unit.memory_size.value,
            timeout: unit.timeout.value,
            init_timeout: unit.init_timeout.as_ref().map(|seconds| seconds.value),
            concurrency: unit.concurrency.value,
            arch: match unit.arch.value {
                Arch::X86_64 => "x86_64".into(),
                Arch::Aarch64 => "aarch64".into(),
            },
            streaming: unit.streaming.value,
            kind: unit.kind.as_ref().map(|kind| match kind.value {
                FunctionKind::Event => "event".into(),
                FunctionKind::Web => "web".into(),
            }),
            environment: unit
                .environment
                .iter()
                .map(|(name, expression)| (name.clone(), expression.value.to_string()))
                .collect(),
            layers: unit.layers.iter().map(|layer| layer.value.clone()).collect(),
            runtime: packed.runtime.into(),
            handler: packed.handler.into(),
            extra: values(&unit.extra),
        }
    }
}

impl RouteArtifact {
    fn of(route: &Route) -> Self {
        Self { methods: methods(&route.methods), path: route.path.clone(), function: route.function.clone() }
    }
}

fn triggers(unit: &Unit) -> Vec<TriggerArtifact> {
    let artifact = |named: fx_spec::NamedTrigger<'_>| TriggerArtifact {
        function: named.function.name.value.clone(),
        enabled: named.trigger.enabled,
        kind: settings(&named.trigger.kind),
        extra: values(&named.trigger.extra),
        name: named.name,
    };
    unit.triggers().into_iter().map(artifact).collect()
}

fn settings(kind: &TriggerKind) -> TriggerSettings {
    match kind {
        TriggerKind::Http(route) => {
            TriggerSettings::Http { methods: methods(&route.methods), path: route.path.clone() }
        }
        TriggerKind::Timer { schedule, timezone, payload } => TriggerSettings::Timer {
            schedule: schedule.to_string(),
            timezone: timezone.as_ref().map(|name| name.value.clone()),
            payload: payload.clone(),
        },
        TriggerKind::Object { bucket, events, prefix, suffix } => TriggerSettings::Object {
            bucket: bucket.value.clone(),
            events: events.iter().map(|event| event.value.clone()).collect(),
            prefix: prefix.clone(),
            suffix: suffix.clone(),
        },
        TriggerKind::Message { topic, tags } => {
            TriggerSettings::Message { topic: topic.value.clone(), tags: tags.clone() }
        }
        TriggerKind::Log { source, project, log } => TriggerSettings::Log {
            source: source.as_ref().map(|source| source.value.clone()),
            project: project.clone(),
            log: log.clone(),
        },
    }
}

fn methods(methods: &Methods) -> Vec<String> {
    match methods {
        Methods::Any => vec!["ANY".into()],
        Methods::Some(methods) => methods.iter().map(|method| method.as_str().to_owned()).collect(),
    }
}

fn values(located: &BTreeMap<String, Located<Value>>) -> BTreeMap<String, Value> {
    located.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use fx_spec::Request;

    use super::*;

    const F_YML: &str = "
service: { name: shop, description: A shop }
provider:
  name: local
  region: eu-1
  role: the-role
  environment: { STORE: '${env.STORE:-sqlite}', KEY: '${secret.KEY}' }
functions:
  index: { handler: index, events: [ { http: { method: any, path: /* } } ] }
  work:
    handler: work
    events:
      - timer: { type: cron, value: '0 0 3 * * *', timezone: Asia/Shanghai, payload: go, enable: false }
      - os: { bucket: uploads, events: [created], filter: { prefix: in/, suffix: .csv } }
      - mq: { topic: changes, tags: [a] }
      - log: { source: store, project: p, log: l, interval: 60 }
aggregation:
  all: { functions: [index, work] }
";

    fn document() -> Document {
        let file = fx_spec::Document::parse("f.yml", F_YML, Path::new("/home/somebody/shop")).unwrap();
        let request = Request {
            target: None,
            targets: &[],
            variables: &|_| Some("hush".into()),
            udev: Default::default(),
            code: &[],
        };
        let service = file.resolve(&request).service.unwrap();
        let zip = Written { sha256: "00ff".into(), size: 3, unzipped: 7 };
        let packed =
            Packed { unit: &service.units[0], file: "all.zip".into(), zip, runtime: "native", handler: "bootstrap" };
        Document::of(&service, "rustc 1.95.0", &[packed])
    }

    #[test]
    fn says_all_there_is_and_neither_secrets_nor_paths() {
        let text = document().to_json().unwrap();
        assert!(!text.contains("hush") && !text.contains("/home"), "{text}");
        insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "[version]"));
    }

    #[test]
    fn reads_back_as_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let document = document();
        std::fs::write(folder.path().join(FILE_NAME), document.to_json().unwrap()).unwrap();
        assert_eq!(Document::read(folder.path()).unwrap(), document);
    }

    #[test]
    fn the_service_comes_back_as_far_as_the_document_goes() {
        let document = document();
        let service = document.to_service().unwrap();
        let unit = &document.units[0];
        let zip = Written { sha256: unit.sha256.clone(), size: unit.size, unzipped: unit.unzipped };
        let packed =
            Packed { unit: &service.units[0], file: unit.file.clone(), zip, runtime: "native", handler: "bootstrap" };
        assert_eq!(Document::of(&service, &document.rustc, &[packed]), document);
    }

    #[test]
    fn a_broken_document_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), "{}").unwrap();
        let error = Document::read(folder.path()).unwrap_err();
        assert!(error.to_string().starts_with("artifact.json: missing field"), "{error}");
    }
}
