//! Zips for the custom runtime, and a serverless.yml for each unit, with which Tencent's `scf` component deploys it.

mod events;

use std::collections::BTreeSet;

use fx_build::artifact::{Document, document::UnitArtifact};
use fx_provider::{Bundle, Manifest, ManifestError, Package};
use fx_spec::{
    Unit,
    service::{Expression, FunctionKind, Piece},
};
use serde::Serialize;
use serde_json::{Value, json};

use self::events::Event;
pub(crate) use self::events::auth;
use crate::LIMITS;

/// How units are packed for SCF.
pub(crate) struct Zip;

impl Package for Zip {
    fn bundle(&self, unit: &Unit) -> Bundle {
        let web = unit.kind.as_ref().is_some_and(|kind| kind.value == FunctionKind::Web);
        // The platform starts one of two names, depending on what kind of function it is.
        let program = if web { "scf_bootstrap" } else { "bootstrap" };
        Bundle { program, runtime: LIMITS.runtime.unwrap_or_default(), handler: "bootstrap" }
    }

    /// The component deploys one function from one folder, so several units get a folder each.
    fn manifests(&self, document: &Document) -> Result<Vec<Manifest>, ManifestError> {
        let alone = document.units.len() == 1;
        document
            .units
            .iter()
            .map(|unit| {
                let (name, zip) = match alone {
                    true => ("serverless.yml".to_owned(), unit.file.clone()),
                    false => (format!("{}/serverless.yml", unit.name), format!("../{}", unit.file)),
                };
                let text = fx_templates::manifest("tencent", "serverless.yml", &Template::of(document, unit, zip)?)?;
                Ok(Manifest { name, text })
            })
            .collect()
    }
}

/// A setting whose value is plain data.
#[derive(Debug, Serialize)]
struct Setting {
    name: String,
    value: Value,
}

#[derive(Debug, Serialize)]
struct Template {
    service: String,
    name: String,
    zip: String,
    variables: BTreeSet<String>,
    description: Vec<String>,
    region: String,
    r#type: String,
    runtime: String,
    handler: String,
    memory: u32,
    timeout: u32,
    settings: Vec<Setting>,
    environment: Vec<Variable>,
    events: Vec<Event>,
}

#[derive(Debug, Serialize)]
struct Variable {
    name: String,
    value: String,
}

impl Template {
    fn of(document: &Document, unit: &UnitArtifact, zip: String) -> Result<Self, ManifestError> {
        let region = document.region.clone().unwrap_or_else(|| "ap-guangzhou".into());
        let mut variables = BTreeSet::new();
        let environment = unit
            .environment
            .iter()
            .map(|(name, text)| Ok(Variable { name: name.clone(), value: substituted(name, text, &mut variables)? }))
            .collect::<Result<_, ManifestError>>()?;
        Ok(Self {
            service: document.service.clone(),
            name: unit.name.clone(),
            zip,
            variables,
            description: unit.description.iter().cloned().collect(),
            r#type: unit.kind.clone().unwrap_or_else(|| "event".into()),
            runtime: unit.runtime.clone(),
            handler: unit.handler.clone(),
            memory: unit.memory_size,
            timeout: unit.timeout,
            settings: settings(document, unit),
            environment,
            events: events::of(unit, &region)?,
            region,
        })
    }
}

/// What f.yml says beyond what every function has, in the component's words.
fn settings(document: &Document, unit: &UnitArtifact) -> Vec<Setting> {
    let said = |key: &str| unit.extra.get(key).or_else(|| document.extra.get(key)).cloned();
    let setting = |name: &str, value: Value| Setting { name: name.into(), value };
    let mut settings = Vec::new();
    settings.extend(said("namespace").map(|value| setting("namespace", value)));
    settings.extend(said("role").map(|value| setting("role", value)));
    settings.extend(said("internetAccess").map(|value| setting("publicAccess", value)));
    if let Some(vpc) = said("vpcConfig") {
        let first = |keys: [&str; 3]| match keys.iter().find_map(|key| vpc.get(*key)) {
            Some(Value::Array(items)) => items.first().cloned().unwrap_or(Value::Null),
            Some(one) => one.clone(),
            None => Value::Null,
        };
        let value = json!({ "vpcId": first(["vpcId"; 3]), "subnetId": first(["subnetId", "vSwitchIds", "vSwitchId"]) });
        settings.push(setting("vpcConfig", value));
    }
    settings.extend(unit.init_timeout.map(|seconds| setting("initTimeout", json!(seconds))));
    if unit.concurrency > 1 {
        let value = json!({ "enable": true, "dynamicEnabled": false, "maxConcurrency": unit.concurrency });
        settings.push(setting("instanceConcurrencyConfig", value));
    }
    if !unit.layers.is_empty() {
        // `name:version`, as f.yml writes the layers of this target.
        let layer = |layer: &String| {
            let (name, version) = layer.rsplit_once(':').unwrap_or((layer, "1"));
            json!({ "name": name, "version": version.parse::<u32>().unwrap_or(1) })
        };
        settings.push(setting("layers", Value::Array(unit.layers.iter().map(layer).collect())));
    }
    settings
}

/// `${env.X}` in the component's words, which are the same; it has no defaults, so they stand in the file's head instead.
fn substituted(variable: &str, text: &str, variables: &mut BTreeSet<String>) -> Result<String, ManifestError> {
    let expression = Expression::parse(text)
        .map_err(|error| ManifestError::Environment { variable: variable.into(), reason: error.to_string() })?;
    Ok(expression
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Env { name, default } => {
                let default = default.as_ref().filter(|default| !default.is_empty());
                // A line break would end the comment that this becomes.
                let shown = default.map(|default| format!("={}", default.replace(['\n', '\r'], " ")));
                variables.insert(format!("{name}{}", shown.unwrap_or_default()));
                format!("${{env.{name}}}")
            }
            Piece::Secret(name) => {
                variables.insert(name.clone());
                format!("${{env.{name}}}")
            }
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environment_values_are_read_when_it_is_deployed() {
        let mut variables = BTreeSet::new();
        let mut said = |text: &str| substituted("X", text, &mut variables).unwrap_or_default();
        assert_eq!(said("a${env.A:-1\n2}b${secret.C}"), "a${env.A}b${env.C}");
        assert_eq!(variables.into_iter().collect::<Vec<_>>(), ["A=1 2", "C"]);
    }
}
