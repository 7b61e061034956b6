//! Zips for the `provided.al2023` runtime, and a SAM template that deploys them.
//!
//! | what | module |
//! |---|---|
//! | the template as a whole | this one |
//! | environment values and the parameters they read | `parameters` |
//! | what invokes a function, and the buckets and queues it needs | `events` |
//! | the routes of the API that joins several functions | `routes` |

mod events;
mod parameters;
mod routes;

use std::collections::BTreeMap;

use fx_build::artifact::{Document, document::UnitArtifact};
use fx_provider::{Bundle, Manifest, ManifestError, Package, joint_cors};
use fx_spec::Unit;
use serde::Serialize;
use serde_json::{Map, Value, json};

use self::{
    events::{Event, Events, Resource},
    parameters::{Parameter, Parameters},
};
use crate::LIMITS;

pub(crate) use events::{native, timer_input};
pub(crate) use routes::{ApiRoute, joint};

/// How units are packed for Lambda.
pub(crate) struct Zip;

impl Package for Zip {
    fn bundle(&self, _: &Unit) -> Bundle {
        Bundle { program: "bootstrap", runtime: LIMITS.runtime.unwrap_or_default(), handler: "bootstrap" }
    }

    fn manifests(&self, document: &Document) -> Result<Vec<Manifest>, ManifestError> {
        let text = fx_templates::manifest("aws", "template.yaml", &Template::of(document)?)?;
        Ok(vec![Manifest { name: "template.yaml".into(), text }])
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
    description: String,
    parameters: Vec<Parameter>,
    functions: Vec<Function>,
    api: bool,
    api_settings: Vec<Setting>,
    buckets: Vec<Resource>,
    queues: Vec<Resource>,
    outputs: Vec<Setting>,
}

#[derive(Debug, Serialize)]
struct Function {
    id: String,
    description: Vec<String>,
    runtime: String,
    handler: String,
    arch: &'static str,
    file: String,
    memory: u32,
    timeout: u32,
    settings: Vec<Setting>,
    environment: Vec<Setting>,
    url: bool,
    mode: &'static str,
    /// None or one.
    cors: Vec<Value>,
    events: Vec<Event>,
}

impl Template {
    fn of(document: &Document) -> Result<Self, ManifestError> {
        let mut parameters = Parameters::default();
        let mut ids = Names::default();
        let domain = domain(document);
        let api = needs_api(document);
        let mut api_settings = Vec::new();
        if let Some(name) = domain {
            let certificate = match &document.certificate_arn {
                Some(certificate) => json!(certificate),
                None => parameters.certificate(name),
            };
            let value = json!({ "DomainName": name, "CertificateArn": certificate });
            api_settings.push(Setting { name: "Domain".into(), value });
        }
        let mut events = Events::new(api.then(|| routes::joint(document)));
        let mut functions = Vec::new();
        for unit in &document.units {
            let id = ids.take(&unit.name);
            functions.push(Function::of(document, unit, id, &mut parameters, &mut events)?);
        }
        if api {
            let cors = joint_cors(document.units.iter().flat_map(|unit| &unit.triggers), &everybody());
            api_settings.extend(cors.map(|cors| Setting { name: "CorsConfiguration".into(), value: cors.into() }));
        }
        let url = |id: &str| json!({ "Fn::GetAtt": [format!("{id}Url"), "FunctionUrl"] });
        let at_domain = domain.map(|name| Setting { name: "Url".into(), value: json!(format!("https://{name}")) });
        let outputs = match functions.iter().find(|function| function.url) {
            Some(function) => vec![Setting { name: "Url".into(), value: url(&function.id) }],
            None if at_domain.is_some() => at_domain.into_iter().collect(),
            None if api => vec![Setting { name: "Url".into(), value: json!({ "Fn::GetAtt": ["Api", "ApiEndpoint"] }) }],
            None => Vec::new(),
        };
        Ok(Self {
            description: document.description.clone().unwrap_or_else(|| document.service.clone()),
            parameters: parameters.list,
            functions,
            api,
            api_settings,
            buckets: events.buckets,
            queues: events.queues,
            outputs,
        })
    }
}

/// The domain that f.yml names, if something answers there.
pub(crate) fn domain(document: &Document) -> Option<&str> {
    let answers = document.units.iter().any(|unit| !unit.routes.is_empty());
    Some(document.domain.as_str()).filter(|name| !["auto", "false"].contains(name) && answers)
}

/// Whether an API stands in front. A function URL is one function's address, and cannot be called otherwise: several functions, or a domain,
/// need one.
pub(crate) fn needs_api(document: &Document) -> bool {
    document.units.iter().filter(|unit| !unit.routes.is_empty()).count() > 1 || domain(document).is_some()
}

impl Function {
    fn of(
        document: &Document,
        unit: &UnitArtifact,
        id: String,
        parameters: &mut Parameters,
        events: &mut Events,
    ) -> Result<Self, ManifestError> {
        let environment = unit
            .environment
            .iter()
            .map(|(name, text)| Ok(Setting { name: name.clone(), value: parameters.value(name, text)? }))
            .collect::<Result<_, ManifestError>>()?;
        Ok(Self {
            id,
            description: unit.description.iter().cloned().collect(),
            runtime: unit.runtime.clone(),
            handler: unit.handler.clone(),
            arch: if unit.arch == "aarch64" { "arm64" } else { "x86_64" },
            file: unit.file.clone(),
            memory: unit.memory_size,
            timeout: unit.timeout,
            settings: settings(document, unit),
            environment,
            url: events.routes.is_none() && !unit.routes.is_empty(),
            mode: if unit.streaming { "RESPONSE_STREAM" } else { "BUFFERED" },
            cors: joint_cors(&unit.triggers, &everybody()).map(Value::Object).into_iter().collect(),
            events: events.of(unit)?,
        })
    }
}

/// What `cors: true` means.
pub(crate) fn everybody() -> Map<String, Value> {
    ["AllowOrigins", "AllowMethods", "AllowHeaders"].map(|name| (name.to_owned(), json!(["*"]))).into_iter().collect()
}

/// What f.yml says in Lambda's own terms, the function before the provider.
fn settings(document: &Document, unit: &UnitArtifact) -> Vec<Setting> {
    let said = |key: &str| unit.extra.get(key).or_else(|| document.extra.get(key)).cloned();
    let mut settings = Vec::new();
    for (key, name) in [("role", "Role"), ("policies", "Policies")] {
        settings.extend(said(key).map(|value| Setting { name: name.into(), value }));
    }
    if let Some(vpc) = said("vpcConfig") {
        let list = |keys: [&str; 2]| match keys.iter().find_map(|key| vpc.get(*key)) {
            Some(Value::Array(items)) => Value::Array(items.clone()),
            Some(one) => json!([one]),
            None => json!([]),
        };
        settings.push(Setting {
            name: "VpcConfig".into(),
            value: json!({
                "SecurityGroupIds": list(["securityGroupIds", "securityGroupId"]),
                "SubnetIds": list(["subnetIds", "vSwitchIds"]),
            }),
        });
    }
    if !unit.layers.is_empty() {
        settings.push(Setting { name: "Layers".into(), value: json!(unit.layers) });
    }
    settings
}

/// Logical names: letters and digits, each once.
#[derive(Debug, Default)]
struct Names {
    taken: BTreeMap<String, u32>,
}

impl Names {
    fn take(&mut self, name: &str) -> String {
        let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut id: String = words
            .map(|word| {
                let (first, rest) = word.split_at(1);
                let shouted = word.chars().all(|letter| !letter.is_ascii_lowercase());
                first.to_ascii_uppercase() + &if shouted { rest.to_ascii_lowercase() } else { rest.to_owned() }
            })
            .collect();
        if !id.starts_with(|first: char| first.is_ascii_alphabetic()) {
            id.insert(0, 'X');
        }
        let count = self.taken.entry(id.clone()).or_default();
        *count += 1;
        match *count {
            1 => id,
            // The number is behind a letter, so that it cannot be that of a name which ends in one.
            more => format!("{id}No{more}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn logical_names_are_words_in_camel_case_and_each_is_taken_once() {
        let mut names = Names::default();
        let taken = ["TODO_DB_PATH", "todo-api", "todoApi", "TodoApi", "7up", "任务"].map(|name| names.take(name));
        assert_eq!(taken, ["TodoDbPath", "TodoApi", "TodoApiNo2", "TodoApiNo3", "X7up", "X"]);
    }
}
