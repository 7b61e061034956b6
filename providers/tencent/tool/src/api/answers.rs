//! What a deploy reads of the API's answers.

use jiff::{civil::DateTime, tz};
use serde::{Deserialize, Deserializer};

/// A function as it is described.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct FunctionInfo {
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    #[serde(deserialize_with = "or_default")]
    pub status_desc: String,
    #[serde(deserialize_with = "or_default")]
    pub status_reasons: Vec<StatusReason>,
    #[serde(rename = "Type", deserialize_with = "or_default")]
    pub kind: String,
    #[serde(deserialize_with = "or_default")]
    pub runtime: String,
    #[serde(deserialize_with = "or_default")]
    pub handler: String,
    #[serde(deserialize_with = "or_default")]
    pub description: String,
    #[serde(deserialize_with = "or_default")]
    pub memory_size: u32,
    #[serde(deserialize_with = "or_default")]
    pub timeout: u32,
    #[serde(deserialize_with = "or_default")]
    pub init_timeout: u32,
    #[serde(deserialize_with = "or_default")]
    pub role: String,
    #[serde(deserialize_with = "or_default")]
    pub environment: Environment,
    #[serde(deserialize_with = "or_default")]
    pub vpc_config: VpcConfig,
    #[serde(deserialize_with = "or_default")]
    pub public_net_config: PublicNetConfig,
    #[serde(deserialize_with = "or_default")]
    pub layers: Vec<Layer>,
    #[serde(deserialize_with = "or_default")]
    pub instance_concurrency_config: InstanceConcurrencyConfig,
    #[serde(deserialize_with = "or_default")]
    pub tags: Vec<Tag>,
}

impl FunctionInfo {
    /// The value of a tag.
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
    }

    /// Why its status is what it is, in the platform's words.
    pub fn reason(&self) -> String {
        let reasons = self.status_reasons.iter().map(|reason| reason.error_message.as_str());
        let said: Vec<&str> = reasons.chain([self.status_desc.as_str()]).filter(|text| !text.is_empty()).collect();
        match said.as_slice() {
            [] => self.status.clone(),
            all => format!("{}: {}", self.status, all.join("; ")),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct StatusReason {
    #[serde(deserialize_with = "or_default")]
    pub error_message: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Environment {
    #[serde(deserialize_with = "or_default")]
    pub variables: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct VpcConfig {
    #[serde(deserialize_with = "or_default")]
    pub vpc_id: String,
    #[serde(deserialize_with = "or_default")]
    pub subnet_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct PublicNetConfig {
    #[serde(deserialize_with = "or_default")]
    pub public_net_status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct InstanceConcurrencyConfig {
    #[serde(deserialize_with = "or_default")]
    pub dynamic_enabled: String,
    #[serde(deserialize_with = "or_default")]
    pub max_concurrency: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Layer {
    pub layer_name: String,
    pub layer_version: u32,
}

/// A name and a value: a tag, a variable of the environment.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    pub key: String,
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
}

/// A function in a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Listed {
    pub function_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub tags: Vec<Tag>,
}

/// A version, `$LATEST` included.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VersionInfo {
    pub version: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    #[serde(default)]
    pub add_time: Option<String>,
}

/// Where an alias points.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Alias {
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    pub function_version: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    #[serde(default, deserialize_with = "or_default")]
    pub routing_config: RoutingConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RoutingConfig {
    #[serde(deserialize_with = "or_default")]
    pub additional_version_weights: Vec<VersionWeight>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VersionWeight {
    pub version: String,
    pub weight: f64,
}

/// A trigger as it is described: not always in the words it was made with.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TriggerInfo {
    pub trigger_name: String,
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(default, deserialize_with = "or_default")]
    pub trigger_desc: String,
    #[serde(default, deserialize_with = "or_default")]
    pub qualifier: String,
    #[serde(default, deserialize_with = "or_default")]
    pub enable: i64,
    #[serde(default, deserialize_with = "or_default")]
    pub custom_argument: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

/// A call in the log.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Log {
    pub request_id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub start_time: String,
    #[serde(default, deserialize_with = "or_default", rename = "Log")]
    pub text: String,
}

/// The end of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct CallResult {
    #[serde(deserialize_with = "or_default")]
    pub ret_msg: String,
    #[serde(deserialize_with = "or_default")]
    pub err_msg: String,
    #[serde(deserialize_with = "or_default")]
    pub log: String,
    #[serde(deserialize_with = "or_default")]
    pub function_request_id: String,
}

/// The platform says `null` for what it does not have.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Option::deserialize(from).map(Option::unwrap_or_default)
}

impl Log {
    /// When the call began, in milliseconds since 1970.
    pub fn began(&self) -> Option<u64> {
        let local = DateTime::strptime("%Y-%m-%d %H:%M:%S", &self.start_time).ok()?;
        let moment = local.to_zoned(tz::TimeZone::fixed(tz::offset(8))).ok()?;
        u64::try_from(moment.timestamp().as_millisecond()).ok()
    }
}
