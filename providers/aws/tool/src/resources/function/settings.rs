//! A function's settings: as f.yml says them, as AWS describes them, as AWS wants them said.

use aws_sdk_lambda::types::{Architecture, Environment, FunctionConfiguration, Runtime, VpcConfig};
use base64::{Engine, engine::general_purpose::STANDARD};
use fx_build::artifact::{Document, document::UnitArtifact};
use fx_deploy::{Fields, Value as Setting};
use serde_json::Value;

/// The setting that is the zip's checksum.
pub(super) const CODE: &str = "code";
/// The setting that goes with the code, not with the configuration.
pub(super) const ARCH: &str = "architecture";
const ENVIRONMENT: &str = "environment.";

/// The settings that a unit's function must have.
pub(super) fn desired<'a>(
    document: &Document,
    unit: &UnitArtifact,
    role: &str,
    environment: impl Iterator<Item = (&'a str, &'a Setting)>,
) -> Fields {
    let vpc = unit.extra.get("vpcConfig").or_else(|| document.extra.get("vpcConfig"));
    let list = |keys: [&str; 2]| keys.iter().find_map(|key| vpc?.get(*key)).map(texts).unwrap_or_default();
    let architecture = if unit.arch == "aarch64" { Architecture::Arm64 } else { Architecture::X8664 };
    let fields = Fields::new()
        .with(CODE, code(&checksum(&unit.sha256)))
        .plain(ARCH, architecture.as_str())
        .plain("runtime", &unit.runtime)
        .plain("handler", &unit.handler)
        .plain("memorySize", unit.memory_size.to_string())
        .plain("timeout", unit.timeout.to_string())
        .plain("role", role);
    let fields = optional(
        fields,
        [
            ("description", unit.description.clone().unwrap_or_default()),
            ("layers", unit.layers.join(", ")),
            ("vpcConfig.subnets", list(["subnetIds", "vSwitchIds"])),
            ("vpcConfig.securityGroups", list(["securityGroupIds", "securityGroupId"])),
        ],
    );
    environment.fold(fields, |fields, (name, value)| fields.with(format!("{ENVIRONMENT}{name}"), value.clone()))
}

/// The settings of a function, or of one of its versions, as AWS has them.
pub(super) fn actual(found: &FunctionConfiguration) -> Fields {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let number = |number: Option<i32>| number.unwrap_or_default().to_string();
    let architecture = found.architectures().first().unwrap_or(&Architecture::X8664);
    let vpc = found.vpc_config();
    let layers: Vec<&str> = found.layers().iter().filter_map(|layer| layer.arn()).collect();
    let fields = Fields::new()
        .with(CODE, code(found.code_sha256().unwrap_or_default()))
        .plain(ARCH, architecture.as_str())
        .plain("runtime", found.runtime().map(Runtime::as_str).unwrap_or_default())
        .plain("handler", text(found.handler()))
        .plain("memorySize", number(found.memory_size()))
        .plain("timeout", number(found.timeout()))
        .plain("role", text(found.role()));
    let fields = optional(
        fields,
        [
            ("description", text(found.description())),
            ("layers", layers.join(", ")),
            ("vpcConfig.subnets", sorted(vpc.map(|vpc| vpc.subnet_ids().to_vec()).unwrap_or_default())),
            ("vpcConfig.securityGroups", sorted(vpc.map(|vpc| vpc.security_group_ids().to_vec()).unwrap_or_default())),
        ],
    );
    let variables = found.environment().and_then(|environment| environment.variables());
    variables
        .into_iter()
        .flatten()
        .fold(fields, |fields, (name, value)| fields.with(format!("{ENVIRONMENT}{name}"), Setting::secret(value)))
}

/// The environment, whole: it is replaced, not added to.
pub(super) fn environment(wanted: &Fields) -> Environment {
    let variables = wanted
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(ENVIRONMENT)?.to_owned(), value.text().to_owned())));
    Environment::builder().set_variables(Some(variables.collect())).build()
}

/// The network, whole; empty lists take a function out of it.
pub(super) fn network(wanted: &Fields) -> VpcConfig {
    VpcConfig::builder()
        .set_subnet_ids(Some(list(wanted, "vpcConfig.subnets")))
        .set_security_group_ids(Some(list(wanted, "vpcConfig.securityGroups")))
        .build()
}

/// The parts of a setting that is a list.
pub(super) fn list(wanted: &Fields, name: &str) -> Vec<String> {
    let text = wanted.text(name).unwrap_or_default();
    text.split(", ").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A checksum as AWS writes it: base64 of what the artifact has in hex.
fn checksum(hex: &str) -> String {
    let digit = |index: usize| hex.get(index..index + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    STANDARD.encode((0..hex.len()).step_by(2).filter_map(digit).collect::<Vec<u8>>())
}

/// A checksum: compared whole, shown by its first digits.
fn code(checksum: &str) -> Setting {
    Setting::shown_as(checksum, format!("{}…", checksum.get(..8).unwrap_or(checksum)))
}

fn optional<const N: usize>(fields: Fields, texts: [(&str, String); N]) -> Fields {
    let said = texts.into_iter().filter(|(_, text)| !text.is_empty());
    said.fold(fields, |fields, (name, text)| fields.plain(name, text))
}

fn texts(value: &Value) -> String {
    sorted(match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        one => one.as_str().map(str::to_owned).into_iter().collect(),
    })
}

/// A list that is the same in any order.
fn sorted(mut items: Vec<String>) -> String {
    items.sort();
    items.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_in_the_platforms_own_form() {
        assert_eq!(checksum("00ff10"), "AP8Q");
    }

    #[test]
    fn an_environment_is_said_whole_and_an_empty_one_too() {
        let wanted = Fields::new().with("environment.KEY", Setting::secret("hush")).plain("memorySize", "128");
        assert_eq!(environment(&wanted).variables().unwrap()["KEY"], "hush");
        assert!(environment(&Fields::new()).variables().unwrap().is_empty());
        assert_eq!(network(&Fields::new()).subnet_ids.as_deref(), Some([].as_slice()));
    }
}
