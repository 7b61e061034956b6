//! Zips for the custom runtime, and an s.yaml with which Serverless Devs' `fc3` component deploys them.

pub(crate) mod triggers;

use std::collections::BTreeSet;

use fx_build::artifact::{
    Document,
    document::{RouteArtifact, UnitArtifact},
};
use fx_provider::{Bundle, Manifest, ManifestError, Package};
use fx_spec::{
    Unit,
    route::{Method, Segment, segments},
    service::{Expression, Piece},
};
use serde::Serialize;
use serde_json::{Value, json};

use self::triggers::{Trigger, said_auth};
use crate::LIMITS;

/// How units are packed for Function Compute.
pub(crate) struct Zip;

impl Package for Zip {
    fn bundle(&self, _: &Unit) -> Bundle {
        Bundle { program: "bootstrap", runtime: LIMITS.runtime.unwrap_or_default(), handler: "bootstrap" }
    }

    fn manifests(&self, document: &Document) -> Result<Vec<Manifest>, ManifestError> {
        let text = fx_templates::manifest("aliyun", "s.yaml", &Template::of(document)?)?;
        Ok(vec![Manifest { name: "s.yaml".into(), text }])
    }
}

/// Keys of f.yml that fc3 calls the same.
const PASSED_ON: [&str; 6] = ["internetAccess", "logConfig", "nasConfig", "role", "tracingConfig", "vpcConfig"];

/// The number of the account that deploys, in Serverless Devs' words.
const ACCOUNT: &str = "${config('AccountID')}";

/// A setting whose value is plain data.
#[derive(Debug, Serialize)]
pub(crate) struct Setting {
    pub name: String,
    pub value: Value,
}

#[derive(Debug, Serialize)]
struct Template {
    service: String,
    variables: BTreeSet<String>,
    functions: Vec<Function>,
    /// None or one: the domain that several functions share.
    joint: Vec<Joint>,
}

#[derive(Debug, Serialize)]
struct Function {
    id: String,
    region: String,
    name: String,
    description: Vec<String>,
    runtime: String,
    handler: String,
    file: String,
    cpu: Value,
    memory: u32,
    timeout: u32,
    concurrency: u32,
    settings: Vec<Setting>,
    environment: Vec<Variable>,
    triggers: Vec<Trigger>,
    /// None or one.
    domain: Vec<Domain>,
}

/// A domain of one function.
#[derive(Debug, Serialize)]
struct Domain {
    name: String,
    /// None or one: who may call. The function's own trigger is not asked for what comes this way.
    auth: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Variable {
    name: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Joint {
    region: String,
    name: String,
    auth: Vec<String>,
    routes: Vec<JointRoute>,
}

#[derive(Debug, Serialize)]
pub(crate) struct JointRoute {
    pub path: String,
    pub function: String,
    pub methods: Vec<String>,
}

impl Template {
    fn of(document: &Document) -> Result<Self, ManifestError> {
        let region = document.region.clone().unwrap_or_else(|| "cn-hangzhou".into());
        let answering: Vec<&UnitArtifact> = document.units.iter().filter(|unit| !unit.routes.is_empty()).collect();
        let domain = Some(document.domain.clone()).filter(|domain| domain != "false");
        let alone = answering.len() == 1;
        let auth = answering.first().and_then(|unit| said_auth(unit));
        let auth: Vec<String> = auth.map(str::to_owned).into_iter().collect();
        let mut variables = BTreeSet::new();
        let functions = document
            .units
            .iter()
            .map(|unit| {
                let own = domain.iter().filter(|_| alone && !unit.routes.is_empty());
                let own = own.map(|name| Domain { name: name.clone(), auth: auth.clone() });
                Function::of(document, unit, &region, own.collect(), &mut variables)
            })
            .collect::<Result<_, _>>()?;
        let joint = domain.filter(|_| answering.len() > 1).map(|name| Joint {
            routes: joint_routes(&answering),
            region: region.clone(),
            auth,
            name,
        });
        Ok(Self { service: document.service.clone(), variables, functions, joint: joint.into_iter().collect() })
    }
}

impl Function {
    fn of(
        document: &Document,
        unit: &UnitArtifact,
        region: &str,
        domain: Vec<Domain>,
        variables: &mut BTreeSet<String>,
    ) -> Result<Self, ManifestError> {
        let said = |key: &str| unit.extra.get(key).or_else(|| document.extra.get(key)).cloned();
        let passed_on = |key: &str| said(key).map(|value| Setting { name: key.into(), value });
        let mut settings: Vec<Setting> = PASSED_ON.iter().filter_map(|key| passed_on(key)).collect();
        if let Some(seconds) = unit.init_timeout {
            // The runtime answers `/initialize` once the service is ready.
            let value = json!({ "initializer": { "handler": unit.handler, "timeout": seconds } });
            settings.push(Setting { name: "instanceLifecycleConfig".into(), value });
        }
        settings.extend(invocation_limits(said));
        if !unit.layers.is_empty() {
            settings.push(Setting { name: "layers".into(), value: json!(unit.layers) });
        }
        let environment = unit
            .environment
            .iter()
            .map(|(name, text)| Ok(Variable { name: name.clone(), value: substituted(name, text, variables)? }))
            .collect::<Result<_, ManifestError>>()?;
        Ok(Self {
            id: unit.name.clone(),
            region: region.into(),
            name: unit.name.clone(),
            description: unit.description.iter().cloned().collect(),
            runtime: unit.runtime.clone(),
            handler: unit.handler.clone(),
            file: format!("./{}", unit.file),
            cpu: cpu(unit.memory_size),
            memory: unit.memory_size,
            timeout: unit.timeout,
            concurrency: unit.concurrency,
            settings,
            environment,
            triggers: triggers::of(unit, region, ACCOUNT)?,
            domain,
        })
    }
}

/// How many requests a function may have under way, and what becomes of its asynchronous calls, as both the API and fc3 say it. `said`:
/// the value of a key of f.yml.
pub(crate) fn invocation_limits(said: impl Fn(&str) -> Option<Value>) -> Vec<Setting> {
    let mut settings = Vec::new();
    if let Some(Value::Object(written)) = said("asyncConfiguration") {
        let value = written.into_iter().map(|(name, value)| match name.as_str() {
            // Midway's names are those of the platform's version 2.
            "destination" => ("destinationConfig".to_owned(), destinations(&value)),
            "statefulInvocation" => ("asyncTask".to_owned(), value),
            _ => (name, value),
        });
        settings.push(Setting { name: "asyncInvokeConfig".into(), value: value.collect() });
    }
    if let Some(number) = said("reservedConcurrency") {
        settings.push(Setting { name: "concurrencyConfig".into(), value: json!({ "reservedConcurrency": number }) });
    }
    settings
}

fn destinations(value: &Value) -> Value {
    let destination = |value: &Value| match value {
        Value::String(arn) => json!({ "destination": arn }),
        other => other.clone(),
    };
    value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), destination(value))).collect()
}

/// Half a core for each GB, in steps of 0.05: the platform wants between a quarter and a whole one.
pub(crate) fn cpu(memory: u32) -> Value {
    let steps = (memory * 10 / 1024).max(1);
    json!(f64::from(steps * 5) / 100.0)
}

/// `${env.X:-default}` in Serverless Devs' words, `${env('X', 'default')}`; what has no default must be set.
fn substituted(variable: &str, text: &str, variables: &mut BTreeSet<String>) -> Result<String, ManifestError> {
    let expression = Expression::parse(text)
        .map_err(|error| ManifestError::Environment { variable: variable.into(), reason: error.to_string() })?;
    Ok(expression
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Env { name, default: Some(default) } => {
                let quoted = default.replace('\\', "\\\\").replace('\'', "\\'");
                format!("${{env('{name}', '{quoted}')}}")
            }
            Piece::Env { name, default: None } | Piece::Secret(name) => {
                variables.insert(name.clone());
                format!("${{env('{name}')}}")
            }
        })
        .collect())
}

/// All that the platform passes on.
fn all_methods() -> Vec<String> {
    Method::ALL.iter().map(|method| method.as_str().to_owned()).collect()
}

/// Methods of the platform's list that a route takes; `HEAD` comes with `GET`.
fn methods(route: &RouteArtifact) -> impl Iterator<Item = &'static str> {
    let takes = |method: &Method| {
        let named =
            |name: &String| name == "ANY" || name == method.as_str() || (name == "GET" && method.as_str() == "HEAD");
        route.methods.iter().any(named)
    };
    Method::ALL.iter().filter(move |method| takes(method)).map(|method| method.as_str())
}

/// The path in the domain's words. A parameter is said as `*`, the only placeholder there is, which ends a path.
fn domain_path(path: &str) -> String {
    let mut said = String::new();
    for segment in segments(path) {
        match segment {
            Segment::Literal(text) => said += &format!("/{text}"),
            Segment::Parameter(_) | Segment::Wildcard => return said + "/*",
        }
    }
    if said.is_empty() { "/".to_owned() } else { said }
}

/// The routes of several functions on one domain. A path of one function is all that function's, so that the service says itself what it
/// does not take; a path of several is divided among them by method, and the first that names a method has it.
pub(crate) fn joint_routes(units: &[&UnitArtifact]) -> Vec<JointRoute> {
    let mut routes: Vec<JointRoute> = Vec::new();
    for unit in units {
        for route in &unit.routes {
            let path = domain_path(&route.path);
            let taken = |method: &&str| {
                let same_path = routes.iter().filter(|known| known.path == path);
                same_path.flat_map(|known| &known.methods).any(|known| known == method)
            };
            let free: Vec<String> = methods(route).filter(|method| !taken(method)).map(str::to_owned).collect();
            match routes.iter_mut().find(|known| known.path == path && known.function == unit.name) {
                Some(known) => known.methods.extend(free),
                None if free.is_empty() => {}
                None => routes.push(JointRoute { path, function: unit.name.clone(), methods: free }),
            }
        }
    }
    let paths: Vec<String> = routes.iter().map(|route| route.path.clone()).collect();
    for route in &mut routes {
        if paths.iter().filter(|path| **path == route.path).count() == 1 {
            route.methods = all_methods();
        }
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asynchronous_calls_are_said_in_the_words_of_version_3() {
        let written =
            json!({ "maxAsyncRetryAttempts": 2, "destination": { "onFailure": "acs:x" }, "statefulInvocation": true });
        let settings = invocation_limits(|key| (key == "asyncConfiguration").then(|| written.clone()));
        let value = json!({
            "maxAsyncRetryAttempts": 2, "destinationConfig": { "onFailure": { "destination": "acs:x" } }, "asyncTask": true,
        });
        assert_eq!(
            settings.iter().map(|setting| (setting.name.as_str(), &setting.value)).collect::<Vec<_>>(),
            [("asyncInvokeConfig", &value)]
        );
    }

    #[test]
    fn cores_stay_within_the_platforms_bounds() {
        for memory in (128..=32_768).step_by(64) {
            let cpu = cpu(memory).as_f64().unwrap_or_default();
            let per_core = f64::from(memory) / 1024.0 / cpu;
            assert!((1.0..=4.0).contains(&per_core), "{memory} MB with {cpu}");
        }
    }

    #[test]
    fn environment_values_are_read_when_it_is_deployed() {
        let mut variables = BTreeSet::new();
        let mut said = |text: &str| substituted("X", text, &mut variables).unwrap_or_default();
        assert_eq!(said("a${env.A:-it's}b"), r"a${env('A', 'it\'s')}b");
        assert_eq!(said("${env.B}${secret.C}"), "${env('B')}${env('C')}");
        assert_eq!(variables.into_iter().collect::<Vec<_>>(), ["B", "C"]);
    }
}
