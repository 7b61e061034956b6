//! A function's settings: as f.yml says them, as SCF describes them, as SCF wants them said.

use std::collections::BTreeMap;

use fx_build::artifact::{Document, document::UnitArtifact};
use fx_deploy::{Fields, Value as Setting};
use serde_json::{Map, Value, json};

use crate::api::FunctionInfo;

/// Seconds that the platform gives a cold start if nobody says otherwise.
const INIT_TIMEOUT: u32 = 65;
/// Characters that a description may have.
const DESCRIPTION: usize = 1000;

/// The settings that a unit's function must have. What the platform does not have, or has as empty, is not among them.
pub(crate) fn desired<'a>(
    document: &Document,
    unit: &UnitArtifact,
    environment: impl Iterator<Item = (&'a str, &'a Setting)>,
) -> Fields {
    let said = |key: &str| unit.extra.get(key).or_else(|| document.extra.get(key));
    let web = unit.kind.as_deref() == Some("web");
    let mut fields = Fields::new()
        .plain("type", if web { "web" } else { "event" })
        .plain("runtime", &unit.runtime)
        .plain("handler", &unit.handler)
        .plain("memorySize", unit.memory_size.to_string())
        .plain("timeout", unit.timeout.to_string())
        .plain("initTimeout", unit.init_timeout.unwrap_or(INIT_TIMEOUT).to_string())
        .plain("internetAccess", said("internetAccess").and_then(Value::as_bool).unwrap_or(true).to_string());
    if web {
        fields.set("concurrency", Setting::plain(unit.concurrency.to_string()));
    }
    let texts = [
        ("description", unit.description.as_deref().map(sayable)),
        ("role", said("role").and_then(Value::as_str).map(str::to_owned)),
        ("vpcConfig", said("vpcConfig").map(vpc)),
        ("layers", Some(unit.layers.join(", "))),
    ];
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            fields.set(name, Setting::plain(text));
        }
    }
    // The platform takes no variable without a value.
    for (name, value) in environment.filter(|(_, value)| !value.text().is_empty()) {
        fields.set(format!("environment.{name}"), value.clone());
    }
    fields
}

/// A description without what the platform takes in none: anything but letters, digits, blanks, commas and full stops.
fn sayable(description: &str) -> String {
    let letter = |letter: char| if letter.is_alphanumeric() || " ,.\n".contains(letter) { letter } else { ' ' };
    description.chars().take(DESCRIPTION).map(letter).collect::<String>().trim().to_owned()
}

/// `vpc-1/subnet-2`, from the words of any of the clouds that f.yml may have.
fn vpc(said: &Value) -> String {
    let first = |keys: &[&str]| match keys.iter().find_map(|key| said.get(*key)) {
        Some(Value::Array(items)) => items.first().and_then(Value::as_str).unwrap_or_default().to_owned(),
        Some(one) => one.as_str().unwrap_or_default().to_owned(),
        None => String::new(),
    };
    format!("{}/{}", first(&["vpcId"]), first(&["subnetId", "vSwitchIds", "vSwitchId"]))
}

/// The settings of a function, or of one of its versions, as the platform has them.
pub(super) fn fields(info: &FunctionInfo) -> Fields {
    let web = info.kind.eq_ignore_ascii_case("HTTP");
    let mut fields = Fields::new()
        .plain("type", if web { "web" } else { "event" })
        .plain("runtime", &info.runtime)
        .plain("handler", &info.handler)
        .plain("memorySize", info.memory_size.to_string())
        .plain("timeout", info.timeout.to_string())
        .plain("initTimeout", info.init_timeout.to_string())
        .plain("internetAccess", (info.public_net_config.public_net_status != "DISABLE").to_string());
    if web {
        let config = &info.instance_concurrency_config;
        let concurrency = if config.dynamic_enabled.is_empty() { 1 } else { config.max_concurrency.max(1) };
        fields.set("concurrency", Setting::plain(concurrency.to_string()));
    }
    let layers: Vec<String> =
        info.layers.iter().map(|layer| format!("{}:{}", layer.layer_name, layer.layer_version)).collect();
    let vpc = &info.vpc_config;
    let texts = [
        ("description", info.description.clone()),
        ("role", info.role.clone()),
        ("vpcConfig", if vpc.vpc_id.is_empty() { String::new() } else { format!("{}/{}", vpc.vpc_id, vpc.subnet_id) }),
        ("layers", layers.join(", ")),
    ];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        fields.set(name, Setting::plain(text));
    }
    for variable in &info.environment.variables {
        fields.set(format!("environment.{}", variable.key), Setting::secret(&variable.value));
    }
    fields
}

/// The settings that decide what a version does: all but those that name and describe the function.
pub(crate) fn behaviour(fields: &Fields) -> Fields {
    let ours = |name: &str| !matches!(name, super::OWNER | super::STATE | "description");
    fields.iter().filter(|(name, _)| ours(name)).map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// All of the configuration, in the words of the API: for a function that is made. What has no value is left out.
pub(super) fn members(wanted: &Fields) -> Map<String, Value> {
    let groups: std::collections::BTreeSet<&str> = wanted.iter().map(|(name, _)| super::group(name)).collect();
    let mut members: Map<_, _> = groups.into_iter().filter_map(|group| member(group, wanted)).collect();
    // One request at a time needs no word, and a new function takes none that switches more off.
    if wanted.text("concurrency") == Some("1") {
        members.remove("InstanceConcurrencyConfig");
    }
    members
}

/// One setting in the words of the API, whole: an environment is replaced, not added to. `None`: it is not part of the
/// configuration. A setting that is not wanted any more is cleared, in the form that each takes.
pub(super) fn member(group: &str, wanted: &Fields) -> Option<(String, Value)> {
    let text = |name: &str| wanted.text(name).unwrap_or_default();
    let number = |name: &str| json!(text(name).parse::<u32>().unwrap_or_default());
    let (name, value) = match group {
        "description" => ("Description", json!(text("description"))),
        "memorySize" => ("MemorySize", number("memorySize")),
        "timeout" => ("Timeout", number("timeout")),
        "initTimeout" => ("InitTimeout", number("initTimeout")),
        "internetAccess" => {
            let status = if text("internetAccess") == "false" { "DISABLE" } else { "ENABLE" };
            ("PublicNetConfig", json!({ "PublicNetStatus": status }))
        }
        "concurrency" => {
            let config = match text("concurrency") {
                "1" => json!({ "DynamicEnabled": "" }),
                _ => json!({ "DynamicEnabled": "FALSE", "MaxConcurrency": number("concurrency") }),
            };
            ("InstanceConcurrencyConfig", config)
        }
        "role" => ("Role", json!(text("role"))),
        "vpcConfig" => {
            let (vpc, subnet) = text("vpcConfig").split_once('/').unwrap_or_default();
            ("VpcConfig", json!({ "VpcId": vpc, "SubnetId": subnet }))
        }
        "layers" => ("Layers", layers(text("layers"))),
        "environment" => ("Environment", environment(wanted)),
        _ => return None,
    };
    Some((name.to_owned(), value))
}

/// `name:version`, as f.yml writes the layers of this target.
fn layers(text: &str) -> Value {
    if text.is_empty() {
        return json!([{ "LayerName": "", "LayerVersion": 0 }]);
    }
    let layer = |layer: &str| {
        let (name, version) = layer.rsplit_once(':').unwrap_or((layer, "1"));
        json!({ "LayerName": name, "LayerVersion": version.parse::<u32>().unwrap_or(1) })
    };
    text.split(", ").map(layer).collect()
}

fn environment(wanted: &Fields) -> Value {
    let prefix = "environment.";
    let variables: BTreeMap<&str, &str> =
        wanted.iter().filter_map(|(name, value)| name.strip_prefix(prefix).map(|name| (name, value.text()))).collect();
    let list: Vec<Value> = match variables.is_empty() {
        true => vec![json!({ "Key": "", "Value": "" })],
        false => variables.into_iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect(),
    };
    json!({ "Variables": list })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Fields {
        Fields::new()
            .plain("type", "web")
            .plain("memorySize", "256")
            .plain("concurrency", "1")
            .plain("vpcConfig", "vpc-1/subnet-2")
            .plain("layers", "tools:3, more:1")
            .with("environment.B", Setting::secret("2"))
            .with("environment.A", Setting::secret("1"))
    }

    #[test]
    fn says_only_what_is_set_when_a_function_is_made() {
        assert_eq!(
            Value::from(members(&wanted())),
            json!({
                "MemorySize": 256,
                "VpcConfig": { "VpcId": "vpc-1", "SubnetId": "subnet-2" },
                "Layers": [{ "LayerName": "tools", "LayerVersion": 3 }, { "LayerName": "more", "LayerVersion": 1 }],
                "Environment": { "Variables": [{ "Key": "A", "Value": "1" }, { "Key": "B", "Value": "2" }] },
            })
        );
    }

    #[test]
    fn a_description_loses_what_the_platform_does_not_take() {
        assert_eq!(sayable("To-do: 待办, v1.0 (beta)!"), "To do  待办, v1.0  beta");
    }

    #[test]
    fn clears_each_setting_in_its_own_way() {
        let cleared = |group: &str| member(group, &Fields::new()).map(|(_, value)| value);
        assert_eq!(cleared("environment"), Some(json!({ "Variables": [{ "Key": "", "Value": "" }] })));
        assert_eq!(cleared("layers"), Some(json!([{ "LayerName": "", "LayerVersion": 0 }])));
        assert_eq!(cleared("vpcConfig"), Some(json!({ "VpcId": "", "SubnetId": "" })));
        assert_eq!(cleared("role"), Some(json!("")));
        assert_eq!(member("concurrency", &wanted()).unwrap().1, json!({ "DynamicEnabled": "" }));
        assert_eq!((cleared("code"), cleared("owner"), cleared("handler")), (None, None, None));
    }

    #[test]
    fn what_the_platform_leaves_out_or_says_null_is_not_set() {
        let text = r#"{"Type":"HTTP","MemorySize":128,"Timeout":3,"InitTimeout":65,"Role":null,"Layers":null,
            "VpcConfig":{"VpcId":"","SubnetId":""},"Environment":null,"InstanceConcurrencyConfig":null,"Status":"Active"}"#;
        let info: FunctionInfo = serde_json::from_str(text).unwrap();
        let fields = fields(&info);
        assert_eq!((fields.text("concurrency"), fields.text("internetAccess")), (Some("1"), Some("true")));
        assert_eq!((fields.text("role"), fields.text("vpcConfig"), fields.text("layers")), (None, None, None));
    }
}
